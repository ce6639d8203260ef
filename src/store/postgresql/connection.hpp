// SPDX-License-Identifier: MIT
/// What the two kinds of connections to PostgreSQL have in common: how they are made, what is found out first, how
/// their statements are ended from outside, and why these fail.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "store/driver.hpp"
#include "store/postgresql/watchdog.hpp"

struct pg_conn;  // libpq's PGconn

namespace restapi::store {

/// A Source's location with limits for connecting and for a silence.
std::string with_time_limits(std::string location);

/// Half of the time is for the statement itself. So the server says that it has waited for a lock, rather than that the
/// statement took too long.
std::chrono::milliseconds lock_timeout(std::chrono::milliseconds statement_timeout);

struct Close {
  void operator()(pg_conn* connection) const;
};
using OwnedConnection = std::unique_ptr<pg_conn, Close>;

/// libpq prints notices of servers on standard error, and blocks if nobody reads that. From now on it does not print
/// them: notices may have any length, and contain values of statements (debug_print_plan).
void ignore_remarks(pg_conn* connection);

/// Its notices are ignored. Throws soci_error with libpq's words. May block for as long as the other side likes.
OwnedConnection connect(std::string const& location);

/// Who is at the other end.
struct Greeting {
  Server server;
  bool is_pooled = false;  ///< a pooler, which hands out the server's sessions to many
  /// For texts in both directions. SQL_ASCII: the server sends the bytes that it keeps, and refuses none; it would
  /// refuse to convert those that are no character of Unicode. The store converts them (sql/server_encoding.hpp); those
  /// of a database in SQL_ASCII are mended by who writes an answer.
  std::string client_encoding = "UTF8";
};

/// Of a driver that needs a session of its own.
struct BehindPooler final : std::exception {};

/// Asks; throws soci_error. Two statements that need no setting and leave none.
Greeting greet(pg_conn* connection);

/// Closes it, and returns when the server has closed it as well, or a second later: from then on its place is free.
void leave(OwnedConnection connection);

/// A connection whose statements the watchdog ends. Used by the thread that uses the connection.
class Watched {
 public:
  /// The connection must live as long as this.
  Watched(pg_conn* connection, std::shared_ptr<Watchdog> watchdog, std::chrono::milliseconds statement_timeout);

  void begin_statement(ReadLimits limits);
  bool end_statement();  ///< false: the connection is of no more use

  /// `state`: the SQLSTATE, five blanks where the words are not the server's; empty: the failure is no server's.
  Failure why_failed(std::string_view state) const;

  void cut();

  /// Calls `talk`, which uses the connection before it has a time limit of its own: greet() and what follows. Cut where
  /// that takes ten seconds. Throws what `talk` throws, and soci_error.
  void introduce(std::function<void()> const& talk);

 private:
  class Wire;

  pg_conn* const connection_;
  std::chrono::milliseconds const statement_timeout_;
  std::shared_ptr<Wire> const wire_;
  Watchdog::Watch watch_;
  Watchdog::Outcome outcome_;
  std::chrono::steady_clock::time_point began_;
  bool followed_cancellation_ = false;
};

}  // namespace restapi::store
