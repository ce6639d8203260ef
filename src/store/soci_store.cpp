#include <fmt/format.h>
#include <soci/soci-backend.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>

#include "store/connection_pool.hpp"
#include "store/served_file.hpp"
#include "store/store.hpp"

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

class SociStore final : public Store {
 public:
  SociStore(Source source, StoreOptions options)
      : source_(std::move(source)),
        options_(options),
        dialect_(make_driver(source_, {})->dialect()),
        pool_(options.connections, [this] { return open_connection(); }) {}

  /// Reads which columns there are; until then there is no catalog. Throws soci_error.
  std::optional<Error> read_catalog() {
    served_ = find_served_file(source_.location);
    schema_ = schema_of(**pool_.acquire(options_.connection_timeout));
    auto catalog = model::Catalog::of(schema_);
    if (!catalog) return std::move(catalog).error();
    catalog_ = *std::move(catalog);
    return std::nullopt;
  }

  Result<Rows> read(sql::Statement const& statement) override {
    // A connection may have died since it was last used; the request that meets it is tried once more.
    auto first = try_read(statement, may_be_replaced());
    return first ? *std::move(first)
                 : try_read(statement, false).value_or(unavailable("the connection was lost twice"));
  }

  Result<std::optional<Version>> version() override {
    if (source_.immutable) return std::optional<Version>("immutable");
    if (may_be_several_servers(source_)) return std::optional<Version>();
    if (source_.engine == Engine::sqlite) return version_of_file();
    auto const rows = read(dialect_.version());
    if (!rows) return rows.error();
    auto const cell = rows->at(0, 0);
    if (!cell) return std::optional<Version>();
    // A PostgreSQL server whose process has crashed closes all connections, recovers, and counts transactions from
    // where its log ends: some numbers that were seen may come again.
    return std::optional<Version>(fmt::format("{} {}", *cell, lost_connections_.load()));
  }

  sql::Dialect const& dialect() const override { return dialect_; }
  model::Catalog const& catalog() const override { return catalog_; }

 private:
  std::unique_ptr<Connection> open_connection() const {
    return std::make_unique<Connection>(make_driver(source_, options_.statement_timeout));
  }

  model::Schema schema_of(Connection& connection) const {
    model::Schema schema;
    auto const columns = connection.read(dialect_.columns());
    for (std::size_t row = 0; row < columns.size(); ++row) schema.emplace(columns.at(row, 0).value_or(""));
    return schema;
  }

  /// SQLite's version only means something on the connection that read the one before. It is a counter in the file, so
  /// a file that was copied over ours may have the same one: then the time of its change tells.
  Result<std::optional<Version>> version_of_file() try {
    std::lock_guard const lock(version_mutex_);
    for (;;) {
      auto const replacements = replacements_.load();
      if (!version_connection_ || version_replacements_ != replacements) {
        version_connection_.reset();
        version_connection_ = open_connection();
        version_replacements_ = replacements;
        counter_.clear();
      }
      auto const rows = version_connection_->read(dialect_.version());
      std::string counter(rows.at(0, 0).value_or(""));
      auto const file = find_served_file(source_.location);
      if (auto error = follow(file)) return *std::move(error);
      if (replacements_ != replacements) continue;
      if (counter == counter_ && file->modified != modified_) {
        std::lock_guard const file_lock(file_mutex_);
        start_anew();
        modified_ = file->modified;
        continue;
      }
      modified_ = file->modified;
      counter_ = std::move(counter);
      return std::optional<Version>(fmt::format("{} {}", counter_, replacements));
    }
  } catch (soci::soci_error const& error) {
    return unavailable(error.what());
  }

  /// The file may have been replaced (`mv new.sqlite served.sqlite`). Connections stay with the file they have opened,
  /// and those opened later would read another one: all are opened anew. Throws soci_error where that fails; the next
  /// call tries again.
  std::optional<Error> follow(std::optional<ServedFile> const& file) {
    std::lock_guard const lock(file_mutex_);
    if (file && served_ && file->is_same_file(*served_)) return std::nullopt;
    start_anew();
    served_.reset();
    if (!file) return unavailable("the file is gone");
    if (schema_of(*open_connection()) != schema_)
      return unavailable("another file with other tables has taken its place, which a restart would serve");
    served_ = file;
    spdlog::warn("{}: the file was replaced; the new one is served", source_.name);
    return std::nullopt;
  }

  /// Requires file_mutex_.
  void start_anew() {
    pool_.renew();
    ++replacements_;
  }

  bool may_be_replaced() const { return source_.engine == Engine::sqlite && !source_.immutable; }

  /// Nothing: the connection was lost, or, if asked for, may be the reason of the failure; another one may work.
  /// SQLite trusts its memory of a file that was cut short and written again, as its change counter has not changed.
  std::optional<Result<Rows>> try_read(sql::Statement const& statement, bool doubts_connection) try {
    if (may_be_replaced()) {
      if (auto error = follow(find_served_file(source_.location))) return *std::move(error);
    }
    auto lease = pool_.acquire(options_.connection_timeout);
    if (!lease) return unavailable("no connection came free in time");
    log(statement);
    try {
      return (*lease)->read(statement);
    } catch (soci::soci_error const& error) {
      auto const failure = (*lease)->why_failed(error);
      if (failure == Failure::other && doubts_connection) {
        lease->lost();
        return std::nullopt;
      }
      if (failure != Failure::lost) return explain(failure, statement, error);
      ++lost_connections_;
      spdlog::warn("{}: connection lost: {}", source_.name, error.what());
      lease->lost();
      return std::nullopt;
    }
  } catch (soci::soci_error const& error) {
    return unavailable(error.what());
  }

  /// For measuring and for curiosity, at the level trace alone: values come from clients.
  void log(sql::Statement const& statement) const {
    if (!spdlog::should_log(spdlog::level::trace)) return;
    auto values = nlohmann::json::array();
    for (auto const& value : statement.values())
      std::visit([&](auto const& wire) { values.push_back(wire); }, dialect_.wire(value));
    spdlog::trace("statement {} {} {}", statement.name(), values.dump(), statement.text());
  }

  Error explain(Failure failure, sql::Statement const& statement, soci::soci_error const& error) const {
    auto detail = fmt::format("{}: {}: {}", source_.name, statement.name(), error.what());
    if (failure == Failure::too_slow)
      return {Code::store_too_slow,
              "the database took too long for this query",
              "narrower filters, an order by id or a smaller page are faster",
              {},
              std::move(detail)};
    if (failure == Failure::too_large)
      return {Code::store_failed,
              "what the database has for this query is larger than this server answers",
              "a smaller page or single members may be answered",
              {},
              std::move(detail)};
    return {Code::store_failed, "the database could not answer this query", {}, {}, std::move(detail)};
  }

  Error unavailable(std::string_view why) const {
    return {Code::store_unavailable,
            "the database is not available",
            "try again in a few seconds",
            {},
            fmt::format("{}: {}", source_.name, why)};
  }

  Source const source_;
  StoreOptions const options_;
  sql::Dialect const& dialect_;
  model::Schema schema_;  // what the catalog was made for
  model::Catalog catalog_;
  ConnectionPool pool_;
  std::atomic<unsigned> lost_connections_ = 0;
  std::mutex version_mutex_;
  // The rest is for an SQLite file that is not immutable.
  std::unique_ptr<Connection> version_connection_;
  unsigned version_replacements_ = 0;  // of the connection
  std::string counter_;                // what it read last, …
  std::int64_t modified_ = 0;          // … and when the file had been changed
  std::mutex file_mutex_;
  std::optional<ServedFile> served_;
  std::atomic<unsigned> replacements_ = 0;
};

// What libpq or SQLite said, on one line for a terminal. SOCI writes a sentence of its own above libpq's, libpq an
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

}  // namespace

std::unique_ptr<Driver> make_driver(Source const& source, std::chrono::milliseconds statement_timeout) {
  return source.engine == Engine::postgresql ? make_postgresql_driver(source, statement_timeout)
                                             : make_sqlite_driver(source, statement_timeout);
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
