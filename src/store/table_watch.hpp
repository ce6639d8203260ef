// SPDX-License-Identifier: MIT
/// Which tables and columns of AiiDA's a database has, and whether that is still so.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "model/catalog.hpp"
#include "sql/dialect.hpp"
#include "sql/statement.hpp"
#include "store/connection.hpp"
#include "store/for_a_while.hpp"
#include "store/lost_tables.hpp"
#include "store/postgresql/schema_choice.hpp"
#include "store/rows.hpp"

namespace restapi::store {

/// Tables, at least parts of them, and why.
using NotRead = std::set<std::pair<std::string, std::string>>;

/// What asks for schemas over that connection: Dialect::schemas(), with the search path that a pooler has passed over.
std::optional<sql::Statement> schemas(sql::Dialect const& dialect, Connection const& connection);

/// From the rows of Dialect::schemas(): where AiiDA's tables are. As choose_schema().
Result<std::string> schema_in(Rows const& rows);

/// From the rows of Dialect::columns(): what may be read.
model::Schema columns_in(Rows const& rows, NotRead* not_read = nullptr);

/// Any thread may call, after read().
class TableWatch {
 public:
  /// `source`: its name, for messages and the log. `schema`: is told where the tables are; must outlive this.
  /// `between_looks`: see is_due().
  TableWatch(std::string source, sql::Dialect const& dialect, SchemaName& schema,
             std::chrono::milliseconds between_looks);

  /// What there is to be served. Tables that are not read are said in the log. Throws soci_error. Error source_refused.
  Result<model::Catalog> read(Connection& connection, ReadLimits const& limits);

  /// What read() has found.
  model::Schema const& columns() const { return columns_; }

  /// Looks again. Other columns than read() has found, or another schema, which can be served, make the catalog
  /// outdated, and so does a file that has had none of AiiDA's tables for a while; a migration that is only half done
  /// does not. Throws soci_error.
  void look(Connection& connection, ReadLimits const& limits);

  /// Whether it is time for a look that no failed statement asks for: at columns that have come. True once in
  /// `between_looks`, for one caller.
  bool is_due();

  /// Whether the catalog is outdated. For ever.
  bool is_outdated() const { return is_outdated_.load(std::memory_order_relaxed); }

  /// Whether the statement reads a table that was not there at the last look.
  bool misses_a_table(sql::Statement const& statement) const { return lost_tables_.concern(statement); }

 private:
  using Clock = std::chrono::steady_clock;

  Result<std::string> find_schema(Connection& connection, ReadLimits const& limits) const;
  model::Schema columns_of(Connection& connection, std::string const& in_schema, ReadLimits const& limits,
                           NotRead* not_read) const;

  std::string const source_;
  sql::Dialect const& dialect_;
  SchemaName& schema_;
  Clock::duration const between_looks_;
  model::Schema columns_;  // as read() has found them
  LostTables lost_tables_;
  ForAWhile is_empty_;
  std::atomic<bool> is_outdated_ = false;
  std::atomic<Clock::rep> next_look_;
};

}  // namespace restapi::store
