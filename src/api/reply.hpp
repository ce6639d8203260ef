/// What an application gives back for a request: the response, and what was done for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "api/http_message.hpp"

namespace restapi::api {

/// Where an answer came from.
enum class Origin {
  computed,    ///< without the database: errors, schemas
  remembered,  ///< read for somebody else, and proven to be right still
  read,        ///< from the database
};

/// A statement that was sent. The name is a literal (sql/statement.hpp).
struct StatementTime {
  std::string_view name;
  std::chrono::nanoseconds took;
};

/// What was done for one request: for the log, the metrics and whoever asks. Never part of what is remembered.
struct Account {
  std::string_view route = {};  ///< pattern of the endpoint, a literal; empty: none was found, or an answer came first
  Origin origin = Origin::computed;
  std::vector<StatementTime> statements = {};
};

struct Reply {
  Reply(SharedResponse what, Account how = {}) : response(std::move(what)), account(std::move(how)) {}
  Reply(Response what) : response(std::move(what)) {}

  SharedResponse response;
  Account account = {};
};

}  // namespace restapi::api
