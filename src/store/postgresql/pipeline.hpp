// SPDX-License-Identifier: MIT
/// Several statements in one round trip: libpq's pipeline mode (PostgreSQL 15, 34.5), which SOCI does not have.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "store/driver.hpp"
#include "store/rows.hpp"

struct pg_conn;    // libpq's PGconn
struct pg_result;  // libpq's PGresult

namespace restapi::store {

struct ClearAnswer {
  void operator()(pg_result* answer) const;
};
using Answer = std::unique_ptr<pg_result, ClearAnswer>;

/// Statements that are sent, then flush(), then as many answers that are received, then end(). They share a
/// transaction; once one fails, those behind it have no effect. All throw soci_error when the connection is lost; after
/// that, and where it is left before its end(), the connection is of no more use. One thread.
class Pipeline {
 public:
  explicit Pipeline(pg_conn* connection);

  /// With a text of its own: no state of the session is used or left.
  void send(std::string const& text, std::span<std::string const> values);
  void send_prepared(std::string const& name, std::span<std::string const> values);
  void flush();

  /// The answer to the next statement.
  Answer receive();
  void end();

 private:
  void point_to(std::span<std::string const> values);
  void check(bool succeeded) const;

  pg_conn* const connection_;
  std::vector<char const*> values_;  // of one statement; kept for its memory
};

/// Adds a row of the answer. Throws soci_error where there is no memory for it.
void add_row(Rows& rows, pg_result const* answer, int row);

/// Throws soci_error where there is no memory for them.
Rows rows_of(pg_result const* answer, std::shared_ptr<MemoryBudget> memory = {});

/// The rows of the first so many calls, in their order: up to the first that fails, or that has more rows than memory
/// should be used for (largest_rows_together, of all together). What was asked behind it has no effect. Each sees what
/// has been committed when its turn comes. None where the first is no query. Throws soci_error when the connection is
/// lost; after that it is of no more use.
RowsTogether read_in_pipeline(pg_conn* connection, std::span<Call const> calls);

/// The rows of those answers of a pipeline that come next, likewise.
RowsTogether receive_rows(Pipeline& pipeline, std::size_t answers);

}  // namespace restapi::store
