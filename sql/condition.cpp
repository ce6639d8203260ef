// SPDX-License-Identifier: MIT
#include "sql/condition.hpp"

#include <utility>
#include <vector>

#include "query/fold.hpp"
#include "query/object_id.hpp"

namespace restapi::sql {
namespace {

using model::Type;

/// Writes the test of one column; one call operator for each kind of test.
class Writer {
 public:
  Writer(Statement& statement, Operand operand, Dialect const& dialect)
      : statement_(statement), operand_(operand), dialect_(dialect) {}

  void operator()(query::Membership const& test) {
    auto values = test.values;
    // A text that is no uuid equals none, and PostgreSQL would refuse to read it as one.
    if (operand_.type == Type::uuid) {
      std::erase_if(values, [](auto const& value) { return !query::is_canonical_uuid(std::get<std::string>(value)); });
    }
    if (values.empty())
      statement_.add("1 = 0");
    else if (values.size() == 1)
      dialect_.bind(statement_.add(operand_.column).add(" = "), operand_.type, std::move(values.front()));
    else
      dialect_.is_among(statement_, operand_, values);
  }

  void operator()(query::InIntervals const& test) {
    if (test.intervals.empty()) statement_.add("1 = 0");
    if (test.intervals.size() > 1 && dialect_.is_within(statement_, operand_, ends_of(test))) return;
    for (bool first = true; auto const& interval : test.intervals) {
      if (!first) statement_.add(" OR ");
      write(interval);
      first = false;
    }
  }

  void operator()(query::Presence test) { add_presence(statement_, operand_, test); }

  void operator()(query::Match const& test) {
    // The range is there for the index alone: everything that matches begins with the pattern's own beginning.
    auto const prefix = test.pattern.prefix();
    if (operand_.type == Type::uuid) {
      if (auto const range = query::uuid_range(prefix)) {
        dialect_.bind(statement_.add(operand_.column).add(" >= "), Type::uuid, range->first);
        dialect_.bind(statement_.add(" AND ").add(operand_.column).add(" <= "), Type::uuid, range->last);
        statement_.add(" AND ");
      }
    } else if (auto const after = query::after_prefix(prefix)) {
      dialect_.byte_range(statement_, operand_.column, prefix, *after);
      statement_.add(" AND ");
    }
    dialect_.match(statement_, operand_, test.pattern);
  }

 private:
  void write(query::Interval const& interval) {
    if (!interval.from && !interval.to) {
      statement_.add(operand_.column).add(" IS NOT NULL");
      return;
    }
    if (interval.from) {
      write_compared();
      statement_.add(" >= ");
      dialect_.bind(statement_, compared_type(), *interval.from);
    }
    if (interval.from && interval.to) statement_.add(" AND ");
    if (interval.to) {
      write_compared();
      statement_.add(" < ");
      dialect_.bind(statement_, compared_type(), *interval.to);
    }
  }

  static std::vector<model::Value> ends_of(query::InIntervals const& test) {
    std::vector<model::Value> ends;
    ends.reserve(2 * test.intervals.size());
    for (auto const& interval : test.intervals) {
      ends.push_back(*interval.from);  // only the intervals of comparisons begin nowhere, and these stand alone
      if (interval.to) ends.push_back(*interval.to);
    }
    return ends;
  }

  bool is_string() const { return operand_.type == Type::text || operand_.type == Type::uuid; }
  Type compared_type() const { return is_string() ? Type::text : operand_.type; }

  void write_compared() {
    if (is_string())
      dialect_.folded(statement_, operand_);
    else if (operand_.type == Type::datetime)
      dialect_.instant(statement_, operand_.column);
    else
      statement_.add(operand_.column);
  }

  Statement& statement_;
  Operand operand_;
  Dialect const& dialect_;
};

}  // namespace

void add_test(Statement& statement, Operand operand, query::Test const& test, Dialect const& dialect) {
  if (!dialect.add_unusual_test(statement, operand, test)) std::visit(Writer(statement, operand, dialect), test);
}

namespace {

void add_condition(Statement& statement, query::Condition const& condition, Dialect const& dialect) {
  auto const& bound = *condition.bound;
  Operand const operand{bound.columns[condition.column], bound.resource->columns[condition.column].type};
  statement.add("(");
  if (condition.negated) statement.add(operand.column).add(" IS NULL OR NOT (");
  add_test(statement, operand, condition.test, dialect);
  if (condition.negated) statement.add(")");
  statement.add(")");
}

void add_document_condition(Statement& statement, query::DocumentCondition const& condition, Dialect const& dialect) {
  statement.add(condition.negated ? Fragment("((") : Fragment("("));
  for (bool first = true; auto const& test : condition.any) {
    if (!first) statement.add(" OR ");
    dialect.document_test(statement, condition.document->sql, condition.path, test);
    first = false;
  }
  statement.add(condition.negated ? Fragment(") IS NOT TRUE)") : Fragment(")"));
}

void add_all(Statement& statement, query::Predicates const& predicates, Dialect const& dialect) {
  for (bool first = true; auto const& predicate : predicates) {
    if (!first) statement.add(" AND ");
    add_predicate(statement, predicate, dialect);
    first = false;
  }
}

void add_related(Statement& statement, query::Related const& related, Dialect const& dialect) {
  auto const& relation = *related.relation;
  bool const has_ids = !relation.ids.empty();
  statement.add(relation.begin);
  if (has_ids) statement.add(dialect.begin_ids()).add(relation.ids);
  add_all(statement, related.predicates, dialect);
  if (has_ids) statement.add(dialect.end_ids());
  statement.add(relation.end);
}

// What is neither true nor false (a comparison with NULL) is not fulfilled, so its negation is: together they are all
// rows.
void add_alternatives(Statement& statement, query::Alternatives const& alternatives, Dialect const& dialect) {
  statement.add(alternatives.negated ? Fragment("((") : Fragment("("));
  for (bool first = true; auto const& predicates : alternatives.all) {
    if (!first) statement.add(" OR ");
    add_all(statement, predicates, dialect);
    first = false;
  }
  statement.add(alternatives.negated ? Fragment(") IS NOT TRUE)") : Fragment(")"));
}

}  // namespace

void add_text_test(Statement& statement, Fragment column, query::Test const& test, Dialect const& dialect) {
  add_test(statement, {column, Type::text}, test, dialect);
}

void add_predicate(Statement& statement, query::Predicate const& predicate, Dialect const& dialect) {
  if (auto const* const condition = std::get_if<query::Condition>(&predicate.is))
    add_condition(statement, *condition, dialect);
  else if (auto const* const document = std::get_if<query::DocumentCondition>(&predicate.is))
    add_document_condition(statement, *document, dialect);
  else if (auto const* const related = std::get_if<query::Related>(&predicate.is))
    add_related(statement, *related, dialect);
  else
    add_alternatives(statement, std::get<query::Alternatives>(predicate.is), dialect);
}

}  // namespace restapi::sql
