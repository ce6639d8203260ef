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

/// The answer comes when something happens (Later). Until then the end of what the client sends may be its leaving.
struct AnswersLater final : net::Event {
  explicit AnswersLater(bool leaving) : end_is_leaving(leaving) {}
  bool const end_is_leaving;
};

/// Any thread. Without memory for that the connection ends.
inline void post_answer(std::weak_ptr<net::Connection> const& connection, Reply reply) noexcept try {
  net::Connection::post(connection, std::make_unique<AnswerEvent>(std::move(reply)));
} catch (std::exception const&) {
  net::Connection::abandon(connection);
}

}  // namespace restapi::http
