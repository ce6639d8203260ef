#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>

#include "query/pattern.hpp"
#include "store/driver.hpp"
#include "store/sqlite_defences.hpp"

namespace restapi::store {
namespace {

namespace api = sqlite_api;

// SOCI splits its connection string at blanks, SQLite's URIs at ? and #: only unreserved characters stay as they are.
std::string uri_of(Source const& source) {
  std::string uri = "file:";
  for (auto const byte : source.location) {
    bool const is_plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                          (byte >= 'A' && byte <= 'Z') || byte == '/' || byte == '.' || byte == '-' || byte == '_';
    uri += is_plain ? std::string(1, byte) : fmt::format("%{:02X}", static_cast<unsigned char>(byte));
  }
  return uri + (source.immutable ? "?mode=ro&immutable=1" : "?mode=ro");
}

std::string_view text_of(api::sqlite3_value* value) {
  auto const* text = reinterpret_cast<char const*>(api::sqlite3_value_text(value));
  return text ? std::string_view(text, static_cast<std::size_t>(api::sqlite3_value_bytes(value))) : std::string_view();
}

// SQL: pattern_matches(text, pattern). The pattern is the same for all rows of a statement and is read once.
void pattern_matches(api::sqlite3_context* context, int, api::sqlite3_value** arguments) {
  if (api::sqlite3_value_type(arguments[0]) == SQLITE_NULL) return;
  auto const* matcher = static_cast<query::Matcher const*>(api::sqlite3_get_auxdata(context, 1));
  if (!matcher) {
    auto pattern = query::read_pattern(text_of(arguments[1]), false);
    if (!pattern) return api::sqlite3_result_error(context, "not a pattern", -1);
    auto owned = std::make_unique<query::Matcher>(*pattern);
    api::sqlite3_result_int(context, (*owned)(text_of(arguments[0])));
    api::sqlite3_set_auxdata(context, 1, owned.release(), [](void* old) { delete static_cast<query::Matcher*>(old); });
    return;
  }
  api::sqlite3_result_int(context, (*matcher)(text_of(arguments[0])));
}

class SqliteDriver final : public Driver {
 public:
  explicit SqliteDriver(Source const& source) : uri_(uri_of(source)) {}

  void open(soci::session& session) override {
    session.open(soci::sqlite3, "readonly=1 dbname=" + uri_);
    auto* const connection = static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
    api::sqlite3_create_function_v2(connection, "pattern_matches", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr,
                                    pattern_matches, nullptr, nullptr, nullptr);
    // Every so many steps of the virtual machine (about a millisecond) SQLite asks whether to go on.
    api::sqlite3_progress_handler(connection, 20'000, is_enough, this);
    api::sqlite3_extended_result_codes(connection, 1);
    session << "PRAGMA query_only = 1";
    session << "PRAGMA case_sensitive_like = 1";
    // Damaged pages are found when they are read, rather than by what follows from them.
    session << "PRAGMA cell_size_check = 1";
    // A mapped file that another program cuts short ends the process with SIGBUS.
    session << "PRAGMA mmap_size = 0";
    defend(connection);
    connection_ = connection;
  }

  void begin_statement(Patience patience) override {
    deadline_ = std::chrono::steady_clock::now() + patience.limit;
    gone_ = std::move(patience.gone);
    // A profile's file is locked while AiiDA commits to it.
    api::sqlite3_busy_timeout(connection_, static_cast<int>(std::min(patience.limit, longest_lock).count()));
  }

  bool end_statement() override { return true; }
  void before_close() override {}

  Failure why_failed(soci::session&, soci::soci_error const& error) const override {
    if (gone_.stop_requested()) return Failure::gone;
    // Still locked: as with a lost connection, a later attempt may succeed. So it may where a reader has met a journal
    // that seemed to be a crashed writer's and was that of a quick one (SQLITE_READONLY_ROLLBACK, and its relatives);
    // plain SQLITE_READONLY means that the statement writes.
    if (auto const* failure = dynamic_cast<soci::sqlite3_soci_error const*>(&error)) {
      auto const kind = failure->result() & 0xFF;
      if (kind == SQLITE_TOOBIG || kind == SQLITE_NOMEM) return Failure::too_large;
      if (kind == SQLITE_BUSY || (kind == SQLITE_READONLY && failure->result() != SQLITE_READONLY))
        return Failure::lost;
      // Other words that come with this code are about functions and documents.
      if (kind == SQLITE_SCHEMA ||
          (kind == SQLITE_ERROR && failure->get_error_message().find("no such ") != std::string::npos))
        return Failure::outdated;
    }
    return std::chrono::steady_clock::now() >= deadline_ ? Failure::too_slow : Failure::other;
  }

  sql::Dialect const& dialect() const override { return sql::sqlite(); }

 private:
  static int is_enough(void* self) {
    auto const& driver = *static_cast<SqliteDriver const*>(self);
    return driver.gone_.stop_requested() || std::chrono::steady_clock::now() >= driver.deadline_;
  }

  static constexpr std::chrono::milliseconds longest_lock{2'000};

  std::string uri_;
  api::sqlite3* connection_ = nullptr;  // the session's
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  std::stop_token gone_;
};

}  // namespace

std::unique_ptr<Driver> make_sqlite_driver(Source const& source) { return std::make_unique<SqliteDriver>(source); }

}  // namespace restapi::store
