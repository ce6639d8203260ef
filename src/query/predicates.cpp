// SPDX-License-Identifier: MIT
#include "query/predicates.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "grammar/print.hpp"
#include "query/document_filters.hpp"
#include "query/filters.hpp"

namespace restapi::query {
namespace {

/// Reads one query; what it counts is of the whole query.
class Reader {
 public:
  explicit Reader(Planner const& planner) : planner_(planner) {}

  template <class Clauses, class Groups>
  Result<Predicates> read(Clauses const& clauses, Groups const& groups, Source const& source) {
    Predicates predicates;
    for (auto const& clause : clauses)
      if (auto error = add(predicates, *clause, source)) return *std::move(error);
    for (auto const& group : groups) {
      auto alternatives = read_group(*group, source);
      if (!alternatives) return std::move(alternatives).error();
      predicates.push_back({*std::move(alternatives)});
    }
    return predicates;
  }

 private:
  template <class T>
  static std::vector<T const*> pointers_to(std::vector<T> const& all) {
    std::vector<T const*> pointers;
    pointers.reserve(all.size());
    for (auto const& one : all) pointers.push_back(&one);
    return pointers;
  }

  Result<Alternatives> read_group(ast::Group const& group, Source const& source) {
    Alternatives alternatives{group.is_negated, {}};
    for (auto const& query : group.alternatives) {
      auto predicates = read(pointers_to(query.clauses), pointers_to(query.groups), source);
      if (!predicates) return std::move(predicates).error();
      alternatives.all.push_back(*std::move(predicates));
    }
    return alternatives;
  }

  static model::Document const* find_document(Source const& source, std::string_view name) {
    auto const documents = source.view->resource->documents;
    auto const found = std::ranges::find(documents, name, &model::Document::name);
    return found == documents.end() ? nullptr : &*found;
  }

  /// Through the relations of its path to the table whose column or document it is about.
  std::optional<Error> add(Predicates& predicates, ast::Clause const& clause, Source source) {
    auto* place = &predicates;
    for (std::size_t i = 0; i < clause.path.size(); ++i) {
      auto const& name = i == 0 ? clause.key : clause.path[i - 1].text;
      if (auto const* document = find_document(source, name)) {
        auto condition = plan_document_filter(clause, *document, std::span(clause.path).subspan(i));
        if (!condition) return std::move(condition).error();
        place->push_back({*std::move(condition)});
        return std::nullopt;
      }
      auto const* relation = i > 0 && clause.path[i - 1].is_quoted ? nullptr : relation_of(source, name);
      if (relation == nullptr) return unknown_relation(clause, name, source, planner_);
      if (i == max_relations)
        return Error{Code::out_of_range, grammar::print_key(clause) + " goes through too many relations",
                     "at most " + std::to_string(max_relations), clause.offset};
      if (!planner_.catalog.has(*relation))
        return Error{Code::unknown_key, "this database has no table for \"" + std::string(name) + "\"",
                     "its table has to be AiiDA's own, and the server's role may have to be allowed to read it",
                     clause.offset};
      place = &related(*place, *relation);
      source = planner_.source(*planner_.vocabulary.find_view(relation->to));
    }
    auto planned = plan_filter(clause, source, planner_);
    if (!planned) return std::move(planned).error();
    auto& [relation, condition] = *planned;
    if (std::holds_alternative<InIntervals>(condition.test) && clause.literals.size() > 1)
      intervals_ += clause.literals.size();
    if (intervals_ >
        max_intervals)  // each takes a place of its own in the statement, which no list of other values does
      return Error{Code::out_of_range, "the query has too many date-times in lists",
                   "at most " + std::to_string(max_intervals),
                   clause.literals[clause.literals.size() - (intervals_ - max_intervals)].offset};
    if (relation)
      place->push_back({Related{relation, {{std::move(condition)}}}});
    else
      place->push_back({std::move(condition)});
    return std::nullopt;
  }

  /// Those of the row that filters beside it speak of.
  static Predicates& related(Predicates& predicates, model::Relation const& relation) {
    for (auto& one : predicates)
      if (auto* known = std::get_if<Related>(&one.is); known && known->is_shared && known->relation == &relation)
        return known->predicates;
    predicates.push_back({Related{&relation, {}, true}});
    return std::get<Related>(predicates.back().is).predicates;
  }

  Planner const& planner_;
  std::size_t intervals_ = 0;
};

}  // namespace

Result<Predicates> plan_filters(Clauses const& clauses, Source const& source, Planner const& planner) {
  return Reader(planner).read(clauses.filters, clauses.groups, source);
}

ast::Clause const& first_clause(ast::Group const& group) {
  auto const* first = &group.alternatives.front();
  while (first->clauses.empty()) first = &first->groups.front().alternatives.front();
  return first->clauses.front();
}

}  // namespace restapi::query
