#include <fmt/format.h>
#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include "store/driver.hpp"

namespace restapi::store {
namespace {

class PostgreSqlDriver final : public Driver {
 public:
  PostgreSqlDriver(Source const& source, std::chrono::milliseconds statement_timeout)
      : location_(source.location), statement_timeout_(statement_timeout) {}

  void open(soci::session& session) override {
    session.open(soci::postgresql, location_);
    // Settings of the session rather than of the connection string, which may carry options of its own.
    // Times come as ISO text in UTC; just-in-time compilation costs more than these statements do.
    session.once << fmt::format(
        "SET default_transaction_read_only = on; SET statement_timeout = {}; SET timezone = 'UTC'; "
        "SET client_encoding = 'UTF8'; SET datestyle = 'ISO'; SET jit = off; SET application_name = 'restapi'",
        statement_timeout_.count());
  }

  void before_statement() override {}

  Failure why_failed(soci::session& session, soci::soci_error const& error) const override {
    auto const* backend = static_cast<soci::postgresql_session_backend const*>(session.get_backend());
    if (!backend || PQstatus(backend->conn_) != CONNECTION_OK) return Failure::lost;
    auto const* failure = dynamic_cast<soci::postgresql_soci_error const*>(&error);
    if (!failure) return Failure::other;
    // Class 08: connection exceptions; 57P01 to 57P05: the server is going, coming or has closed the session;
    // 57014: cancelled, which is what the statement timeout does (PostgreSQL 15, appendix A).
    auto const state = failure->sqlstate();
    if (state.starts_with("08") || state.starts_with("57P")) return Failure::lost;
    return state == "57014" ? Failure::too_slow : Failure::other;
  }

  sql::Dialect const& dialect() const override { return sql::postgresql(); }

 private:
  std::string location_;
  std::chrono::milliseconds statement_timeout_;
};

}  // namespace

std::unique_ptr<Driver> make_postgresql_driver(Source const& source, std::chrono::milliseconds statement_timeout) {
  return std::make_unique<PostgreSqlDriver>(source, statement_timeout);
}

}  // namespace restapi::store
