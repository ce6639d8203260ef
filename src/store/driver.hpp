/// What opening and failing mean on each engine. Hides SOCI's backends from the pool and the store.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "sql/dialect.hpp"
#include "store/source.hpp"

namespace soci {
class session;
class soci_error;
}  // namespace soci

namespace restapi::store {

enum class Failure {
  lost,       ///< the connection is gone; another one may work
  too_slow,   ///< the statement was stopped at its time limit
  too_large,  ///< a cell or the work on it is larger than memory should be used for
  other,      ///< the database refused the statement or could not read its own data
};

/// One per connection: may keep state of its session.
class Driver {
 public:
  virtual ~Driver() = default;

  /// Opens the session read-only and limits its statements in time. Throws soci_error.
  virtual void open(soci::session& session) = 0;

  /// Called right before each execution.
  virtual void before_statement() = 0;

  /// Why the last statement of the session failed.
  virtual Failure why_failed(soci::session& session, soci::soci_error const& error) const = 0;

  virtual sql::Dialect const& dialect() const = 0;
};

std::unique_ptr<Driver> make_driver(Source const& source, std::chrono::milliseconds statement_timeout);

// One per engine; make_driver chooses.
std::unique_ptr<Driver> make_postgresql_driver(Source const& source, std::chrono::milliseconds statement_timeout);
std::unique_ptr<Driver> make_sqlite_driver(Source const& source, std::chrono::milliseconds statement_timeout);

}  // namespace restapi::store
