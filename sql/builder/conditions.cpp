// SPDX-License-Identifier: MIT
#include "sql/builder/conditions.hpp"

#include <variant>

#include "sql/condition.hpp"

namespace restapi::sql::builder {
namespace {

using namespace query::builder;

/// Whether a NOT is around: without one, what is unknown and what is false are the same, and the shorter text is one
/// that an index serves.
enum class Context { plain, negated };

class Writer {
 public:
  Writer(Statement& statement, Dialect const& dialect, Context context)
      : statement_(statement), dialect_(dialect), context_(context) {}

  void operator()(Junction const& junction) {
    if (junction.parts.empty()) statement_.add(junction.is_any ? Fragment("1 = 0") : Fragment("1 = 1"));
    for (bool first = true; auto const& part : junction.parts) {
      if (!first) statement_.add(junction.is_any ? Fragment(" OR ") : Fragment(" AND "));
      add(part);
      first = false;
    }
  }

  // Not every test of a value is itself unknown where there is none.
  void operator()(ColumnFilter const& filter) {
    bool const is_guarded = context_ == Context::negated && !std::holds_alternative<query::Presence>(filter.test);
    if (is_guarded) statement_.add("CASE WHEN ").add(filter.column.sql).add(" IS NOT NULL THEN (");
    add_column_test(filter);
    if (is_guarded) statement_.add(") END");
  }

  void operator()(DocumentFilter const& filter) {
    bool const is_guarded = context_ == Context::negated;
    if (is_guarded && filter.needs_value) {
      statement_.add("CASE WHEN ");
      dialect_.document_test(statement_, filter.column.sql, filter.column.path, query::Exists{});
      statement_.add(" THEN ");
    }
    if (is_guarded) statement_.add("(");
    dialect_.document_test(statement_, filter.column.sql, filter.column.path, filter.test);
    if (is_guarded) statement_.add(" IS TRUE)");
    if (is_guarded && filter.needs_value) statement_.add(" END");
  }

  void add(Filter const& filter) {
    auto const outer = context_;
    if (filter.negated) context_ = Context::negated;
    statement_.add(filter.negated ? Fragment("(NOT (") : Fragment("("));
    std::visit(*this, filter.is);
    statement_.add(filter.negated ? Fragment("))") : Fragment(")"));
    context_ = outer;
  }

 private:
  void add_column_test(ColumnFilter const& filter) {
    Operand const operand{filter.column.sql, *filter.column.type};
    if (!filter.is_printed) return add_test(statement_, operand, filter.test, dialect_);
    statement_.add("(SELECT ");
    add_text_test(statement_, "j.text", filter.test, dialect_);
    statement_.add(" FROM (SELECT ");
    dialect_.printed(statement_, operand);
    statement_.add(" AS text) AS j)");
  }

  Statement& statement_;
  Dialect const& dialect_;
  Context context_;
};

}  // namespace

void add_filters(Statement& statement, Filters const& filters, Dialect const& dialect) {
  Writer writer(statement, dialect, Context::plain);
  for (bool first = true; auto const& filter : filters) {
    if (!first) statement.add(" AND ");
    writer.add(filter);
    first = false;
  }
}

}  // namespace restapi::sql::builder
