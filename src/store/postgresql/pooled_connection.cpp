// SPDX-License-Identifier: MIT
#include "store/postgresql/pooled_connection.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <algorithm>

#include "sql/qualify.hpp"
#include "store/no_memory.hpp"
#include "store/postgresql/pipeline.hpp"
#include "store/postgresql/sqlstate.hpp"

namespace restapi::store {
namespace {

// Those of a session of our own (postgresql.cpp) and SOCI's, and the role that we came as, until the end of the
// transaction (`true`). Each name says its schema, since this is what makes the others mean something. A transaction
// that is read-only once cannot be made anything else.
constexpr std::string_view settings =
    "SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true), "
    "pg_catalog.set_config('role', 'none', true), pg_catalog.set_config('row_security', 'on', true), "
    "pg_catalog.set_config('client_min_messages', 'error', true), "
    "pg_catalog.set_config('transaction_read_only', 'on', true), "
    "pg_catalog.set_config('statement_timeout', '{}', true), pg_catalog.set_config('lock_timeout', '{}', true), "
    "pg_catalog.set_config('timezone', 'UTC', true), pg_catalog.set_config('client_encoding', '{}', true), "
    "pg_catalog.set_config('datestyle', 'ISO', true), pg_catalog.set_config('extra_float_digits', '3', true), "
    "pg_catalog.set_config('standard_conforming_strings', 'on', true), pg_catalog.set_config('jit', 'off', true)";

/// Placeholders as PostgreSQL writes them: `:p1` becomes `$1`. No fragment has the two characters for something else.
std::string numbered(std::string text) {
  for (std::size_t at = 0; (at = text.find(":p", at)) != text.npos;) text.replace(at, 2, "$");
  return text;
}

[[noreturn]] void refuse(PGresult const* answer) {
  auto const* const state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
  throw soci::postgresql_soci_error(PQresultErrorMessage(answer), state ? state : "     ");
}

/// Wherever they are said: in the source, the environment, a service file.
std::string options_of(PGconn* connection) {
  std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> const all(PQconninfo(connection), PQconninfoFree);
  for (auto const* option = all.get(); option && option->keyword; ++option)
    if (option->keyword == std::string_view("options") && option->val) return option->val;
  return {};
}

}  // namespace

/// One round trip. Without BEGIN and COMMIT: all up to the flush is one transaction anyhow, and where a statement fails
/// there is none left behind, so poolers that lend for one statement serve it as well.
class PooledConnection::Round {
 public:
  Round(PooledConnection& connection, std::span<sql::Statement const* const> statements, ReadLimits limits)
      : connection_(connection) {
    connection_.was_too_large_ = false;
    connection_.watched_.begin_statement(std::move(limits));
    try {
      pipeline_.emplace(connection_.connection_.get());
      pipeline_->send(connection_.settings_, {});
      auto const schema = connection_.schema_->get();
      for (auto const* statement : statements)
        pipeline_->send(numbered(sql::qualify(statement->text(), schema)),
                        texts_of(statement->values(), sql::postgresql()));
      pipeline_->flush();
      settings_ = pipeline_->receive();
    } catch (...) {
      end();
      throw;
    }
  }
  ~Round() { end(); }
  Round(Round const&) = delete;
  Round& operator=(Round const&) = delete;

  Pipeline& answers() { return *pipeline_; }

  /// All answers have been received.
  void finish() {
    pipeline_->end();
    is_finished_ = true;
  }

  PGresult const* settings() const { return settings_.get(); }

 private:
  void end() {
    connection_.is_usable_ = connection_.watched_.end_statement() && is_finished_ && connection_.is_usable_;
  }

  PooledConnection& connection_;
  std::optional<Pipeline> pipeline_;
  Answer settings_;
  bool is_finished_ = false;
};

PooledConnection::PooledConnection(source::Source const& source, std::chrono::milliseconds statement_timeout,
                                   std::shared_ptr<Watchdog> watchdog, std::shared_ptr<SchemaName const> schema)
    : schema_(std::move(schema)),
      connection_(connect(with_time_limits(source.location))),
      watched_(connection_.get(), std::move(watchdog), statement_timeout) {
  // A pooler takes more connections than it has sessions for, and in the mode `session` those that are left over get
  // none until another one goes. A request is better off waiting for one of the others.
  search_path_ = search_path_in(options_of(connection_.get()));
  watched_.introduce([&] {
    settings_ = fmt::format(settings, statement_timeout.count(), lock_timeout(statement_timeout).count(),
                            greet(connection_.get()).client_encoding);
  });
}

PooledConnection::~PooledConnection() { watched_.cut(); }

Rows PooledConnection::read(sql::Statement const& statement, ReadLimits limits) {
  auto const* const one = &statement;
  auto memory = limits.memory;
  Round round(*this, {&one, 1}, std::move(limits));
  auto const answer = round.answers().receive();
  round.finish();
  if (PQresultStatus(round.settings()) != PGRES_TUPLES_OK) refuse(round.settings());
  if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK) refuse(answer.get());
  is_usable_ = false;  // libpq has made room for the rows, whatever is said against them here
  auto rows = rows_of(answer.get(), std::move(memory));
  auto const largest = statement.is_for_document() ? largest_rows : largest_list;
  was_too_large_ = rows.bytes() > largest;
  is_usable_ = !was_too_large_ && !has_grown_by(rows);
  if (was_too_large_) throw soci::soci_error("more than " + std::to_string(largest) + " bytes of rows");
  return rows;
}

std::vector<Rows> PooledConnection::read_together(std::span<sql::Statement const* const> statements,
                                                  ReadLimits limits) {
  Round round(*this, statements, std::move(limits));
  auto together = receive_rows(round.answers(), statements.size());
  round.finish();
  is_usable_ = !together.has_grown;
  return std::move(together.rows);
}

Failure PooledConnection::why_failed(soci::soci_error const& error) {
  if (was_too_large_) return Failure::too_large;
  if (is_no_memory(error)) return Failure::no_memory;
  return watched_.why_failed(sqlstate_of(error));
}

Server PooledConnection::server() const { return {PQhost(connection_.get()), PQport(connection_.get()), {}, {}}; }

}  // namespace restapi::store
