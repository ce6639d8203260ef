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
    if (operand.document == nullptr) {
      statement.add("CAST(NULL AS text)");
      return;
    }
    static_assert(query::largest_value == 131'072);
    if (operand.is_bounded) statement.add("substr(");
    dialect.document_text(statement, operand.document->sql, operand.path);
    if (operand.is_bounded) statement.add(", 1, 131073)");
  }
  void operator()(query::DegreeOperand) const {
    statement.add(
        "'{\"inputs\":' || (SELECT count(*) FROM @db_dblink AS l WHERE l.output_id = n.id) || ',\"outputs\":' || "
        "(SELECT count(*) FROM @db_dblink AS l WHERE l.input_id = n.id) || '}'");
  }
  void operator()(query::LevelOperand) const { statement.add("g.level"); }
};

void add_value(Statement& statement, query::Operand const& operand, model::BoundResource const& own,
               Dialect const& dialect) {
  if (operand.through) statement.add("(SELECT ");
  std::visit(Value{statement, own, dialect}, operand.of);
  if (operand.through) statement.add(operand.through->one);
}

}  // namespace

void add_fields(Statement& statement, query::Projection const& projection, model::BoundResource const& own,
                Dialect const& dialect) {
  for (bool first = true; auto const& field : projection.fields) {
    if (!first) statement.add(", ");
    first = false;
    add_value(statement, field.operand, own, dialect);
  }
}

void add_facets(Statement& statement, query::Projection const& keys, model::BoundResource const& own,
                Dialect const& dialect) {
  for (bool first = true; auto const& key : keys.fields) {
    if (!first) statement.add(", ");
    first = false;
    auto const& operand = key.operand;
    auto const* const column = std::get_if<query::ColumnOperand>(&operand.of);
    if (column != nullptr && key.type == model::Type::datetime) {
      if (operand.through) statement.add("(SELECT ");
      dialect.day(statement, (column->related ? *column->related : own).columns[column->column]);
      if (operand.through) statement.add(operand.through->one);
    } else {
      add_value(statement.add("CAST("), operand, own, dialect);
      statement.add(" AS text)");
    }
  }
}

}  // namespace restapi::sql
