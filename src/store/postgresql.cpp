#include <fcntl.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string_view>

#include "store/driver.hpp"
#include "store/hosts.hpp"
#include "store/postgresql_pipeline.hpp"
#include "store/server_presence.hpp"
#include "store/watchdog.hpp"

namespace restapi::store {
namespace {

// By itself libpq waits for a silent host as long as TCP does: some two minutes to connect, a quarter of an hour for an
// answer, for ever in between. They stand in front, because libpq takes the last of a repeated key: what the person has
// written counts. (PostgreSQL 15, 34.1.2)
constexpr std::string_view time_limits =
    "tcp_user_timeout=10000&keepalives_idle=15&keepalives_interval=5&keepalives_count=3&";
constexpr std::string_view connect_limit = "connect_timeout=5&";
constexpr std::string_view connect_limit_of_each = "connect_timeout=2&";  // of several hosts; libpq takes no less

bool is_set(char const* variable) {
  auto const* value = std::getenv(variable);
  return value && *value;
}

bool has_several_hosts(std::string const& location) {
  auto const settings = parse_postgresql(location);
  return settings && hosts_of(*settings).size() > 1;
}

std::string with_time_limits(std::string location) {
  auto const parameters = location.find('?') + 1;  // Source::location has at least one
  location.insert(parameters, time_limits);
  // The environment and a service file would be overruled.
  if (!is_set("PGCONNECT_TIMEOUT") && !is_set("PGSERVICE") && location.find("service=") == location.npos)
    location.insert(parameters, has_several_hosts(location) ? connect_limit_of_each : connect_limit);
  return location;
}

/// What other threads may do to a connection while libpq works on it.
class Wire final : public Watchdog::Subject {
 public:
  /// The descriptor is our own: libpq closes its one whenever it likes, and the number may then be a stranger's.
  explicit Wire(PGconn* connection)
      : cancel_(PQgetCancel(connection), PQfreeCancel), socket_(::fcntl(PQsocket(connection), F_DUPFD_CLOEXEC, 0)) {
    if (socket_ < 0) throw soci::soci_error("no file descriptor is left to watch a connection by");
  }
  ~Wire() override { ::close(socket_); }
  Wire(Wire const&) = delete;
  Wire& operator=(Wire const&) = delete;

  void cancel() override {
    char ignored[256];
    PQcancel(cancel_.get(), ignored, sizeof ignored);
  }
  void cut() override { ::shutdown(socket_, SHUT_RDWR); }

 private:
  std::unique_ptr<PGcancel, decltype(&PQfreeCancel)> const cancel_;
  int const socket_;
};

PGconn* connection_of(soci::session& session) {
  return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
}

/// SQLSTATEs and classes of them (PostgreSQL 15, appendix A). Blanks are SOCI's for none: the words are not the
/// server's but libpq's, which could not write to it. PQstatus knows that only once reading has failed as well.
struct Row {
  std::string_view state;
  Failure failure;
};
constexpr Row failures[] = {
    {"     ", Failure::lost},         // nothing from the server
    {"08", Failure::lost},            // connection exceptions
    {"57P", Failure::lost},           // the server is going, coming, or has closed the session
    {"531", Failure::unavailable},    // disk full
    {"532", Failure::unavailable},    // out of memory
    {"533", Failure::unavailable},    // too many connections
    {"40", Failure::interrupted},     // among them a standby's conflicts with what it replays (27.4.2), deadlocks
    {"57014", Failure::too_slow},     // cancelled, which is what the statement timeout does
    {"72000", Failure::interrupted},  // snapshot too old
    {"0A000",
     Failure::interrupted},  // a prepared statement whose columns have other types now: prepared anew, it works
    // The statement was made for the tables that there were. Each is of the same kind: renamed, dropped, of another
    // type, in a schema that is gone, or out of the role's reach.
    {"42703", Failure::outdated},  // no such column
    {"42P01", Failure::outdated},  // table
    {"42883", Failure::outdated},  // operator or function for such a type
    {"42804", Failure::outdated},  // types that do not go together
    {"42704", Failure::outdated},  // type
    {"3F000", Failure::outdated},  // schema
    {"42501", Failure::outdated},  // no right
};

class PostgreSqlDriver final : public Driver {
 public:
  PostgreSqlDriver(Source const& source, std::chrono::milliseconds statement_timeout,
                   std::shared_ptr<Watchdog> watchdog)
      : location_(with_time_limits(source.location)),
        statement_timeout_(statement_timeout),
        watchdog_(std::move(watchdog)) {}

  void open(soci::session& session) override {
    session.open(soci::postgresql, location_);
    // Settings of the session rather than of the connection string, which may carry options of its own.
    // Times come as ISO text in UTC; just-in-time compilation costs more than these statements do.
    session.once << fmt::format(
        "SET default_transaction_read_only = on; SET statement_timeout = {}; SET timezone = 'UTC'; "
        "SET client_encoding = 'UTF8'; SET datestyle = 'ISO'; SET jit = off; SET application_name = 'restapi'",
        statement_timeout_.count());
    auto* const connection = connection_of(session);
    std::string started;
    session << "SELECT pg_postmaster_start_time()::text", soci::into(started);
    auto const* address = PQhostaddr(connection);
    server_ = {PQhost(connection), address ? address : "", PQport(connection), std::move(started)};
    wire_ = std::make_shared<Wire>(connection);
    watch_.emplace(watchdog_, wire_);
  }

  void begin_statement(Patience patience) override {
    followed_cancellation_ = outcome_.was_cancelled;
    began_ = std::chrono::steady_clock::now();
    if (patience.is_brief)
      watch_->begin_briefly(patience.limit);
    else
      watch_->begin(patience.limit, std::move(patience.gone));
  }

  bool end_statement() override {
    outcome_ = watch_->end();
    return !outcome_.was_cut;
  }

  void forget_rows(soci::statement& statement) override {
    static_cast<soci::postgresql_statement_backend*>(statement.get_backend())->result_.reset();
  }

  bool keeps_room_for_rows() const override { return true; }

  std::vector<Rows> read_together(soci::session& session, std::span<Call const> calls) override {
    return read_in_pipeline(connection_of(session), calls);
  }

  Failure why_failed(soci::session& session, soci::soci_error const& error) const override {
    if (outcome_.was_cancelled) return Failure::gone;
    if (outcome_.was_cut) return Failure::silent;
    if (!session.get_backend() || PQstatus(connection_of(session)) != CONNECTION_OK) return Failure::lost;
    auto const* failure = dynamic_cast<soci::postgresql_soci_error const*>(&error);
    if (!failure) return Failure::other;
    auto const state = failure->sqlstate();
    for (auto const& row : failures) {
      if (!state.starts_with(row.state)) continue;
      // A pooler between us and the server may deliver a cancellation after it has said that it did.
      bool const is_early = std::chrono::steady_clock::now() - began_ < statement_timeout_;
      return row.failure == Failure::too_slow && followed_cancellation_ && is_early ? Failure::interrupted
                                                                                    : row.failure;
    }
    return Failure::other;
  }

  Server server() const override { return server_; }

  /// SOCI ends every prepared statement by a request of its own; a dead server would keep us waiting for each.
  void before_close() override {
    if (wire_) wire_->cut();
  }

  sql::Dialect const& dialect() const override { return sql::postgresql(); }

 private:
  std::string const location_;
  std::chrono::milliseconds const statement_timeout_;
  std::shared_ptr<Watchdog> const watchdog_;
  Server server_;
  std::shared_ptr<Wire> wire_;
  std::optional<Watchdog::Watch> watch_;
  Watchdog::Outcome outcome_;
  std::chrono::steady_clock::time_point began_;
  bool followed_cancellation_ = false;
};

}  // namespace

std::unique_ptr<Driver> make_postgresql_driver(Source const& source, std::chrono::milliseconds statement_timeout,
                                               std::shared_ptr<Watchdog> watchdog) {
  return std::make_unique<PostgreSqlDriver>(source, statement_timeout, std::move(watchdog));
}

// The server's words come in its language; PQping looks at codes.
bool is_absent(Source const& source) {
  if (source.engine != Engine::postgresql) return false;
  auto const answer = PQping(with_time_limits(source.location).c_str());
  return answer == PQPING_NO_RESPONSE || answer == PQPING_REJECT;
}

}  // namespace restapi::store
