// SPDX-License-Identifier: MIT
#include "sql/operands.hpp"

namespace restapi::sql {
namespace {

/// Of the row whose table is at hand.
struct Value {
  Statement& statement;
  model::BoundResource const& own;
  Dialect const& dialect;

  void operator()(query::ColumnOperand const& operand) const {
    statement.add((operand.related ? *operand.related : own).columns[operand.column]);
  }
  // One character more than may be: so whoever reads it sees that it is too large.
  void operator()(query::DocumentOperand const& operand) const {
    static_assert(query::largest_value == 131'072);
    statement.add("substr(");
    dialect.document_text(statement, operand.document->sql, operand.path);
    statement.add(", 1, 131073)");
  }
  void operator()(query::DegreeOperand) const {
    statement.add(
        "'{\"inputs\":' || (SELECT count(*) FROM @db_dblink AS l WHERE l.output_id = n.id) || ',\"outputs\":' || "
        "(SELECT count(*) FROM @db_dblink AS l WHERE l.input_id = n.id) || '}'");
  }
};

}  // namespace

void add_fields(Statement& statement, query::Projection const& projection, model::BoundResource const& own,
                Dialect const& dialect) {
  for (bool first = true; auto const& field : projection.fields) {
    if (!first) statement.add(", ");
    first = false;
    auto const* const through = field.operand.through;
    if (through) statement.add("(SELECT ");
    std::visit(Value{statement, own, dialect}, field.operand.of);
    if (through) statement.add(through->one);
  }
}

}  // namespace restapi::sql
