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
    // What is asked of the link to a related row stands with what is asked of that row.
    for (bool const is_of_link : {false, true})
      for (auto const& clause : clauses)
        if (begins_with_link(*clause, source) == is_of_link)
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

  static constexpr std::string_view link = "link";

  static bool begins_with_link(ast::Clause const& clause, Source const& source) {
    return clause.key == link && !clause.path.empty() && source.view->resource->is_node;
  }

  /// link.label beside input.type: the one relation with a link that these filters speak of.
  static Result<Predicates*> of_link(Predicates& predicates, ast::Clause const& clause) {
    Predicates* found = nullptr;
    for (auto& one : predicates) {
      auto* related = std::get_if<Related>(&one.is);
      if (related == nullptr || !related->is_shared || !related->relation->has_link) continue;
      if (found != nullptr)
        return Error{Code::unknown_key, "it is not said which link is meant",
                     "for example input.link.label=\"structure\"", clause.offset};
      found = &related->predicates;
    }
    if (found != nullptr) return found;
    return Error{
        Code::unknown_key, "it is not said whose link is meant",
        "for example input.link.label=\"structure\", or beside a filter that begins with input, output, caller "
        "or called",
        clause.offset};
  }

  /// Where the relations of a path lead.
  struct Place {
    Predicates* predicates;
    Source source;
    model::Relation const* last = nullptr;      ///< which has led here
    std::size_t relations = 0;                  ///< on the way
    model::Document const* document = nullptr;  ///< then the rest of the path goes into it
    std::span<ast::Step const> rest = {};       ///< which is this
  };

  Error has_no_table(std::string_view name, ast::Clause const& clause) const {
    return {
        Code::unknown_key, "this database has no table for \"" + std::string(name) + "\"",
        "its table has to be AiiDA's own, with its columns, and the server's role may have to be allowed to read it",
        clause.offset};
  }

  /// Of a resource that has it in other databases.
  static bool lacks(Source const& source, std::string_view document) {
    return std::ranges::find(source.view->resource->documents, document, &model::Document::name) !=
           source.view->resource->documents.end();
  }

  std::optional<Error> go_to_link(Place& place, ast::Clause const& clause) const {
    if (place.last == nullptr) {
      auto found = of_link(*place.predicates, clause);
      if (!found) return std::move(found).error();
      place.predicates = *found;
    }
    place.source = planner_.source(planner_.vocabulary.view_of_links());
    if (place.source.bound == nullptr) return has_no_table(link, clause);
    return std::nullopt;
  }

  std::optional<Error> go_to_related(Place& place, model::Relation const& relation, ast::Clause const& clause) const {
    if (++place.relations > max_relations)
      return Error{Code::out_of_range, grammar::print_key(clause) + " goes through too many relations",
                   "at most " + std::to_string(max_relations), clause.offset};
    if (!planner_.catalog.has(relation)) return has_no_table(relation.name, clause);
    place.predicates = &related(*place.predicates, relation);
    place.last = &relation;
    place.source = planner_.source(planner_.vocabulary.view_of(relation));
    return std::nullopt;
  }

  Result<Place> reach(Predicates& predicates, ast::Clause const& clause, Source const& source) const {
    Place place{&predicates, source};
    for (std::size_t i = 0; i < clause.path.size(); ++i) {
      auto const& name = i == 0 ? clause.key : clause.path[i - 1].text;
      bool const is_quoted = i > 0 && clause.path[i - 1].is_quoted;
      place.document = place.source.bound->find_document(name);
      if (place.document != nullptr) {
        place.rest = std::span(clause.path).subspan(i);
        return place;
      }
      bool const has_link = place.last == nullptr || place.last->has_link;
      bool const is_link = name == link && !is_quoted && has_link && place.source.view->resource->is_node;
      auto const* relation = is_quoted || is_link ? nullptr : relation_of(place.source, name);
      if (relation == nullptr && lacks(place.source, name))
        return Error{Code::unknown_key,
                     std::string(place.source.view->name) + " of this database have no " + std::string(name),
                     "databases of AiiDA 2 have it, if the server's role is allowed to read it", clause.offset};
      if (relation == nullptr && !is_link) return unknown_relation(clause, name, place.source, planner_);
      if (auto error = is_link ? go_to_link(place, clause) : go_to_related(place, *relation, clause))
        return *std::move(error);
    }
    return place;
  }

  /// Through the relations of its path to the table whose column or document it is about.
  std::optional<Error> add(Predicates& predicates, ast::Clause const& clause, Source const& source) {
    auto const place = reach(predicates, clause, source);
    if (!place) return place.error();
    if (place->document != nullptr) {
      auto condition = plan_document_filter(clause, *place->document, place->rest);
      if (!condition) return std::move(condition).error();
      place->predicates->push_back({*std::move(condition)});
      return std::nullopt;
    }
    auto planned = plan_filter(clause, place->source, planner_);
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
      place->predicates->push_back({Related{relation, {{std::move(condition)}}}});
    else
      place->predicates->push_back({std::move(condition)});
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
