#include <fmt/format.h>
#include <soci/soci-backend.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>

#include "store/connection_pool.hpp"
#include "store/pulse.hpp"
#include "store/store.hpp"
#include "store/watchdog.hpp"

namespace restapi::store {
namespace {

// With several hosts in a URI the pool may hold connections to a primary and to a standby that lags behind it: the
// version read from one says nothing about the rows read from the other. (Source::location has its values
// percent-encoded.)
bool may_be_several_servers(Source const& source) {
  if (source.engine != Engine::postgresql) return false;
  bool const is_primary = source.location.find("target_session_attrs=read-write") != std::string::npos ||
                          source.location.find("target_session_attrs=primary") != std::string::npos;
  return !is_primary && source.location.find("%2C") != std::string::npos;
}

// What libpq or SQLite said, on one line. SOCI writes a sentence of its own above libpq's, libpq an
// indented question below.
std::string reason_of(soci::soci_error const& error) {
  auto const text = error.get_error_message();
  std::string reason;
  for (std::size_t begin = 0; begin < text.size();) {
    auto const end = std::min(text.find('\n', begin), text.size());
    auto const line = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    if (line.empty() || line.starts_with('\t') || line == "Cannot establish connection to the database.") continue;
    reason += (reason.empty() ? "" : "; ") + std::string(line);
  }
  return reason;
}

/// What a failed statement means for whoever asked for it.
struct Meaning {
  Failure failure;
  Code code;
  std::string_view message;
  std::string_view hint;
  std::uint64_t StatementCounts::*count;
};
constexpr std::string_view is_away = "the database is not available";
constexpr std::string_view come_back = "try again in a few seconds";
constexpr std::string_view was_slow = "the database took too long for this query";
constexpr std::string_view ask_less = "narrower filters, an order by id or a smaller page are faster";
constexpr std::array meanings{
    Meaning{Failure::lost, Code::store_unavailable, is_away, come_back, &StatementCounts::lost},
    Meaning{Failure::unavailable, Code::store_unavailable, is_away, come_back, &StatementCounts::unavailable},
    Meaning{Failure::interrupted, Code::store_unavailable, is_away, come_back, &StatementCounts::interrupted},
    Meaning{Failure::too_slow, Code::store_too_slow, was_slow, ask_less, &StatementCounts::too_slow},
    Meaning{Failure::silent, Code::store_too_slow, "the database does not answer", come_back, &StatementCounts::silent},
    Meaning{Failure::gone, Code::cancelled, "nobody waits for this answer", "", &StatementCounts::cancelled},
    Meaning{Failure::other, Code::store_failed, "the database could not answer this query", "",
            &StatementCounts::failed},
};
constexpr std::size_t index_of(Failure failure) {
  std::size_t index = 0;
  while (meanings.at(index).failure != failure) ++index;
  return index;
}

/// How a connection is made: everything that it needs, because the pool may make it when the store has gone.
ConnectionPool::Open opening(Source const& source, StoreOptions const& options, std::shared_ptr<Watchdog> watchdog) {
  return [source, timeout = options.statement_timeout, watchdog = std::move(watchdog)] {
    return std::make_unique<Connection>(make_driver(source, timeout, watchdog));
  };
}

class SociStore final : public Store {
 public:
  SociStore(Source source, StoreOptions options)
      : source_(std::move(source)),
        options_(options),
        // PostgreSQL stops its statements by itself; the connection is cut where even that does not come.
        patience_(options.statement_timeout +
                  (source_.engine == Engine::postgresql ? Watchdog::grace : std::chrono::milliseconds{0})),
        dialect_(make_driver(source_, {}, nullptr)->dialect()),
        open_(opening(source_, options, source_.engine == Engine::postgresql ? std::make_shared<Watchdog>() : nullptr)),
        pool_({.limit = options.connections, .opening = options.opening_timeout}, open_) {}

  /// Reads which columns there are; until then there is no catalog. Throws soci_error.
  std::optional<Error> read_catalog() {
    model::Schema schema;
    auto const lease = pool_.acquire(options_.opening_timeout);
    if (!lease) return Error{Code::source_refused, "the server takes connections, but does not answer"};
    auto const columns = (*lease)->read(dialect_.columns(), {patience_});
    for (std::size_t row = 0; row < columns.size(); ++row) schema.emplace(columns.at(row, 0).value_or(""));
    auto catalog = model::Catalog::of(schema);
    if (!catalog) return std::move(catalog).error();
    catalog_ = *std::move(catalog);
    return std::nullopt;
  }

  Result<Rows> read(sql::Statement const& statement, std::stop_token gone) override {
    if (pulse_.is_lost()) return unavailable("it has been silent for a while");
    return read(statement, {patience_, std::move(gone)}, options_.connection_timeout);
  }

  Result<std::optional<Version>> version() override {
    if (source_.immutable) return std::optional<Version>("immutable");
    if (may_be_several_servers(source_)) return std::optional<Version>();
    // Asked by few threads for all: they do not wait long, and not again and again.
    if (!pulse_.may_look()) return unavailable("it was silent a moment ago");
    auto const rows = source_.engine == Engine::sqlite ? read_own(dialect_.version())
                                                       : read(dialect_.version(), {Pulse::look}, Pulse::look);
    if (!rows) return rows.error();
    auto const cell = rows->at(0, 0);
    if (!cell) return std::optional<Version>();
    // A PostgreSQL server whose process has crashed closes all connections, recovers, and counts transactions from
    // where its log ends: some numbers that were seen may come again.
    auto const losses = source_.engine == Engine::sqlite ? 0 : lost_connections_.load();
    return std::optional<Version>(fmt::format("{} {}", *cell, losses));
  }

  StoreCounts counts() const override {
    StoreCounts counts{pool_.counts(), {}, no_connection_in_time_.load()};
    counts.statements.sent = sent_.load();
    for (std::size_t i = 0; i < meanings.size(); ++i) counts.statements.*meanings[i].count = failures_[i].load();
    return counts;
  }

  sql::Dialect const& dialect() const override { return dialect_; }
  model::Catalog const& catalog() const override { return catalog_; }

 private:
  /// SQLite's version only means something on the connection that read the one before.
  Result<Rows> read_own(sql::Statement const& statement) try {
    std::lock_guard const lock(version_mutex_);
    if (!version_connection_) {
      auto connection = open_();
      sql::Statement patience("patience", 1);  // with a writer that holds the file: less than others have
      connection->read(patience.add("PRAGMA busy_timeout = 250"), {Pulse::look});
      version_connection_ = std::move(connection);
    }
    return version_connection_->read(statement, {Pulse::look});
  } catch (soci::soci_error const& error) {
    return unavailable(reason_of(error));
  }

  // A connection may have died since it was last used, a standby may be in the way of what it replays: the request that
  // meets it is tried once more.
  Result<Rows> read(sql::Statement const& statement, Patience const& patience,
                    std::chrono::milliseconds for_connection) {
    auto first = try_read(statement, patience, for_connection);
    if (first) return *std::move(first);
    return try_read(statement, patience, for_connection)
        .value_or(unavailable("the statement was lost or interrupted twice"));
  }

  /// Nothing: the same again may work.
  std::optional<Result<Rows>> try_read(sql::Statement const& statement, Patience const& patience,
                                       std::chrono::milliseconds for_connection) try {
    if (patience.gone.stop_requested()) return explain(Failure::gone, statement, "not sent");
    auto lease = pool_.acquire(for_connection, patience.gone);
    if (!lease) {
      if (patience.gone.stop_requested()) return explain(Failure::gone, statement, "not sent");
      ++no_connection_in_time_;
      return unavailable("no connection came free in time");
    }
    log(statement);
    sent_.fetch_add(1, std::memory_order_relaxed);
    try {
      auto rows = (*lease)->read(statement, patience);
      pulse_.answered();
      return rows;
    } catch (soci::soci_error const& error) {
      auto const failure = (*lease)->why_failed(error);
      ++failures_[index_of(failure)];
      if (failure == Failure::lost || failure == Failure::silent) {
        ++lost_connections_;
        spdlog::warn("{}: connection lost: {}", source_.name, reason_of(error));
        lease->lost();
      }
      if (failure == Failure::silent)
        pulse_.silent();
      else if (failure != Failure::lost && failure != Failure::gone)
        pulse_.answered();
      if (failure == Failure::lost || failure == Failure::interrupted) return std::nullopt;
      return explain(failure, statement, error.what());
    }
  } catch (soci::soci_error const& error) {  // no connection
    return unavailable(reason_of(error));
  }

  /// For measuring and for curiosity, at the level trace alone: values come from clients.
  void log(sql::Statement const& statement) const {
    if (!spdlog::should_log(spdlog::level::trace)) return;
    auto values = nlohmann::json::array();
    for (auto const& value : statement.values())
      std::visit([&](auto const& wire) { values.push_back(wire); }, dialect_.wire(value));
    spdlog::trace("statement {} {} {}", statement.name(), values.dump(), statement.text());
  }

  Error explain(Failure failure, sql::Statement const& statement, std::string_view why) const {
    auto const& meaning = meanings[index_of(failure)];
    return {meaning.code,
            std::string(meaning.message),
            std::string(meaning.hint),
            {},
            fmt::format("{}: {}: {}", source_.name, statement.name(), why)};
  }

  Error unavailable(std::string_view why) const {
    return {Code::store_unavailable,
            std::string(is_away),
            std::string(come_back),
            {},
            fmt::format("{}: {}", source_.name, why)};
  }

  Source const source_;
  StoreOptions const options_;
  std::chrono::milliseconds const patience_;
  sql::Dialect const& dialect_;
  model::Catalog catalog_;
  ConnectionPool::Open const open_;
  ConnectionPool pool_;
  Pulse pulse_;
  std::atomic<std::uint64_t> sent_ = 0, no_connection_in_time_ = 0;
  std::array<std::atomic<std::uint64_t>, meanings.size()> failures_ = {};
  std::atomic<unsigned> lost_connections_ = 0;
  std::mutex version_mutex_;
  std::unique_ptr<Connection> version_connection_;  // SQLite, not immutable
};

}  // namespace

std::unique_ptr<Driver> make_driver(Source const& source, std::chrono::milliseconds statement_timeout,
                                    std::shared_ptr<Watchdog> watchdog) {
  return source.engine == Engine::postgresql ? make_postgresql_driver(source, statement_timeout, std::move(watchdog))
                                             : make_sqlite_driver(source);
}

Result<std::unique_ptr<Store>> open_store(Source source, StoreOptions options) {
  auto const name = source.name;
  auto store = std::make_unique<SociStore>(std::move(source), options);
  try {
    if (auto error = store->read_catalog()) {
      error->message = name + ": " + error->message;
      return *std::move(error);
    }
  } catch (soci::soci_error const& error) {
    spdlog::debug("{}: {}", name, error.what());
    return Error{Code::source_refused, name + " cannot be opened: " + reason_of(error)};
  }
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace restapi::store
