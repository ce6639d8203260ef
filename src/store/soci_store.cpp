// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <soci/soci-backend.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "sql/qualify.hpp"
#include "store/changes/chosen_source.hpp"
#include "store/changes/table_versions.hpp"
#include "store/circuit_breaker.hpp"
#include "store/connection_factory.hpp"
#include "store/connection_pool.hpp"
#include "store/connection_stream.hpp"
#include "store/failures.hpp"
#include "store/files_of_source.hpp"
#include "store/for_a_while.hpp"
#include "store/in_utf8.hpp"
#include "store/lasting_failures.hpp"
#include "store/postgresql/replication_watch.hpp"
#include "store/postgresql/sqlstate.hpp"
#include "store/postgresql/watchdog.hpp"
#include "store/refusal_watch.hpp"
#include "store/retry.hpp"
#include "store/server_health.hpp"
#include "store/sqlite/followed_file.hpp"
#include "store/store.hpp"
#include "store/table_watch.hpp"

namespace restapi::store {
namespace {

static_assert(largest_rows == sql::largest_document);

using Clock = std::chrono::steady_clock;

/// For a look at an SQLite file, also with a writer that holds it: several make up CircuitBreaker::look.
constexpr auto glance = CircuitBreaker::look / 4;

class SociStore final : public Store {
 public:
  SociStore(source::Source source, StoreOptions const& options)
      : source_(std::move(source)),
        files_(files_of(source_)),
        options_(options),
        // PostgreSQL stops its statements by itself; the connection is cut where even that does not come.
        statement_limit_(options.statement_timeout + (source_.engine == source::Engine::postgresql
                                                          ? Watchdog::grace
                                                          : std::chrono::milliseconds{0})),
        dialect_(make_driver(source_, {}, nullptr, nullptr)->dialect()),
        factory_(source_, options.statement_timeout, source_.is_primary),
        tables_(source_.name, dialect_, factory_.schema(), options.between_looks),
        pool_(
            {.limit = options.connections,
             .opening = options.opening_timeout,
             .lifetime = factory_.has_several_hosts() ? options.connection_lifetime : std::chrono::milliseconds{0}},
            [factory = factory_] { return factory.now(); }, [factory = factory_] { return factory.anew(); }),
        replication_([this](std::stop_token gone) { return ask_for_replication(std::move(gone)); }) {
    if (source_.engine != source::Engine::sqlite || source_.immutable) return;
    file_.emplace(
        source_.location, source_.name, [this] { return factory_.now(); },
        [this](Connection& connection, std::chrono::milliseconds limit) {
          auto const file = own_file();
          tables_.look(connection, {.limit = limit});
          serves(file);
        },
        [this] { pool_.renew(); });
  }

  /// Reads which columns there are; until then there is no catalog. Throws soci_error.
  std::optional<Error> read_catalog() {
    auto const file = file_ ? own_file() : std::nullopt;
    auto const seen = file_ ? find_served_file(source_.location) : std::nullopt;
    auto const lease = pool_.acquire(options_.opening_timeout);
    if (!lease) return Error{Code::source_refused, "the server takes connections, but does not answer"};
    auto catalog = tables_.read(**lease, {statement_limit_});
    if (!catalog) return std::move(catalog).error();
    catalog_ = *std::move(catalog);
    dialect_of_database_ = &dialect_.of(tables_.columns());
    if (file_) file_->serve(seen);
    serves(file);
    return std::nullopt;
  }

  Result<Rows> read(sql::Statement const& statement, std::stop_token gone) override {
    if (health_.breaker().is_lost()) return unavailable("it has been silent for a while");
    auto rows = read(statement, {statement_limit_, std::move(gone), options_.memory}, options_.connection_timeout);
    if (rows) look_now_and_then();
    return rows;
  }

  bool answers(std::chrono::milliseconds within, std::stop_token gone) override {
    if (!health_.breaker().may_look()) return false;
    auto const limit = within / 2;  // there may be a second try
    auto const rows = read(dialect_.version(), {.limit = limit, .gone = std::move(gone), .is_brief = true}, limit);
    if (!rows) spdlog::debug("no answer: {}", rows.error().detail);
    return static_cast<bool>(rows);
  }

  std::vector<Rows> read_together(std::span<sql::Statement const* const> statements) override try {
    // What has to wait is better read alone: there it holds up nobody else, and its client may leave.
    if (!health_.breaker().may_look() || !batch_breaker_.may_look()) return {};
    if (std::ranges::any_of(statements, [this](auto const* one) { return tables_.misses_a_table(*one); })) return {};
    auto lease = pool_.acquire(CircuitBreaker::look);
    if (!lease || is_of_former_server(*lease)) return {};
    for (auto const* statement : statements) log(*statement);
    try {
      auto rows = (*lease)->read_together(statements, {.limit = CircuitBreaker::look, .is_brief = true});
      if (auto const* const encoding = dialect_of_database_->encoding())
        for (auto& of_one : rows) of_one = in_utf8(std::move(of_one), *encoding, nullptr);
      sent_.fetch_add(rows.size(), std::memory_order_relaxed);
      health_.breaker().answered();
      if (rows.size() == statements.size())
        batch_breaker_.answered();
      else
        batch_breaker_.silent();
      return rows;
    } catch (soci::soci_error const& error) {
      batch_breaker_.silent();
      if ((*lease)->why_failed(error) == Failure::lost)
        health_.lost(*lease, error);
      else
        health_.connection_ended();
      return {};
    }
  } catch (soci::soci_error const& error) {  // no connection
    spdlog::debug("{}: {}", source_.name, reason_of(error));
    return {};
  }

  Result<std::unique_ptr<RowStream>> stream(sql::Statement const& statement, std::stop_token const& gone) override {
    if (health_.breaker().is_lost()) return unavailable("it has been silent for a while");
    auto place = StreamPlace::take(streams_, most_streams);
    if (!place) return too_many_streams();
    ReadLimits const limits{statement_limit_, gone, options_.memory};
    std::string why;
    auto stream = retry(Clock::now() + limits.limit,
                        [&](std::size_t earlier) { return try_stream(statement, limits, earlier, why); });
    if (!stream) return lost_again_and_again(why);
    if (!*stream) return std::move(*stream).error();
    (**stream)->take_place(std::move(place));
    return std::unique_ptr<RowStream>(**std::move(stream));
  }

  repository::Objects* files() const override { return files_.get(); }

  bool reads_together() const override { return source_.engine == source::Engine::postgresql; }

  Result<std::optional<Version>> version() override {
    if (source_.immutable) return std::optional(Version{"immutable"});
    if (!has_versions()) return std::optional<Version>();
    // Asked by few threads for all: they do not wait long, and not again and again.
    if (!health_.breaker().may_look()) return unavailable("it was silent a moment ago");
    look_now_and_then();
    if (file_) return version_of_file();
    auto const ask = [this](sql::Statement const& statement) {
      return read(statement, {CircuitBreaker::look}, CircuitBreaker::look);
    };
    // Another server may be met while this one is asked.
    auto const life = life_of_connections();
    auto by_tables = options_.changes == WantedSource::following ? std::nullopt : table_versions_.now(ask, life);
    if (by_tables && has_versions() && life_of_connections() == life) return by_tables;
    if (!health_.breaker().may_look()) return unavailable("it has just been silent");
    auto const before = factory_.life();
    auto const rows = ask(dialect_.version());
    if (!rows) return rows.error();
    auto const cell = rows->at(0, 0);
    if (!cell || !has_versions() || factory_.life() != before) return std::optional<Version>();
    return std::optional(Version{fmt::format("{} {}", *cell, health_.lost_connections())});
  }

  // The pool may hold connections to a primary and to a standby that lags behind it: the version read from one says
  // nothing about the rows read from the other. Behind a pooler nothing tells of a server that crashed, and gives the
  // numbers of lost transactions once more: its connections end, ours do not.
  bool has_versions() const override {
    return !factory_.is_pooled() && (source_.is_primary || !factory_.has_several_hosts()) &&
           !factory_.has_met_several_servers();
  }

  bool asks_for_version() const override { return !source_.immutable && has_versions(); }

  /// Of a file, another one may just be put in its place; what a server refuses it refuses now.
  bool is_outdated() const override {
    return tables_.is_outdated() || (file_ ? is_gone_.is_so() : refusal_.is_lasting());
  }

  StoreCounts counts() const override {
    StoreCounts counts{pool_.counts(), {}, no_connection_in_time_.load()};
    counts.statements.sent = sent_.load();
    health_.add_to(counts.statements);
    return counts;
  }

  std::optional<Replication> replication() const override {
    return dialect_.replication() ? replication_.known() : std::nullopt;
  }

  Result<std::unique_ptr<ChangeSource>> changes() override {
    return std::unique_ptr<ChangeSource>(std::make_unique<ChosenSource>(
        source_, ChosenSource::Options{.wanted = options_.changes, .times = {.statement = statement_limit_}}));
  }

  sql::Dialect const& dialect() const override { return *dialect_of_database_; }
  model::Catalog const& catalog() const override { return catalog_; }
  bool has_table(std::string_view table) const override {
    return tables_.columns().contains(fmt::format("{}.id", table));
  }

 private:
  std::string life_of_connections() const { return fmt::format("{}.{}", factory_.life(), health_.lost_connections()); }

  /// Which file lies at the path, before it is looked into. Throws soci_error where it is another profile's.
  std::optional<FileIdentity> own_file() const {
    auto file = identity_of_file(source_.location);
    if (file && source::is_file_of_another(source_, *file))
      throw soci::soci_error(fmt::format("it {}", source::leads_to_another));
    return file;
  }

  void serves(std::optional<FileIdentity> const& file) const {
    if (file && source_.all_files) source_.all_files->serves(source_.location, *file);
  }

  std::optional<Replication> ask_for_replication(std::stop_token gone) {
    auto const rows = read(*dialect_.replication(), {CircuitBreaker::look, std::move(gone)}, CircuitBreaker::look);
    if (!rows) return std::nullopt;
    Replication found{rows->at(0, 0) == "true", rows->at(0, 1) == "true"};
    if (auto const lag = rows->at(0, 2)) found.lag = std::strtod(std::string(*lag).c_str(), nullptr);
    return found;
  }

  std::optional<std::string> why_not_served(std::chrono::milliseconds limit) {
    auto reason = file_->why_not_served(limit);
    if (reason)
      refusal_.look(*reason);
    else
      refusal_.forget();
    is_gone_.note(reason && (!find_served_file(source_.location) || refusal_.is_lasting()));
    return reason;
  }

  /// Connections to a server that is no more may still seem sound.
  bool is_of_former_server(ConnectionPool::Lease& lease) {
    return has_versions() && health_.is_of_former_server(lease);
  }

  /// For a column that has come, and should be read instead of another one: no statement fails for that. What does not
  /// come at once is looked for the next time.
  void look_now_and_then() try {
    if (source_.immutable || is_outdated()) return;
    if (!tables_.is_due()) return;
    auto lease = pool_.take_idle();  // no connection is opened for a look that nobody waits for
    if (lease) look(*lease);
  } catch (soci::soci_error const&) {  // no connection, or it has just been lost
  }

  /// At the tables. Throws soci_error. A connection that is lost then may be the first that is noticed of a crash.
  void look(ConnectionPool::Lease& lease) try {
    tables_.look(*lease, {.limit = CircuitBreaker::look, .is_brief = true});
  } catch (soci::soci_error const& error) {
    if (loses_connection(lease->why_failed(error))) health_.lost(lease, error);
    throw;
  }

  Result<std::optional<Version>> version_of_file() try {
    if (auto const reason = why_not_served(glance)) return unavailable(*reason);
    return std::optional(Version{file_->version(dialect_.version(), glance)});
  } catch (soci::soci_error const& error) {
    return unavailable(reason_of(error));
  }

  // A connection may have died since it was last used, a standby may be in the way of what it replays: the request that
  // meets it is tried again.
  Result<Rows> read(sql::Statement const& statement, ReadLimits const& limits,
                    std::chrono::milliseconds for_connection) {
    auto const until = Clock::now() + limits.limit;
    std::string why;
    auto result =
        retry(until, [&](std::size_t earlier) { return try_read(statement, limits, for_connection, earlier, why); });
    return result ? *std::move(result) : lost_again_and_again(why);
  }

  Error lost_again_and_again(std::string const& why) const {
    return unavailable("the statement was lost or interrupted again and again" + why);
  }

  /// Nothing: the same again may work; `why` it did not is said. `earlier`: tries.
  std::optional<Result<Rows>> try_read(sql::Statement const& statement, ReadLimits const& limits,
                                       std::chrono::milliseconds for_connection, std::size_t earlier,
                                       std::string& why) try {
    if (auto error = why_not_to_send(statement, limits, for_connection)) return *std::move(error);
    auto lease = pool_.acquire(for_connection, limits.gone);
    if (!lease) return no_connection(statement, limits);
    if (is_of_former_server(*lease)) return std::nullopt;
    if (tables_.misses_a_table(statement)) {
      look(*lease);
      if (tables_.misses_a_table(statement))
        return explain(Failure::outdated, statement.name(), "its table is not there");
    }
    log(statement);
    sent_.fetch_add(1, std::memory_order_relaxed);
    try {
      auto rows = (*lease)->read(statement, limits);
      if (auto const* const encoding = dialect_of_database_->encoding())
        rows = in_utf8(std::move(rows), *encoding, limits.memory);
      health_.breaker().answered();
      return rows;
    } catch (soci::soci_error const& error) {
      auto const failure = health_.note(*lease, error, earlier);
      if (may_pass(failure)) {
        why = fmt::format(": {}: {}", statement.name(), with_sqlstate(error, error.what()));
        return std::nullopt;
      }
      if (failure == Failure::outdated && !source_.immutable) look(*lease);
      return explain(failure, statement.name(), with_sqlstate(error, error.what()));
    }
  } catch (soci::soci_error const& error) {
    return not_connected(error);
  }

  /// The same for the first batch of a stream.
  std::optional<Result<std::unique_ptr<ConnectionStream>>> try_stream(sql::Statement const& statement,
                                                                      ReadLimits const& limits, std::size_t earlier,
                                                                      std::string& why) try {
    if (auto error = why_not_to_send(statement, limits, options_.connection_timeout)) return *std::move(error);
    if (tables_.misses_a_table(statement)) {
      look_beside();
      if (tables_.misses_a_table(statement))
        return explain(Failure::outdated, statement.name(), "its table is not there");
    }
    ConnectionStream::Of of{source_.name,
                            statement.name(),
                            limits,
                            options_.opening_timeout,
                            dialect_of_database_->encoding(),
                            [this](auto& lease, auto const& error) { return health_.note(lease, error, 0); }};
    auto stream = std::make_unique<ConnectionStream>(factory_, std::move(of));
    if (!stream->connect(options_.connection_timeout)) return no_connection(statement, limits);
    log(statement);
    sent_.fetch_add(1, std::memory_order_relaxed);
    try {
      stream->begin(statement);
      health_.breaker().answered();
      return stream;
    } catch (soci::soci_error const& error) {
      auto const failure = health_.note(stream->lease(), error, earlier);
      if (may_pass(failure)) {
        why = fmt::format(": {}: {}", statement.name(), with_sqlstate(error, error.what()));
        return std::nullopt;
      }
      stream.reset();
      if (failure == Failure::outdated && !source_.immutable) look_beside();
      return explain(failure, statement.name(), with_sqlstate(error, error.what()));
    }
  } catch (soci::soci_error const& error) {
    return not_connected(error);
  }

  /// Nobody waits for the rows, or the file cannot be read.
  std::optional<Error> why_not_to_send(sql::Statement const& statement, ReadLimits const& limits,
                                       std::chrono::milliseconds for_connection) {
    if (limits.gone.stop_requested()) return explain(Failure::gone, statement.name(), "not sent");
    auto const reason = file_ ? why_not_served(for_connection) : std::nullopt;
    return reason ? std::optional(unavailable(*reason)) : std::nullopt;
  }

  Error no_connection(sql::Statement const& statement, ReadLimits const& limits) {
    if (limits.gone.stop_requested()) return explain(Failure::gone, statement.name(), "not sent");
    ++no_connection_in_time_;
    return unavailable("no connection came free in time");
  }

  /// Over a connection of the pool: one that reads a stream is of no use for anything else.
  void look_beside() {
    if (auto lease = pool_.acquire(options_.connection_timeout)) look(*lease);
  }

  Error not_connected(soci::soci_error const& error) {
    if (!source_.immutable && !file_) refusal_.look(error.get_error_message());
    return unavailable(reason_of(error));
  }

  /// For measuring and for curiosity, at the level trace alone: values come from clients.
  void log(sql::Statement const& statement) const {
    if (!spdlog::should_log(spdlog::level::trace)) return;
    auto values = nlohmann::json::array();
    for (auto const& value : statement.values())
      std::visit([&](auto const& wire) { values.push_back(wire); }, dialect_.wire(value));
    spdlog::trace("statement {} {} {}", statement.name(), values.dump(),
                  sql::qualify(statement.text(), factory_.schema().get()));
  }

  Error explain(Failure failure, std::string_view statement, std::string_view why) const {
    return error_of(failure, source_.name, statement, why);
  }

  Error unavailable(std::string_view why) const { return store::unavailable(source_.name, why); }

  source::Source const source_;
  std::shared_ptr<repository::Objects> const files_;
  StoreOptions const options_;
  std::chrono::milliseconds const statement_limit_;
  sql::Dialect const& dialect_;
  sql::Dialect const* dialect_of_database_ = &dialect_;
  model::Catalog catalog_;
  ConnectionFactory const factory_;
  TableWatch tables_;
  TableVersions table_versions_{[this] { return factory_.schema().get(); }};
  ConnectionPool pool_;
  ServerHealth health_{factory_, source_.name, source_.engine == source::Engine::sqlite && !source_.immutable};
  CircuitBreaker batch_breaker_;  // of statements that are read together: they end, or wait for something
  std::atomic<std::uint64_t> sent_ = 0, no_connection_in_time_ = 0;
  std::atomic<unsigned> streams_ = 0;  // being read, or opened
  std::optional<FollowedFile> file_;   // SQLite's, unless it is immutable
  ForAWhile is_gone_;                  // what could be served
  RefusalWatch refusal_{source_};
  mutable ReplicationWatch replication_;  // last: its thread uses the others
};

}  // namespace

Result<std::shared_ptr<Store>> open_store(source::Source const& source, StoreOptions const& options) {
  auto const begin = Clock::now();
  auto const& name = source.name;
  auto store = std::make_unique<SociStore>(source, options);
  try {
    if (auto error = store->read_catalog()) {
      error->message = name + ": " + error->message;
      return *std::move(error);
    }
  } catch (soci::soci_error const& error) {
    Error refused{Code::source_refused, name + " cannot be opened: " + reason_of(error)};
    auto const took = Clock::now() - begin;
    refused.lasting = lasting_reason(source, error, std::chrono::duration_cast<std::chrono::milliseconds>(took));
    return refused;
  }
  return std::shared_ptr<Store>(std::move(store));
}

}  // namespace restapi::store
