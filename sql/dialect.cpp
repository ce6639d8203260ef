// SPDX-License-Identifier: MIT
#include "sql/dialect.hpp"

namespace restapi::sql {

void add_text(Statement& statement, Operand operand) {
  if (operand.type == model::Type::uuid)
    statement.add("CAST(").add(operand.column).add(" AS text)");
  else
    statement.add(operand.column);
}

}  // namespace restapi::sql
