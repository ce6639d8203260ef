// SPDX-License-Identifier: MIT
#include "store/postgresql/pooled_connection.hpp"

#include <libpq-fe.h>
#include <soci/error.h>

#include <utility>

#include "sql/qualify.hpp"
#include "store/no_memory.hpp"
#include "store/postgresql/pipeline.hpp"
#include "store/postgresql/sqlstate.hpp"
#include "store/postgresql/transaction.hpp"
#include "store/too_large.hpp"

namespace restapi::store {
namespace {

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
      watched_(connection_.get(), std::move(watchdog), statement_timeout),
      cursor_(connection_.get()) {
  // A pooler takes more connections than it has sessions for, and in the mode `session` those that are left over get
  // none until another one goes. A request is better off waiting for one of the others.
  search_path_ = search_path_in(options_of(connection_.get()));
  watched_.introduce(
      [&] { settings_ = settings_of_transaction(statement_timeout, greet(connection_.get()).client_encoding); });
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
  auto const largest = largest_of(statement);
  if (rows.bytes() > largest) throw_too_large(largest);
  is_usable_ = !has_grown_by(rows);
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

/// The session that the pooler has lent is ours until the transaction ends.
template <class Read>
Rows PooledConnection::read_batch(ReadLimits limits, Read const& read) {
  BatchLimits const batch{largest_batch_, limits.memory};
  is_usable_ = false;
  watched_.begin_statement(std::move(limits));
  try {
    auto rows = read(batch);
    watched_.end_statement();
    return rows;
  } catch (...) {
    watched_.end_statement();
    throw;
  }
}

Rows PooledConnection::first_batch(sql::Statement const& statement, ReadLimits limits) {
  largest_batch_ = largest_of(statement);
  return read_batch(std::move(limits), [&](BatchLimits const& batch) {
    return cursor_.begin(settings_, numbered(sql::qualify(statement.text(), schema_->get())),
                         texts_of(statement.values(), sql::postgresql()), batch);
  });
}

Rows PooledConnection::next_batch(ReadLimits limits) {
  return read_batch(std::move(limits), [&](BatchLimits const& batch) { return cursor_.next(batch); });
}

Failure PooledConnection::why_failed(soci::soci_error const& error) {
  if (is_too_large(error)) return Failure::too_large;
  if (is_no_memory(error)) return Failure::no_memory;
  return watched_.why_failed(sqlstate_of(error));
}

Server PooledConnection::server() const { return {PQhost(connection_.get()), PQport(connection_.get()), {}, {}}; }

}  // namespace restapi::store
