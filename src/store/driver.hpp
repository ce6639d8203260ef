// SPDX-License-Identifier: MIT
/// What opening and failing mean on each engine. Hides SOCI's backends from the pool and the store.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "model/value.hpp"
#include "source/source.hpp"
#include "sql/dialect.hpp"
#include "sql/statement.hpp"
#include "store/rows.hpp"
#include "store/servers_met.hpp"

namespace soci {
class session;
class soci_error;
class statement;
}  // namespace soci

namespace restapi::store {

class HeapShare;
class Watchdog;

enum class Failure {
  lost,         ///< the connection is gone; another one may work
  unavailable,  ///< the database has no room or is locked; the connection is sound
  locked,       ///< the same, and what locks a table is somebody who changes it
  interrupted,  ///< the server stopped the statement, or the file was written over; the same again may work
  too_slow,     ///< the statement was stopped at its time limit
  silent,       ///< there was no answer at all; the connection has been cut
  gone,         ///< nobody waits for it
  too_large,    ///< a cell or the work on it is larger than memory should be used for
  no_memory,    ///< other answers have what there is for all
  outdated,     ///< the database has no such table or column any more, or lets us read it no longer
  damaged,      ///< the database could not read its own data
  other,        ///< the database refused the statement
};
inline constexpr std::size_t number_of_failures = 12;

/// How long to wait for one statement, and for whom.
struct ReadLimits {
  std::chrono::milliseconds limit;
  std::stop_token gone = {};
  std::shared_ptr<MemoryBudget> memory = {};  ///< of the rows; null: without limit
  bool is_brief = false;  ///< at the limit the statement is cancelled; its connection is cut only if that has no effect
};

/// Values as the engine reads them, one for each placeholder.
std::vector<std::string> texts_of(std::span<model::Value const> values, sql::Dialect const& dialect);

/// The rows of the first so many of several statements.
struct RowsTogether {
  std::vector<Rows> rows = {};
  bool has_grown = false;  ///< has_grown_by(), also of rows that are not among them
};

/// Of one batch (store/row_stream.hpp).
struct BatchLimits {
  std::size_t largest;                        ///< bytes of rows; beyond: a soci_error
  std::shared_ptr<MemoryBudget> memory = {};  ///< of the rows; null: without limit
};

/// A prepared statement and its values.
struct Call {
  soci::statement& statement;
  std::vector<std::string> values;
};

/// One per connection: may keep state of its session.
class Driver {
 public:
  virtual ~Driver() = default;

  /// Opens the session read-only and limits its statements in time. Throws soci_error. May block for as long as the
  /// other side likes.
  virtual void open(soci::session& session) = 0;

  /// Called before whatever the session may wait for: the limit holds until end_statement(). False: what the session
  /// has opened is not what is there now; anew() leads to that, and nobody who keeps to the database's locks changes it
  /// before end_statement(). Throws soci_error: the statement has not begun.
  virtual bool begin_statement(ReadLimits limits) = 0;

  /// Called with the rows of a statement, before it ends. Throws soci_error where they are not of one state of the
  /// data.
  virtual void check_rows() {}

  /// False: the session is of no more use, even if the statement has been answered.
  virtual bool end_statement() = 0;

  /// For another session with the same source. Only where begin_statement() may say so.
  virtual std::unique_ptr<Driver> anew() const { return nullptr; }

  /// The rows of a statement that has been executed, taken from the memory of answers. Throws soci_error, also where
  /// they would be more than `largest` bytes, or where there is no memory for them. Nothing: SOCI fetches them.
  virtual std::optional<Rows> rows_of(soci::statement&, std::shared_ptr<MemoryBudget> const&, std::size_t /*largest*/) {
    return std::nullopt;
  }

  /// Frees what a statement that has been read whole still holds of its rows.
  virtual void forget_rows(soci::statement&) {}

  /// Whether a session that has read large rows keeps as much memory until it is closed.
  virtual bool keeps_room_for_rows() const { return false; }

  /// The rows of several calls in one round trip: of the first so many, up to one that fails; of none where the engine
  /// has no way to do so. Throws soci_error when the connection is lost.
  virtual RowsTogether read_together(soci::session&, std::span<Call const>) { return {}; }

  /// A statement that is read in batches: its first rows. It goes on after end_statement(), until there are no more
  /// rows or the session is closed; no other one may begin. `text`: as it is sent. Throws soci_error.
  virtual Rows first_batch(soci::session& session, sql::Statement const& statement, std::string const& text,
                           BatchLimits const& limits) = 0;

  /// In place of begin_statement(), for the next batch.
  virtual void resume_statement(ReadLimits limits) = 0;

  /// Between two batches: whether somebody has waited for long because of the statement.
  virtual bool is_in_the_way() { return false; }

  /// None: that was all. Between resume_statement() and end_statement(). Throws soci_error.
  virtual Rows next_batch(BatchLimits const& limits) = 0;

  /// Why the last statement of the session failed. Called after end_statement().
  virtual Failure why_failed(soci::session& session, soci::soci_error const& error) const = 0;

  /// Where an open session leads to; empty for files.
  virtual Server server() const { return {}; }

  /// Called right before the session goes: what follows waits for nobody.
  virtual void before_close() = 0;

  virtual sql::Dialect const& dialect() const = 0;
};

/// Statements are limited to `statement_timeout` by the database itself, where it can do that.
/// The watchdog is PostgreSQL's; null: the session is never opened.
/// `memory`: SQLite's, of the profile; null: the session is never opened.
std::unique_ptr<Driver> make_driver(source::Source const& source, std::chrono::milliseconds statement_timeout,
                                    std::shared_ptr<Watchdog> watchdog, std::shared_ptr<HeapShare> memory);

// One per engine; make_driver chooses.
std::unique_ptr<Driver> make_postgresql_driver(source::Source const& source,
                                               std::chrono::milliseconds statement_timeout,
                                               std::shared_ptr<Watchdog> watchdog);
std::unique_ptr<Driver> make_sqlite_driver(source::Source const& source, std::shared_ptr<HeapShare> memory);

}  // namespace restapi::store
