// SPDX-License-Identifier: MIT
/// Statements of an SQLite connection, prepared and stepped through.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/value.hpp"
#include "store/rows.hpp"

namespace sqlite_api {
struct sqlite3;
struct sqlite3_stmt;
}  // namespace sqlite_api

namespace restapi::store {

/// As long as it lives, its connection has to stay open.
struct FinalizeStatement {
  void operator()(sqlite_api::sqlite3_stmt* statement) const;
};
using Prepared = std::unique_ptr<sqlite_api::sqlite3_stmt, FinalizeStatement>;

// All throw soci::sqlite3_soci_error, as the connection says it.

[[noreturn]] void throw_sqlite_error(sqlite_api::sqlite3* connection);

Prepared prepare(sqlite_api::sqlite3* connection, std::string_view sql);

/// To :p1, :p2, …; SQLite copies the texts.
void bind(sqlite_api::sqlite3* connection, sqlite_api::sqlite3_stmt* statement,
          std::vector<model::Value> const& values);

/// The first cell of the first row, or an empty text.
std::string ask(sqlite_api::sqlite3* connection, std::string_view sql);

/// Adds the row that the statement is at. Also throws where all rows would have more than `largest` bytes.
void add_row(Rows& rows, sqlite_api::sqlite3_stmt* statement, std::size_t largest);

}  // namespace restapi::store
