// SPDX-License-Identifier: MIT
/// What stands beside a PostgreSQL server of a test's own: a hot standby, a pooler, a balancer. Each runs as the
/// server's owner where it has to, and goes with its object.
#pragma once

#include <libpq-fe.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

#include "support/eventually.hpp"
#include "support/postgresql_server.hpp"
#include "support/stores.hpp"

namespace restapi::test {

inline void run_shell(std::string const& command) {
  if (std::system(("cd / && { " + command + "; } </dev/null >/dev/null 2>&1").c_str()) != 0)
    throw std::runtime_error("failed: " + command);
}

/// Kills a process of the server that works for us, as if it had run out of memory: all others end as well, and what
/// had not been written to the disk is lost. Returns when it has recovered.
inline void crash(PostgreSqlDatabase const& database) {
  auto const process =
      database.run("SELECT pid FROM pg_stat_activity WHERE application_name = 'restapi' AND state = 'idle' LIMIT 1");
  run_shell("kill -9 " + process);
  bool const is_back = eventually([&] {
    try {
      return database.run("SELECT count(*) FROM pg_stat_activity WHERE pid = " + process) == "0";
    } catch (std::exception const&) {
      return false;
    }
  });
  if (!is_back) throw std::runtime_error("the server does not come back");
}

/// "runuser -u postgres -- /usr/…/bin/" of "runuser -u postgres -- /usr/…/bin/pg_ctl -D … -l … -w -s".
inline std::string tools_of(PostgreSqlServer const& server) {
  return server.pg_ctl().substr(0, server.pg_ctl().find("pg_ctl"));
}

/// "runuser -u postgres --", or nothing where tests do not run as root.
inline std::string owner_of(PostgreSqlServer const& server) {
  auto const tools = tools_of(server);
  auto const blank = tools.rfind(' ');
  return blank == tools.npos ? std::string() : tools.substr(0, blank);
}

/// The value of a parameter as it stands in a URI.
inline std::string parameter_of(std::string const& uri, std::string const& key) {
  auto const begin = uri.find(key + "=") + key.size() + 1;
  return uri.substr(begin, uri.find('&', begin) - begin);
}

inline std::string percent_slashes(std::string path) {
  for (std::size_t at = 0; (at = path.find('/', at)) != path.npos;) path.replace(at, 1, "%2F");
  return path;
}

/// The folder of a server's socket.
inline std::string socket_folder(std::string const& uri) {
  auto folder = parameter_of(uri, "host");
  for (std::size_t at = 0; (at = folder.find("%2F")) != folder.npos;) folder.replace(at, 3, "/");
  return folder;
}

/// The URI with another folder of a socket.
inline std::string with_folder(std::string uri, std::string const& folder) {
  auto const old = parameter_of(uri, "host");
  return uri.replace(uri.find(old), old.size(), percent_slashes(folder));
}

/// The first cell of what the last of some statements gives.
inline std::string cell(std::string const& uri, std::string const& sql) {
  std::unique_ptr<PGconn, decltype(&PQfinish)> const connection(PQconnectdb(uri.c_str()), PQfinish);
  std::unique_ptr<PGresult, decltype(&PQclear)> const result(PQexec(connection.get(), sql.c_str()), PQclear);
  if (PQntuples(result.get()) != 1) throw std::runtime_error(PQerrorMessage(connection.get()));
  return PQgetvalue(result.get(), 0, 0);
}

/// A copy of a server that replays what the other one does.
class Standby {
 public:
  explicit Standby(PostgreSqlServer const& primary) {
    run_shell("chmod 777 " + folder_.path());
    auto const data = folder_.path() + "/standby";
    run_shell(tools_of(primary) + "pg_basebackup -R -c fast -X stream -d '" + primary.uri() + "' -D " + data);
    control_ = tools_of(primary) + "pg_ctl -D " + data + " -w -s ";
    run_shell(control_ + "-l " + folder_.path() + "/log -o '-c unix_socket_directories=" + folder_.path() + "' start");
  }
  ~Standby() {
    if (std::system(("cd / && " + control_ + "stop -m immediate >/dev/null 2>&1").c_str()) != 0)
      WARN("a standby may still be running");
  }
  Standby(Standby const&) = delete;
  Standby& operator=(Standby const&) = delete;

  /// The same database as there.
  std::string uri(std::string const& of_primary) const { return with_folder(of_primary, folder_.path()); }

  /// Returns when it has replayed what the primary has. `of_primary`: a database there.
  void catch_up(std::string const& of_primary) const {
    // A commit that waits for the disk, as those of tests do not: nothing of them is sent before.
    auto const wanted = cell(of_primary,
                             "SET synchronous_commit = on; SELECT pg_logical_emit_message(true, '', ''); "
                             "SELECT pg_current_wal_insert_lsn()");
    auto const has_come = [&] {
      return cell(with_database(uri(of_primary), "postgres"), "SELECT pg_last_wal_replay_lsn() >= '" + wanted + "'") ==
             "t";
    };
    if (!eventually(has_come)) throw std::runtime_error("the standby does not follow");
  }
  std::string const& folder() const { return folder_.path(); }

  /// Returns when it takes writes.
  void promote() const { run_shell(control_ + "promote"); }

 private:
  TemporaryFolder const folder_;
  std::string control_;
};

/// PgBouncer with two sessions of a server for everybody.
class Pooler {
 public:
  Pooler(PostgreSqlServer const& server, std::string const& mode, std::string const& settings = {}) {
    run_shell("chmod 777 " + folder_.path());
    std::ofstream(folder_.path() + "/pgbouncer.ini")
        << "[databases]\n* = host=" << socket_folder(server.uri()) << " user=restapi\n[pgbouncer]\nlisten_addr =\n"
        << "listen_port = 5432\nunix_socket_dir = " << folder_.path() << "\nauth_type = any\npool_mode = " << mode
        << "\ndefault_pool_size = 2\nmax_client_conn = 100\nlogfile = " << folder_.path()
        << "/log\npidfile = " << folder_.path() << "/pid\n"
        << settings;
    auto const owner = owner_of(server);
    run_shell((owner.empty() ? "" : owner + " ") + "/usr/sbin/pgbouncer -d " + folder_.path() + "/pgbouncer.ini");
    if (!eventually([&] { return is_there(); })) throw std::runtime_error("pgbouncer does not listen");
  }
  /// Returns when it has gone.
  ~Pooler() {
    if (std::system(("kill -TERM $(cat " + folder_.path() + "/pid)").c_str()) != 0) WARN("pgbouncer may be running");
    if (!eventually([&] { return !is_there(); })) WARN("pgbouncer goes on");
  }
  Pooler(Pooler const&) = delete;
  Pooler& operator=(Pooler const&) = delete;

  /// The same database through it.
  std::string uri(std::string const& of_server) const { return with_folder(of_server, folder_.path()); }

 private:
  bool is_there() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    auto const path = folder_.path() + "/.s.PGSQL.5432";
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    auto const socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool const is_taken = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return is_taken;
  }

  TemporaryFolder const folder_;
};

}  // namespace restapi::test
