// SPDX-License-Identifier: MIT
#include "sql/dialect.hpp"

namespace restapi::sql {

void add_text(Statement& statement, Operand operand) {
  if (operand.type == model::Type::uuid)
    statement.add("CAST(").add(operand.column).add(" AS text)");
  else
    statement.add(operand.column);
}

void add_presence(Statement& statement, Operand operand, query::Presence test) {
  statement.add(operand.column).add(test.is_there ? Fragment(" IS NOT NULL") : Fragment(" IS NULL"));
}

}  // namespace restapi::sql
