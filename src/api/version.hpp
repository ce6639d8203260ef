// SPDX-License-Identifier: MIT
/// A version of the API, as the service sees it: which endpoints there are, what has to be read for an answer, and what
/// answers and errors look like. Each has a folder of its own and is a row of api/versions.cpp; nothing else knows
/// which there are.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/answer.hpp"
#include "api/cache/totals.hpp"
#include "api/format.hpp"
#include "api/methods.hpp"
#include "base/answer_limits.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "http/public_address.hpp"
#include "http/target.hpp"
#include "model/catalog.hpp"
#include "query/policy.hpp"
#include "sql/statement.hpp"
#include "store/store.hpp"

namespace restapi::api {

/// Where an answer is read, and for whom. References outlive the call.
struct ReadContext {
  store::Reader& store;
  Totals& totals;
  std::optional<store::Version> const& version;  ///< of the data when the request came, where it is known
  model::EntitySet entities;                     ///< PendingRead::entities()
  std::string_view opening;                      ///< OpenedStore::id
  bool wants_exact_total;                        ///< no total that is older than the rows
  std::stop_token gone;                          ///< nobody waits any more
  http::Target const& target;
  http::PublicAddress const& address;
  repository::Objects* files = nullptr;  ///< of nodes; null: this database comes without them
  AnswerLimits* limits = nullptr;        ///< of the answer; null: none

  /// Whoever makes something large of what was read says so before. Throws Interrupted.
  void take_memory(std::size_t bytes) const {
    if (limits != nullptr) limits->take(bytes);
  }
};

/// What has to be read for an answer. Made by one thread, read by another one.
class PendingRead {
 public:
  /// `first`: the statement that reading begins with, where that is known beforehand and takes the database
  /// microseconds, so that several may be sent together. `entities`: which of AiiDA's tables the answer depends on.
  PendingRead(std::optional<sql::Statement> first, model::EntitySet entities)
      : first_(std::move(first)), entities_(entities) {}
  virtual ~PendingRead() = default;
  PendingRead(PendingRead const&) = delete;
  PendingRead& operator=(PendingRead const&) = delete;

  std::optional<sql::Statement> const& first() const { return first_; }
  model::EntitySet entities() const { return entities_; }

  /// Whether its answer would show a total that is older than its rows, so that it is of no use to others.
  virtual bool has_aged_total(Totals const&, sql::Dialect const&, std::string_view /*opening*/) const { return false; }

  /// A list that is sent as it is read, in a format that has a writer.
  struct Streamed {
    sql::Statement statement;  ///< all of its rows, the fields of the projection in each
    std::shared_ptr<query::Projection const> projection;
  };
  /// Null: it is read().
  virtual Streamed const* streamed() const { return nullptr; }

  /// Whether the answer is a File (api/answer.hpp), of which each request may want another part.
  virtual bool gives_file() const { return false; }

  /// Reads. `rows`: of first(), where there is one.
  virtual Result<Answer> read(std::optional<Result<store::Rows>> rows, ReadContext const& context) const = 0;

 private:
  std::optional<sql::Statement> const first_;
  model::EntitySet const entities_;
};

/// What is asked for. References outlive the call.
struct Question {
  std::string_view method;  ///< one of those that the path accepts, but OPTIONS
  http::Target const& target;
  std::string_view body;           ///< of the request, where its path accepts one
  Format const* format = nullptr;  ///< of the answer; null: the default one
};

/// There is no endpoint at the path.
struct NoEndpoint {};

/// What can be said of a target without the database: no such endpoint, an answer, what has to be read, or an error.
struct Prepared {
  std::string_view route = {};  ///< as logs and metrics call the endpoint; a literal
  std::variant<NoEndpoint, Answer, std::unique_ptr<PendingRead>, Error> outcome = {};
};

/// What may be sent to a path, whether there is anything at it or not.
struct Accepted {
  /// As Allow lists them; empty: any, since there is nothing at the path, which is told rather.
  std::string_view methods = reading_methods;
  std::size_t body = 0;  ///< bytes that come with a method that does not read; 0: a body is dropped
};

/// Without state: any thread may call.
class ApiVersion {
 public:
  virtual ~ApiVersion() = default;

  virtual std::string_view prefix() const = 0;                    ///< "/api/v2"
  virtual std::vector<std::string_view> route_names() const = 0;  ///< of all endpoints (Prepared::route)

  /// `path`: as sent, without a query. Asked before a database is opened.
  virtual Accepted accepts(std::string_view) const { return {}; }

  /// Parses and plans; pure. What is needed of the question is copied.
  virtual Prepared prepare(Question const& question, model::Catalog const& catalog, query::Policy const& policy,
                           sql::Dialect const& dialect) const = 0;

  /// One of the objects of an answer as JSON, as in its lists.
  virtual std::string object(Objects const& objects, std::size_t row) const = 0;

  /// In which its answers are written. In the order in which they are preferred where a client takes several.
  virtual std::span<Format const> formats() const = 0;

  /// `query` as sent: the offset of the error counts in the decoded text, and is given in the original. Without `query`
  /// (it could not be decoded, read_target) the offset counts in the original already.
  virtual http::Response render(Error const& error, std::string_view query = {}) const = 0;

  /// `segments` of the path that was asked for, without that of a profile.
  virtual http::Response no_such_route(std::string const& url_root, std::span<std::string const> segments) const = 0;
};

}  // namespace restapi::api
