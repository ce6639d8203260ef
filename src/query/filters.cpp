// SPDX-License-Identifier: MIT
#include "query/filters.hpp"

#include <algorithm>
#include <limits>

#include "base/suggest.hpp"
#include "grammar/operators.hpp"
#include "grammar/print.hpp"
#include "model/accepted_operators.hpp"
#include "query/convert.hpp"
#include "query/fold.hpp"
#include "query/object_id.hpp"

namespace restapi::query {
namespace {

using ast::Operator;
using grammar::Family;
using model::Type;

std::string meant_instead_of(std::string_view written, std::span<std::string_view const> known,
                             std::span<Misnomer const> misnomers) {
  for (auto const& row : misnomers) {
    if (row.written != written) continue;
    if (row.meant.empty()) return std::string(row.advice);
    if (std::ranges::find(known, row.meant) != known.end()) return "did you mean \"" + std::string(row.meant) + "\"?";
  }
  return {};
}

/// What stands last: name of computer.name.
std::string const& column_of(ast::Clause const& clause) {
  return clause.path.empty() ? clause.key : clause.path.back().text;
}

/// Behind a relation, AiiDA's own name is known as well: group.label for group.name.
Field const* find_field(ast::Clause const& clause, Source const& source, Planner const& planner) {
  auto const& view = *source.view;
  auto const name = planner.vocabulary.canonical(column_of(clause));
  auto const* field = view.find(name);
  if (field != nullptr || clause.path.empty()) return field;
  auto const by_column = std::ranges::find(view.fields, name, &Field::column);
  return by_column == view.fields.end() ? nullptr : &*by_column;
}

/// And of documents: what a path may begin with.
std::vector<std::string_view> relation_names(Source const& source) {
  std::vector<std::string_view> names;
  for (auto const& relation : model::relations())
    if (relation_of(source, relation.name) == &relation) names.emplace_back(relation.name);
  for (auto const* document : source.bound->documents) names.emplace_back(document->name);
  return names;
}

Error unknown_key(ast::Clause const& clause, Source const& source, Planner const& planner) {
  auto const& column = column_of(clause);
  auto known = filter_keys(*source.view, planner.policy);
  if (clause.path.empty())
    for (auto const& key : planner.vocabulary.keys)
      if (planner.may_stand(key.meaning)) known.push_back(key.name);
  auto hint = meant_instead_of(column, known, planner.vocabulary.misnomers);
  if (hint.empty() && relation_of(source, column) != nullptr)
    hint = "a key of what is related stands behind a point: " + column + ".id=1";
  if (column == "link" && source.view->resource->is_node)
    hint = "a key of the link stands behind a point: input.link.label=\"structure\"";
  if (source.bound->find_document(column) != nullptr)
    hint = "a path into the document stands behind a point: " + column + ".energy<-5";
  if (hint.empty()) hint = suggest(column, known);
  return {Code::unknown_key, std::string(source.view->name) + " has no key \"" + column.substr(0, 64) + "\"",
          std::move(hint), clause.offset};
}

Error operator_not_accepted(ast::Clause const& clause, Field const& field) {
  auto const accepted =
      grammar::list_operators([type = field.type](auto const& row) { return model::accepts(type, row.comparison); });
  return {
      Code::operator_not_accepted,
      std::string(field.name) + " does not take the operator " + std::string(grammar::row_of(clause.comparison).text),
      std::string(field.name) + " takes " + accepted, clause.operator_offset};
}

Error one_value(ast::Clause const& clause) {
  auto const of_lists =
      grammar::list_operators([](auto const& row) { return row.family == Family::membership; }, " or ");
  return {Code::wrong_type,
          grammar::print_key(clause) + " takes one value after " + std::string(grammar::row_of(clause.comparison).text),
          "a list goes after " + of_lists, clause.literals[1].offset};
}

// Every comparison is a half-open interval once we know where the written value starts and where it ends:
// an integer ends at the next one, a date-time where its precision ends, a string after all that begins with it.
// A missing end means that nothing lies behind.
using End = std::optional<model::Value>;
using Compare = InIntervals (*)(model::Value const& start, End const& end);

InIntervals less(model::Value const& start, End const&) { return {{Interval{{}, start}}}; }
InIntervals less_equal(model::Value const&, End const& end) { return {{Interval{{}, end}}}; }
InIntervals greater_equal(model::Value const& start, End const&) { return {{Interval{start, {}}}}; }
InIntervals greater(model::Value const&, End const& end) {
  return end ? InIntervals{{Interval{*end, {}}}} : InIntervals{};
}

Error at(ast::Literal const& literal, Error error) {
  error.offset = literal.offset;
  return error;
}

// Of uuids: paths and filters take the same notations.
std::string as_stored(std::string text) {
  auto uuid = uuid_notation(text);
  return uuid ? *std::move(uuid) : std::move(text);
}

Result<Condition> plan_order(Compare compare, ast::Clause const& clause, Type type, Condition condition) {
  auto const& literal = clause.literals.front();
  if (type == Type::datetime) {
    auto const interval = to_interval(literal, grammar::print_key(clause));
    if (!interval) return interval.error();
    condition.test = compare(*interval->from, interval->to);
    return condition;
  }
  if (type == Type::integer) {
    auto const value = to_integer(literal, grammar::print_key(clause));
    if (!value) return value.error();
    End end;
    if (*value < std::numeric_limits<std::int64_t>::max()) end = *value + 1;
    condition.test = compare(*value, end);
    return condition;
  }
  auto const text = to_text(literal, grammar::print_key(clause));
  if (!text) return text.error();
  auto const start = type == Type::uuid ? as_stored(fold(*text)) : fold(*text);
  End end;
  if (auto after = after_prefix(start)) end = std::move(*after);
  condition.test = compare(start, end);
  return condition;
}

// The same times as fewest intervals, in order: what is written twice, or lies within another, costs nothing.
std::vector<Interval> joined(std::vector<Interval> intervals) {
  std::ranges::sort(intervals, {}, &Interval::from);
  std::vector<Interval> result;
  for (auto& next : intervals) {
    if (result.empty() || (result.back().to && *result.back().to < *next.from))
      result.push_back(std::move(next));
    else if (result.back().to && (!next.to || *result.back().to < *next.to))
      result.back().to = std::move(next.to);
  }
  return result;
}

Result<Condition> plan_equality(ast::Clause const& clause, Type type, Condition condition) {
  condition.negated = grammar::row_of(clause.comparison).is_negated;
  if (type == Type::datetime) {
    auto const key = grammar::print_key(clause);
    std::vector<Interval> intervals;
    intervals.reserve(clause.literals.size());
    for (auto const& literal : clause.literals) {
      auto interval = to_interval(literal, key);
      if (!interval) return std::move(interval).error();
      intervals.push_back(*std::move(interval));
    }
    condition.test = InIntervals{joined(std::move(intervals))};
    return condition;
  }
  auto const key = grammar::print_key(clause);
  Membership test;
  test.values.reserve(clause.literals.size());
  for (auto const& literal : clause.literals) {
    auto value = to_value(literal, type, key);
    if (!value) return std::move(value).error();
    if (auto* text = std::get_if<std::string>(&*value); text && type == Type::uuid) *text = as_stored(std::move(*text));
    test.values.push_back(*std::move(value));
  }
  std::ranges::sort(test.values);
  test.values.erase(std::unique(test.values.begin(), test.values.end()), test.values.end());
  condition.test = std::move(test);
  return condition;
}

Result<Condition> plan_match(ast::Clause const& clause, Type type, bool folds, Condition condition) {
  auto const& literal = clause.literals.front();
  auto const text = to_text(literal, grammar::print_key(clause));
  if (!text) return text.error();
  // All uuids are stored in lower case, so =like= stays one that the index helps with.
  auto pattern = read_pattern(type == Type::uuid ? fold(*text) : *text, folds);
  if (!pattern) return at(literal, std::move(pattern).error());
  // Only at the beginning is it known where dashes are missing.
  if (auto& pieces = pattern->pieces; type == Type::uuid && !pieces.empty()) {
    auto& first = pieces.front();
    if (first.kind == Pattern::Piece::Kind::text) first.text = as_stored(std::move(first.text));
  }
  condition.test = Match{*std::move(pattern)};
  return condition;
}

Result<Condition> plan_presence(ast::Clause const& clause, Condition condition) {
  auto const& literal = clause.literals.front();
  auto const* const word = std::get_if<ast::Word>(&literal.value);
  if (word == nullptr || word->sign != 0 || (word->text != "null" && word->text != "notnull"))
    return Error{Code::wrong_type, grammar::print_key(clause) + " takes null or notnull after =is=",
                 "for example " + grammar::print_key(clause) + "=is=null", literal.offset};
  condition.test = Presence{word->text == "notnull"};
  return condition;
}

Result<Condition> plan_beginning(ast::Clause const& clause, Type type, Condition condition) {
  auto const& literal = clause.literals.front();
  auto text = to_text(literal, grammar::print_key(clause));
  if (!text) return std::move(text).error();
  auto pattern = beginning_with(type == Type::uuid ? as_stored(fold(*text)) : *text);
  if (!pattern) return at(literal, std::move(pattern).error());
  condition.test = Match{*std::move(pattern)};
  return condition;
}

Result<Condition> plan_test(ast::Clause const& clause, Type type, Condition condition) {
  switch (clause.comparison) {  // each operator has its meaning here: the compiler asks for a new one
    case Operator::equal:
    case Operator::not_equal:
    case Operator::in:
    case Operator::not_in:
      return plan_equality(clause, type, std::move(condition));
    case Operator::less:
      return plan_order(less, clause, type, std::move(condition));
    case Operator::less_equal:
      return plan_order(less_equal, clause, type, std::move(condition));
    case Operator::greater:
      return plan_order(greater, clause, type, std::move(condition));
    case Operator::greater_equal:
      return plan_order(greater_equal, clause, type, std::move(condition));
    case Operator::like:
      return plan_match(clause, type, false, std::move(condition));
    case Operator::ilike:
      return plan_match(clause, type, true, std::move(condition));
    case Operator::is:
      return plan_presence(clause, std::move(condition));
    case Operator::starts_with:
      return plan_beginning(clause, type, std::move(condition));
    case Operator::has_key:
    case Operator::contains:
    case Operator::of_length:
    case Operator::longer:
    case Operator::shorter:
    case Operator::of_type:
      break;  // no column takes them
  }
  return Error{Code::internal, "", "", {}, "an operator without a meaning"};
}

}  // namespace

std::vector<std::string_view> filter_keys(View const& view, Policy const& policy) {
  std::vector<std::string_view> keys;
  for (auto const& field : view.fields)
    if (field.use != Use::shown_only && (field.use != Use::private_filter || policy.private_filters))
      keys.push_back(field.name);
  return keys;
}

std::vector<std::string_view> sort_keys(View const& view) {
  std::vector<std::string_view> keys;
  for (auto const& field : view.fields)
    if (is_sortable(field)) keys.push_back(field.name);
  return keys;
}

model::Relation const* relation_of(Source const& source, std::string_view name) {
  auto const& resource = *source.view->resource;
  return model::find_relation(resource.is_node ? "nodes" : resource.name, name);
}

Error unknown_relation(ast::Clause const& clause, std::string_view name, Source const& source, Planner const& planner) {
  auto hint = suggest(name, relation_names(source));
  if (source.view->find(planner.vocabulary.canonical(name)) != nullptr)
    hint = std::string(name) + " is a key that nothing stands behind";
  return {Code::unknown_key,
          std::string(source.view->name) + " has no relation \"" + std::string(name.substr(0, 64)) + "\"",
          std::move(hint), clause.offset};
}

Result<PlannedFilter> plan_filter(ast::Clause const& clause, Source const& source, Planner const& planner) {
  auto const* field = find_field(clause, source, planner);
  if (!field || field->use == Use::shown_only) return unknown_key(clause, source, planner);
  if (field->use == Use::private_filter && !planner.policy.private_filters)
    return Error{Code::private_key, grammar::print_key(clause) + " is private and cannot be filtered on this server",
                 "its operator may allow it with --private-filters", clause.offset};
  auto const type = field->type;
  if (!model::accepts(type, clause.comparison)) return operator_not_accepted(clause, *field);
  if (clause.literals.size() > 1 && grammar::row_of(clause.comparison).family != Family::membership)
    return one_value(clause);

  auto const* bound = field->relation     ? planner.catalog.find(field->relation->to)
                      : field->is_of_link ? planner.catalog.find(field->resource->name)
                                          : source.bound;
  auto condition = plan_test(clause, type, {bound, field->index, false, {}});
  if (!condition) return std::move(condition).error();
  return PlannedFilter{field->relation, *std::move(condition)};
}

}  // namespace restapi::query
