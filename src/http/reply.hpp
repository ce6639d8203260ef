// SPDX-License-Identifier: MIT
/// What an application gives back for a request: the response, and what was done for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "http/body_source.hpp"
#include "http/message.hpp"
#include "net/connection.hpp"

namespace restapi::http {

/// Where an answer came from.
enum class Origin {
  computed,  ///< without the database: errors, schemas
  cached,    ///< read for somebody else: since this request came, or proven to be right still
  read,      ///< from the database
};

/// A statement that was sent. The name is a literal (sql/statement.hpp).
struct StatementTime {
  std::string_view name;
  std::chrono::nanoseconds took;
};

/// Where the time of a request went, beside its statements. Zero: it had no such stage, or a short one.
struct Stages {
  std::chrono::nanoseconds queue{0};   ///< waiting for a worker, or for somebody who made the same answer
  std::chrono::nanoseconds plan{0};    ///< from the target to what is to be read, or to an answer that needs no reading
  std::chrono::nanoseconds render{0};  ///< from rows to bytes: JSON, gzip
};

/// What was done for one request: for the log, the metrics and whoever asks. Never part of the cached response.
struct Trace {
  std::string_view route = {};  ///< pattern of the endpoint, a literal; empty: none was found, or an answer came first
  Origin origin = Origin::computed;
  std::vector<StatementTime> statements = {};
  Stages stages = {};
  std::optional<Code> store_error = {};  ///< how the database failed, where it did (4xx of the catalogue)
  bool waited = false;                   ///< the client has asked to wait until there is something to say
  std::string_view profile = {};         ///< its name, which lives as long as the application; empty: none was found

  std::chrono::nanoseconds in_statements() const {
    std::chrono::nanoseconds sum{0};
    for (auto const& statement : statements) sum += statement.took;
    return sum;
  }
};

/// What a connection speaks behind the head of a response: something that has no end known beforehand (a stream of
/// events), or another protocol (status 101). Called on the I/O thread of the connection.
using Successor = std::function<std::unique_ptr<net::Protocol>(net::Connection&)>;

struct Reply {
  Reply(SharedResponse what, Trace how = {}) : response(std::move(what)), trace(std::move(how)) {}
  Reply(Response what) : response(std::move(what)) {}

  SharedResponse response;
  Trace trace = {};
  /// Then the response has no body, and is not for HEAD; unless its status is 101, the connection ends with what
  /// follows. Empty: HTTP goes on.
  Successor successor = {};

  /// Then the response has no body but the one that comes from there (http/streamed_body.hpp), and the connection ends
  /// with it. For one request: the source is taken out. Null: the body is the response's.
  std::shared_ptr<StreamedBody> streamed = {};
};

/// `head`: status and header fields. `source`: null for HEAD.
inline Reply streamed(SharedResponse head, std::unique_ptr<BodySource> source, Trace trace = {}) {
  Reply reply(std::move(head), std::move(trace));
  reply.streamed = std::make_shared<StreamedBody>(StreamedBody{std::move(source), false});
  return reply;
}

}  // namespace restapi::http
