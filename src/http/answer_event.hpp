// SPDX-License-Identifier: MIT
/// What workers send to the connection that asked.
#pragma once

#include <exception>
#include <memory>
#include <utility>

#include "http/reply.hpp"
#include "net/connection.hpp"

namespace restapi::http {

struct AnswerEvent final : net::Event {
  explicit AnswerEvent(Reply answer) : reply(std::move(answer)) {}
  Reply const reply;
};

/// From now on, and until it is answered, the end of what the client sends is its leaving.
struct EndIsLeaving final : net::Event {};

/// Any thread. Without memory for that the connection ends.
inline void post_answer(std::weak_ptr<net::Connection> const& connection, Reply reply) noexcept try {
  net::Connection::post(connection, std::make_unique<AnswerEvent>(std::move(reply)));
} catch (std::exception const&) {
  net::Connection::abandon(connection);
}

}  // namespace restapi::http
