// SPDX-License-Identifier: MIT
/// A column: a fact about a row, and where each database keeps it.
#pragma once

#include <array>
#include <string_view>

#include "model/type.hpp"
#include "sql/fragment.hpp"

namespace restapi::model {

/// SQL that reads a fact from one of the places where databases store it. Databases of different ages store the same
/// fact in different columns; the first expression whose column exists is used (docs/schema.md).
struct Expression {
  /// "db_dbcomputer.label": the table column that must exist, or several with blanks between; "json_valid.text": the
  /// database is one that keeps JSON as text (SQLite) and has this function to tell; empty: nothing.
  std::string_view needs;
  sql::Fragment sql;  ///< the expression; empty: no such expression
};

using Expressions = std::array<Expression, 3>;

struct Column {
  std::string_view
      name;  ///< AiiDA's own, as it is today; what clients call it, a vocabulary says (query/vocabulary.hpp)
  Type type;
  Expressions expressions;
  bool is_private = false;  ///< never leaves the server; filtered only where its operator allows it
};

}  // namespace restapi::model
