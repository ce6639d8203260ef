// SPDX-License-Identifier: MIT
/// Connections that write, as AiiDA would: each has a transaction of its own.
#pragma once

#include <libpq-fe.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace restapi::test {

class Session {
 public:
  virtual ~Session() = default;

  /// One or several statements. Throws std::runtime_error with the database's words.
  virtual void run(std::string const& sql) = 0;
};

class PostgreSqlSession final : public Session {
 public:
  explicit PostgreSqlSession(std::string const& uri) : connection_(PQconnectdb(uri.c_str()), PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
  }
  void run(std::string const& sql) override {
    std::unique_ptr<PGresult, decltype(&PQclear)> const result(PQexec(connection_.get(), sql.c_str()), PQclear);
    auto const status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
      throw std::runtime_error(sql + ": " + PQerrorMessage(connection_.get()));
  }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

/// Another process, as AiiDA is: SQLite's locks are the process's, and a server has no writer in its own.
class SqliteSession final : public Session {
 public:
  explicit SqliteSession(std::string const& path) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw std::runtime_error("no socket");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int const own : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
      posix_spawn_file_actions_adddup2(&actions, ends[1], own);
    std::string program = "sqlite3", batch = "-batch", bail = "-bail", file = path;
    char* const arguments[] = {program.data(), batch.data(), bail.data(), file.data(), nullptr};
    auto const failed = ::posix_spawnp(&process_, "sqlite3", &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    socket_ = ends[0];
    if (failed) throw std::runtime_error("sqlite3 cannot be started");
    run("\n.timeout 60000\nPRAGMA synchronous = OFF");
  }
  ~SqliteSession() override {
    ::close(socket_);  // it ends with its input
    ::waitpid(process_, nullptr, 0);
  }
  SqliteSession(SqliteSession const&) = delete;
  SqliteSession& operator=(SqliteSession const&) = delete;

  void run(std::string const& sql) override {
    static constexpr std::string_view done = "-- done\n";
    auto const text = sql + ";\n.print -- done\n";
    for (std::size_t sent = 0; sent < text.size();) {
      auto const size = ::send(socket_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (size <= 0) break;
      sent += static_cast<std::size_t>(size);
    }
    std::string said;
    char buffer[4096];
    while (!said.ends_with(done)) {
      auto const size = ::recv(socket_, buffer, sizeof buffer, 0);
      if (size <= 0) throw std::runtime_error(sql + ": " + said);  // -bail
      said.append(buffer, static_cast<std::size_t>(size));
    }
  }

 private:
  pid_t process_ = -1;
  int socket_ = -1;
};

}  // namespace restapi::test
