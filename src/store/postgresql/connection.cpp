// SPDX-License-Identifier: MIT
#include "store/postgresql/connection.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>
#include <soci/error.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "base/file_descriptor.hpp"
#include "source/hosts.hpp"
#include "sql/server_encoding.hpp"
#include "store/postgresql/pipeline.hpp"
#include "store/postgresql/server_presence.hpp"

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
    {"25P03", Failure::lost},         // it has closed a session that waited in a transaction,
    {"25P04", Failure::lost},         // or one whose transaction took too long
    {"531", Failure::unavailable},    // disk full
    {"532", Failure::unavailable},    // out of memory
    {"533", Failure::unavailable},    // too many connections
    {"54", Failure::too_large},       // larger than the server makes a text, or than a document may be
                                      // (sql/dialect_postgresql.cpp)
    {"40", Failure::interrupted},     // among them a standby's conflicts with what it replays (27.4.2), deadlocks
    {"55P03", Failure::locked},       // not within lock_timeout()
    {"57014", Failure::too_slow},     // cancelled, which is what the statement timeout does
    {"72000", Failure::interrupted},  // snapshot too old
    {"0A000", Failure::interrupted},  // a prepared statement whose columns have other types now: anew, it works
    // The statement was made for the tables that there were. Each is of the same kind: renamed, dropped, of another
    // type, in a schema that is gone, or out of the role's reach.
    {"42703", Failure::outdated},  // no such column
    {"42P01", Failure::outdated},  // table
    {"42883", Failure::outdated},  // operator or function for such a type
    {"42804", Failure::outdated},  // types that do not go together
    {"42704", Failure::outdated},  // type
    {"3F000", Failure::outdated},  // schema
    {"42501", Failure::outdated},  // no right
    {"XX001", Failure::damaged},   // data
    {"XX002", Failure::damaged},   // an index
};

/// The one row of the answer.
Answer ask(PGconn* connection, char const* statement) {
  Answer answer(PQexec(connection, statement));
  if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK || PQntuples(answer.get()) != 1)
    throw soci::soci_error(PQerrorMessage(connection));
  return answer;
}

bool is_true(Answer const& answer, int column) { return std::string_view(PQgetvalue(answer.get(), 0, column)) == "t"; }

// Servers report it by themselves. The statement after this may fail there: MULE_INTERNAL has no names of days.
void check_encoding(PGconn* connection) {
  auto const* const reported = PQparameterStatus(connection, "server_encoding");
  std::string_view const encoding = reported ? reported : "";
  if (encoding.empty() || encoding == "SQL_ASCII" || sql::sends_utf8(encoding) || sql::ServerEncoding::find(encoding))
    return;
  throw soci::soci_error(fmt::format("{}: {}", encoding_is_unknown, encoding));
}

}  // namespace

std::string with_time_limits(std::string location) {
  auto const settings = source::parse_postgresql(location);  // it was written by us
  auto const parameters = location.find('?') + 1;            // Source::location has at least one
  location.insert(parameters, time_limits);
  // The environment and a service file would be overruled.
  if (!is_set("PGCONNECT_TIMEOUT") && !is_set("PGSERVICE") && settings &&
      source::find_setting(*settings, "service").empty())
    location.insert(parameters, source::hosts_of(*settings).size() > 1 ? connect_limit_of_each : connect_limit);
  return location;
}

std::chrono::milliseconds lock_timeout(std::chrono::milliseconds statement_timeout) { return statement_timeout / 2; }

void Close::operator()(pg_conn* connection) const { PQfinish(connection); }

void ignore_remarks(PGconn* connection) {
  PQsetNoticeReceiver(
      connection, [](void*, PGresult const*) {}, nullptr);
}

OwnedConnection connect(std::string const& location) {
  OwnedConnection connection(PQconnectdb(location.c_str()));
  ignore_remarks(connection.get());
  if (connection && PQstatus(connection.get()) == CONNECTION_OK) return connection;
  std::string why = PQerrorMessage(connection.get());
  // PgBouncer's words.
  if (why.find("unsupported startup parameter") != why.npos)
    why +=
        "the pooler passes it over with ignore_startup_parameters; what it would have set may be set with ALTER ROLE";
  throw soci::soci_error(why);
}

// Before the search path is pinned: each name says its schema, so nobody else's function can be meant.
Greeting greet(PGconn* connection) {
  check_encoding(connection);
  auto const answer =
      ask(connection,
          "SELECT pg_catalog.pg_backend_pid(), pg_catalog.to_char(pg_catalog.timezone('UTC', "
          "pg_catalog.pg_postmaster_start_time()), 'YYYY-MM-DD HH24:MI:SS.US'), pg_catalog.pg_is_in_recovery(), "
          "pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE'), "
          "pg_catalog.current_setting('server_encoding')");
  Greeting greeting;
  greeting.server = {PQhost(connection), PQport(connection), {}, PQgetvalue(answer.get(), 0, 1), is_true(answer, 2)};
  // A pooler has to invent what a client is told when it connects: the session that serves it is known only later.
  greeting.is_pooled = std::to_string(PQbackendPID(connection)) != PQgetvalue(answer.get(), 0, 0);
  if (!sql::sends_utf8(PQgetvalue(answer.get(), 0, 4))) greeting.client_encoding = "SQL_ASCII";
  if (is_true(answer, 3)) {
    auto const system = ask(connection, "SELECT system_identifier FROM pg_catalog.pg_control_system()");
    greeting.server.system = PQgetvalue(system.get(), 0, 0);
  }
  return greeting;
}

// libpq says good-bye and does not wait for what follows, so a descriptor of our own does.
void leave(OwnedConnection connection) {
  constexpr int a_second = 1'000;
  FileDescriptor const socket(::fcntl(PQsocket(connection.get()), F_DUPFD_CLOEXEC, 0));
  connection.reset();
  if (!socket.is_open()) return;
  pollfd polled{socket.number(), POLLIN, 0};
  char ignored[64];
  while (::poll(&polled, 1, a_second) > 0 && ::recv(socket.number(), ignored, sizeof ignored, 0) > 0) continue;
}

/// What other threads may do to a connection while libpq works on it.
class Watched::Wire final : public Watchdog::Subject {
 public:
  /// The descriptor is our own: libpq closes its one whenever it likes, and the number may then be a stranger's.
  explicit Wire(PGconn* connection)
      : cancel_(PQgetCancel(connection), PQfreeCancel), socket_(::fcntl(PQsocket(connection), F_DUPFD_CLOEXEC, 0)) {
    if (!socket_.is_open()) throw soci::soci_error("no file descriptor is left to watch a connection by");
  }

  void cancel() override {
    char ignored[256];
    PQcancel(cancel_.get(), ignored, sizeof ignored);
  }
  void cut() override { ::shutdown(socket_.number(), SHUT_RDWR); }

 private:
  std::unique_ptr<PGcancel, decltype(&PQfreeCancel)> const cancel_;
  FileDescriptor const socket_;
};

Watched::Watched(PGconn* connection, std::shared_ptr<Watchdog> watchdog, std::chrono::milliseconds statement_timeout)
    : connection_(connection),
      statement_timeout_(statement_timeout),
      wire_(std::make_shared<Wire>(connection)),
      watch_(std::move(watchdog), wire_) {}

void Watched::begin_statement(ReadLimits limits) {
  followed_cancellation_ = outcome_.was_cancelled;
  began_ = std::chrono::steady_clock::now();
  if (limits.is_brief)
    watch_.begin_briefly(limits.limit);
  else
    watch_.begin(limits.limit, std::move(limits.gone));
}

bool Watched::end_statement() {
  outcome_ = watch_.end();
  return !outcome_.was_cut;
}

Failure Watched::why_failed(std::string_view state) const {
  if (outcome_.was_cancelled) return Failure::gone;
  if (outcome_.was_cut) return Failure::silent;
  if (PQstatus(connection_) != CONNECTION_OK) return Failure::lost;
  if (state.empty()) return Failure::other;
  for (auto const& row : failures) {
    if (!state.starts_with(row.state)) continue;
    // A pooler between us and the server may deliver a cancellation after it has said that it did.
    bool const is_early = std::chrono::steady_clock::now() - began_ < statement_timeout_;
    return row.failure == Failure::too_slow && followed_cancellation_ && is_early ? Failure::interrupted : row.failure;
  }
  return Failure::other;
}

void Watched::cut() { wire_->cut(); }

void Watched::introduce(std::function<void()> const& talk) {
  constexpr std::chrono::milliseconds longest{10'000};
  begin_statement({longest});
  try {
    talk();
  } catch (...) {
    end_statement();
    throw;
  }
  if (!end_statement()) throw soci::soci_error("the server has said too much, or nothing, for ten seconds");
}

}  // namespace restapi::store
