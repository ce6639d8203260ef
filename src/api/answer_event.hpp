// SPDX-License-Identifier: MIT
/// An answer on its way from a worker to the connection that asked.
#pragma once

#include <memory>
#include <utility>

#include "api/connection.hpp"
#include "api/reply.hpp"

namespace restapi::api {

struct AnswerEvent final : Event {
  explicit AnswerEvent(Reply answer) : reply(std::move(answer)) {}
  Reply const reply;
};

/// Any thread.
inline void post_answer(std::weak_ptr<Connection> const& connection, Reply reply) {
  Connection::post(connection, std::make_unique<AnswerEvent>(std::move(reply)));
}

}  // namespace restapi::api
