// SPDX-License-Identifier: MIT
#include "store/driver.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "store/postgresql/connection.hpp"
#include "store/postgresql/pipeline.hpp"
#include "store/postgresql/row_cursor.hpp"
#include "store/postgresql/server_presence.hpp"
#include "store/postgresql/sqlstate.hpp"
#include "store/postgresql/transaction.hpp"

namespace restapi::store {
namespace {

// Settings of the session rather than of the connection string, which may carry options of its own; a role or a
// database may have others. First of all no name can mean anything but PostgreSQL's own any more: whoever may create a
// function, an operator, a type or a table where the role looks for names would have theirs run with its rights
// (CVE-2018-1058). Times come as ISO text in UTC; just-in-time compilation costs more than these statements do.
constexpr std::string_view settings =
    "SET search_path = pg_catalog, pg_temp; SET default_transaction_read_only = on; SET statement_timeout = {}; "
    "SET lock_timeout = {}; SET default_transaction_isolation = 'read committed'; SET timezone = 'UTC'; "
    "SET client_encoding = '{}'; SET datestyle = 'ISO'; SET standard_conforming_strings = on; SET jit = off; "
    "SET client_min_messages = error; SET application_name = 'restapi'";

PGconn* connection_of(soci::session& session) {
  return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
}

class PostgreSqlDriver final : public Driver {
 public:
  PostgreSqlDriver(source::Source const& source, std::chrono::milliseconds statement_timeout,
                   std::shared_ptr<Watchdog> watchdog)
      : location_(with_time_limits(source.location)),
        statement_timeout_(statement_timeout),
        watchdog_(std::move(watchdog)) {}

  void open(soci::session& session) override {
    session.open(soci::postgresql, location_);
    auto* const connection = connection_of(session);
    ignore_remarks(connection);
    watched_.emplace(connection, watchdog_, statement_timeout_);
    watched_->introduce([&] {
      auto greeting = greet(connection);
      if (greeting.is_pooled) throw BehindPooler();
      session.once << fmt::format(settings, statement_timeout_.count(), lock_timeout(statement_timeout_).count(),
                                  greeting.client_encoding);
      server_ = std::move(greeting.server);
    });
    connection_ = connection;
  }

  bool begin_statement(ReadLimits limits) override {
    watched_->begin_statement(std::move(limits));
    return true;
  }

  /// Nothing that a statement calls should be able to allow writing to the next one; where it has happened all the
  /// same, there is none.
  bool end_statement() override { return watched_->end_statement() && is_as_it_was(); }

  void forget_rows(soci::statement& statement) override {
    static_cast<soci::postgresql_statement_backend*>(statement.get_backend())->result_.reset();
  }

  bool keeps_room_for_rows() const override { return true; }

  RowsTogether read_together(soci::session& session, std::span<Call const> calls) override {
    return read_in_pipeline(connection_of(session), calls);
  }

  Rows first_batch(soci::session&, sql::Statement const& statement, std::string const& text,
                   BatchLimits const& limits) override {
    cursor_.emplace(connection_);
    return cursor_->begin({}, numbered(text), texts_of(statement.values(), dialect()), limits);
  }

  void resume_statement(ReadLimits limits) override { watched_->begin_statement(std::move(limits)); }

  Rows next_batch(BatchLimits const& limits) override { return cursor_->next(limits); }

  Failure why_failed(soci::session&, soci::soci_error const& error) const override {
    return watched_->why_failed(sqlstate_of(error));
  }

  Server server() const override { return server_; }

  /// SOCI ends every prepared statement by a request of its own; a dead server would keep us waiting for each.
  void before_close() override {
    if (watched_) watched_->cut();
  }

  sql::Dialect const& dialect() const override { return sql::postgresql(); }

 private:
  /// No transaction was left open, and the next one will be read-only: servers tell that by themselves, from version 14
  /// on.
  bool is_as_it_was() const {
    auto const* const is_read_only = PQparameterStatus(connection_, "default_transaction_read_only");
    return PQtransactionStatus(connection_) == PQTRANS_IDLE &&
           (!is_read_only || std::string_view(is_read_only) == "on");
  }

  std::string const location_;
  std::chrono::milliseconds const statement_timeout_;
  std::shared_ptr<Watchdog> const watchdog_;
  Server server_;
  PGconn* connection_ = nullptr;  // the session's
  std::optional<Watched> watched_;
  std::optional<RowCursor> cursor_;  // of a statement that is read in batches
};

}  // namespace

std::unique_ptr<Driver> make_postgresql_driver(source::Source const& source,
                                               std::chrono::milliseconds statement_timeout,
                                               std::shared_ptr<Watchdog> watchdog) {
  return std::make_unique<PostgreSqlDriver>(source, statement_timeout, std::move(watchdog));
}

// The server's words come in its language; PQping looks at codes.
bool is_absent(source::Source const& source) {
  if (source.engine != source::Engine::postgresql) return false;
  auto const answer = PQping(with_time_limits(source.location).c_str());
  return answer == PQPING_NO_RESPONSE || answer == PQPING_REJECT;
}

// libpq tells the SQLSTATE of a connection that failed in its message alone, and there only if it was asked to before
// it connects, which takes a connection.
std::string refusal_of_server(source::Source const& source) {
  OwnedConnection const connection(PQconnectStart(with_time_limits(source.location).c_str()));
  if (!connection) return {};
  ignore_remarks(connection.get());
  PQsetErrorVerbosity(connection.get(), PQERRORS_SQLSTATE);
  PQreset(connection.get());
  constexpr std::size_t length = 5;
  std::string state;
  std::string_view rest = PQerrorMessage(connection.get());
  while (!rest.empty()) {
    auto const line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    auto const said = line.substr(line.size() - std::min(line.size(), length));
    bool const is_state = said.size() == length &&
                          said.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == said.npos &&
                          line.substr(0, line.size() - length).ends_with(' ');
    if (!is_state || (!state.empty() && state != said)) return {};
    state = said;
  }
  return state;
}

}  // namespace restapi::store
