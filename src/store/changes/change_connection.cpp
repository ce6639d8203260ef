// SPDX-License-Identifier: MIT
#include "store/changes/change_connection.hpp"

#include <soci/error.h>

#include <utility>

#include "store/failures.hpp"
#include "store/table_watch.hpp"

namespace restapi::store {
namespace {

/// Owns what it uses: the thread that calls it may outlive the connection's owner.
ConnectionPool::Open opener(ConnectionFactory const& factory, std::optional<sql::Statement> settings,
                            std::shared_ptr<std::atomic<unsigned>> opened, std::chrono::milliseconds limit) {
  return [factory, settings = std::move(settings), opened = std::move(opened), limit] {
    auto connection = factory.now();
    if (settings && !factory.is_pooled()) connection->read(*settings, {.limit = limit});
    ++*opened;
    return connection;
  };
}

}  // namespace

ChangeConnection::ChangeConnection(source::Source const& source, Times times, std::optional<sql::Statement> settings)
    : name_(source.name),
      path_(source.engine == source::Engine::sqlite ? source.location : std::string()),
      dialect_(source.engine == source::Engine::postgresql ? sql::postgresql() : sql::sqlite()),
      times_(times),
      factory_(source, times.statement, source.is_primary),
      opened_(std::make_shared<std::atomic<unsigned>>(0)),
      pool_({.limit = 1, .opening = times.opening}, opener(factory_, std::move(settings), opened_, times.statement)) {}

Result<std::optional<Rows>> ChangeConnection::read(sql::Statement const& statement, std::stop_token const& gone) {
  return read_chosen([&](Connection const&) -> sql::Statement const& { return statement; }, gone);
}

/// `choose`: the statement, for the connection that it will be sent over.
template <typename Choose>
Result<std::optional<Rows>> ChangeConnection::read_chosen(Choose const& choose, std::stop_token const& gone) try {
  auto lease = pool_.acquire(times_.opening, gone);
  if (!lease) return unavailable(name_, "no connection came in time");
  sql::Statement const& statement = choose(**lease);
  auto const renewed = (*lease)->times_renewed();
  try {
    auto rows = (*lease)->read(statement, {.limit = times_.statement, .gone = gone});
    renewed_ += (*lease)->times_renewed() - renewed;
    return std::optional(std::move(rows));
  } catch (soci::soci_error const& error) {
    renewed_ += (*lease)->times_renewed() - renewed;
    auto const failure = (*lease)->why_failed(error);
    if (failure == Failure::outdated) return std::optional<Rows>();
    if (failure == Failure::lost || failure == Failure::silent || failure == Failure::interrupted) {
      factory_.avoid(**lease);
      lease->lost();
    }
    return error_of(failure, name_, statement.name(), reason_of(error));
  }
} catch (soci::soci_error const& error) {  // no connection
  return unavailable(name_, reason_of(error));
}

std::optional<FileIdentity> ChangeConnection::file() const {
  return path_.empty() ? std::optional<FileIdentity>() : identity_of_file(path_);
}

Result<std::string> ChangeConnection::find_schema() {
  if (!dialect_.schemas()) return schema();
  auto const rows = read_chosen([&](Connection const& connection) { return *schemas(dialect_, connection); }, {});
  if (!rows) return rows.error();
  auto found = *rows ? schema_in(**rows) : Result<std::string>(std::string());
  if (found && !found->empty() && !std::exchange(has_schema_, true)) factory_.schema().set(*found);
  return found;
}

}  // namespace restapi::store
