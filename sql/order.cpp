// SPDX-License-Identifier: MIT
#include "sql/order.hpp"

#include <charconv>
#include <cstdint>

namespace restapi::sql {
namespace {

using query::OrderTerm;
using Kind = OrderTerm::Kind;
using model::Type;

/// Writes the terms of one plan, and values that they are compared with.
class Writer {
 public:
  Writer(Statement& statement, query::ListPlan const& plan, Dialect const& dialect)
      : statement_(statement), own_(*plan.source.bound), dialect_(dialect) {}

  /// As a position has it, and is compared with it.
  void key(OrderTerm const& term) const {
    bool const is_text = type_of(term) == Type::text && term.kind != Kind::number;
    if (is_text) dialect_.begin_key(statement_);
    this->term(term);
    if (is_text) dialect_.end_key(statement_);
  }

  void term(OrderTerm const& term) const {
    if (term.operand == nullptr) {
      statement_.add(own_.resource->id);
      return;
    }
    auto const* const through = term.operand->through;
    if (through) statement_.add("(SELECT ");
    if (auto const* const column = std::get_if<query::ColumnOperand>(&term.operand->of))
      add_column(*column, through != nullptr);
    else
      add_part(std::get<query::DocumentOperand>(term.operand->of), term.kind);
    if (!through) return;
    statement_.add(through->one);
    if (type_of(term) == Type::datetime) dialect_.instant(statement_, "");  // says how values compare
  }

  void value(OrderTerm const& term, std::string const& text) const {
    auto const type = type_of(term);
    if (term.kind == Kind::number) {
      dialect_.bind_number(statement_, text);
    } else if (type == Type::integer) {
      std::int64_t number = 0;
      std::from_chars(text.data(), text.data() + text.size(), number);
      dialect_.bind(statement_, type, number);
    } else {
      dialect_.bind_text_of(statement_, type, text);
    }
  }

  void compared(OrderTerm const& term, Fragment comparison, std::string const& text) const {
    key(term);
    statement_.add(comparison);
    value(term, text);
  }

  void is_equal(OrderTerm const& term, std::optional<std::string> const& text) const {
    if (text) return compared(term, " = ", *text);
    this->term(term);
    statement_.add(" IS NULL");
  }

  void is_behind(OrderTerm const& term, std::optional<std::string> const& text, bool with_nulls) const {
    statement_.add("(");
    if (text) {
      compared(term, term.descending ? Fragment(" < ") : Fragment(" > "), *text);
      if (term.operand != nullptr && !term.descending && with_nulls) {
        statement_.add(" OR ");
        is_equal(term, std::nullopt);
      }
    } else if (term.descending) {
      this->term(term);
      statement_.add(" IS NOT NULL");
    } else {
      statement_.add("1 = 0");  // they come last
    }
    statement_.add(")");
  }

 private:
  model::BoundResource const& bound_of(query::ColumnOperand const& column) const {
    return column.related ? *column.related : own_;
  }

  Type type_of(OrderTerm const& term) const {
    switch (term.kind) {
      case Kind::id:
      case Kind::rank:
        return Type::integer;
      case Kind::number:
      case Kind::text:
        return Type::text;
      case Kind::column:
        break;
    }
    auto const& column = std::get<query::ColumnOperand>(term.operand->of);
    return bound_of(column).resource->columns[column.column].type;
  }

  void add_column(query::ColumnOperand const& operand, bool is_inner) const {
    auto const& bound = bound_of(operand);
    auto const sql = bound.columns[operand.column];
    auto const type = bound.resource->columns[operand.column].type;
    if (type == Type::text)
      dialect_.folded(statement_, {sql, type});
    else if (type == Type::datetime && !is_inner)
      dialect_.instant(statement_, sql);
    else
      statement_.add(sql);
  }

  void add_part(query::DocumentOperand const& operand, Kind kind) const {
    auto const document = operand.document->sql;
    if (kind == Kind::rank)
      dialect_.document_rank(statement_, document, operand.path);
    else if (kind == Kind::number)
      dialect_.document_number(statement_, document, operand.path);
    else
      dialect_.document_string(statement_, document, operand.path);
  }

  Statement& statement_;
  model::BoundResource const& own_;
  Dialect const& dialect_;
};

}  // namespace

void add_order(Statement& statement, query::ListPlan const& plan, Dialect const& dialect) {
  Writer const writer(statement, plan, dialect);
  statement.add(" ORDER BY ");
  for (auto const& term : query::order_terms(plan.order, *plan.source.bound)) {
    writer.term(term);
    // The id in plain text lets every planner use the index. NULLs are said aloud because SQLite would put them the
    // other way round.
    if (term.operand == nullptr)
      statement.add(term.descending ? Fragment(" DESC") : Fragment(""));
    else
      statement.add(term.descending ? Fragment(" DESC NULLS FIRST, ") : Fragment(" NULLS LAST, "));
  }
}

void add_position(Statement& statement, query::ListPlan const& plan, Dialect const& dialect) {
  Writer const writer(statement, plan, dialect);
  for (auto const& term : query::order_terms(plan.order, *plan.source.bound)) {
    statement.add(", ");
    writer.key(term);
  }
}

// Equal in the terms before one, and behind in that one; for each of them. Not one in the other: SQLite's parser does
// not go as deep.
void add_behind(Statement& statement, query::ListPlan const& plan, bool with_nulls, Dialect const& dialect) {
  Writer const writer(statement, plan, dialect);
  auto const terms = query::order_terms(plan.order, *plan.source.bound);
  auto const& position = *plan.after;
  // What is said twice here, an index understands.
  auto const& first = terms.front();
  if (terms.size() > 1 && position.front() && (first.descending || !with_nulls)) {
    writer.compared(first, first.descending ? Fragment(" <= ") : Fragment(" >= "), *position.front());
    statement.add(" AND ");
  }
  statement.add("(");
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (i > 0) statement.add(" OR ");
    for (std::size_t before = 0; before < i; ++before) {
      writer.is_equal(terms[before], position[before]);
      statement.add(" AND ");
    }
    writer.is_behind(terms[i], position[i], i > 0 || with_nulls);
  }
  statement.add(")");
}

}  // namespace restapi::sql
