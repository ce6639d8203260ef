// SPDX-License-Identifier: MIT
/// A column: what a client sees under one name, and where each database keeps it.
#pragma once

#include <array>
#include <string_view>

#include "model/type.hpp"
#include "sql/fragment.hpp"

namespace restapi::model {

/// One place where a fact may be kept. Databases of different ages keep the same fact in different columns;
/// the first place whose column exists is read (docs/schema.md).
struct Place {
  /// "db_dbcomputer.label": the table column that must exist; "json_valid.text": the database is one that keeps JSON
  /// as text (SQLite) and has this function to tell; empty: nothing.
  std::string_view needs;
  sql::Fragment sql;  ///< the expression; empty: no such place
};

using Places = std::array<Place, 3>;

/// Who may do what with a column.
enum class Use {
  everywhere,      ///< shown, filtered, sorted
  filter_only,     ///< only filtered
  private_filter,  ///< never leaves the server; filtered only where the operator of the server allows it
};

struct ForeignKey {
  std::string_view resource = {};  ///< empty: none
  std::string_view column = {};
};

struct Column {
  std::string_view name;  ///< the key of the language and of the answer
  Type type;
  Use use;
  Places places;
  std::string_view display_name;
  std::string_view help;
  ForeignKey foreign_key = {};
  /// Where the fact belongs to related rows: text around the condition, so that "some related row fulfils it".
  sql::Fragment related_begin = {};
  sql::Fragment related_end = {};
};

constexpr bool is_shown(Column const& column) { return column.use == Use::everywhere; }
constexpr bool is_sortable(Column const& column) { return column.use == Use::everywhere; }

}  // namespace restapi::model
