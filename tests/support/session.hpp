/// Connections that write, as AiiDA would: each has a transaction of its own.
#pragma once

#include <libpq-fe.h>
#include <sqlite3.h>

#include <memory>
#include <stdexcept>
#include <string>

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

class SqliteSession final : public Session {
 public:
  explicit SqliteSession(std::string const& path) : connection_(nullptr, sqlite3_close) {
    sqlite3* opened = nullptr;
    auto const failed = sqlite3_open(path.c_str(), &opened);
    connection_.reset(opened);
    if (failed != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(opened));
    sqlite3_busy_timeout(opened, 60'000);
    run("PRAGMA synchronous = OFF");
  }
  void run(std::string const& sql) override {
    if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
      throw std::runtime_error(sql + ": " + sqlite3_errmsg(connection_.get()));
  }

 private:
  std::unique_ptr<sqlite3, decltype(&sqlite3_close)> connection_;
};

}  // namespace restapi::test
