// SPDX-License-Identifier: MIT
/// Plans in one line, in the words of v2: test::plan_list("nodes", "id>45"), test::plan_neighbours("nodes", "limit=2",
/// Direction::inputs, "de83b1"). Queries are decoded text. What v2 itself refuses is v2's to test: test::prepare.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "api/v2/vocabulary.hpp"
#include "grammar/parse.hpp"
#include "query/planner.hpp"
#include "support/schemas.hpp"

namespace restapi::test {

inline ast::Query parsed(std::string_view text) {
  auto query = grammar::parse(text);
  if (!query) throw std::runtime_error(std::string(text) + ": " + query.error().message);
  return *std::move(query);
}

/// The newer PostgreSQL schema unless said otherwise.
inline constexpr char const* usual_schema = "postgresql_gen2";

inline query::Planner planner(query::Policy policy = {}, std::string const& schema = usual_schema) {
  return {api::v2::vocabulary(), catalog_of(schema), policy};
}

inline query::View const& view(std::string_view resource) { return *api::v2::vocabulary().find_view(resource); }

inline query::Source source(std::string_view resource, std::string const& schema = usual_schema) {
  return {&view(resource), catalog_of(schema).find(resource)};
}

/// What a statement selects of each row: the SQL of the fields that are shown, "n.ctime, n.id".
inline std::string shown_columns(std::string_view resource, std::string const& schema = usual_schema) {
  std::string columns;
  for (auto const& field : view(resource).projection->fields) {
    if (!columns.empty()) columns += ", ";
    columns +=
        catalog_of(schema).find(resource)->columns[std::get<query::ColumnOperand>(field.operand.of).column].text();
  }
  return columns;
}

/// What `plan` makes of the clauses of the query.
template <class Plan>
auto with_clauses(std::string_view text, Plan const& plan) -> decltype(plan(query::Clauses())) {
  auto const query = parsed(text);
  auto const clauses = query::sort_out(query, api::v2::vocabulary());
  if (!clauses) return clauses.error();
  return plan(*clauses);
}

inline Result<query::ListPlan> plan_list(std::string_view resource, std::string_view text,
                                         std::optional<std::int64_t> page = {}, query::Policy policy = {},
                                         std::string const& schema = usual_schema) {
  return with_clauses(
      text, [&](query::Clauses const& clauses) { return planner(policy, schema).list(view(resource), clauses, page); });
}

inline Result<query::NeighboursPlan> plan_neighbours(std::string_view resource, std::string_view text,
                                                     query::Direction direction, std::string_view id,
                                                     std::optional<std::int64_t> page = {}) {
  return with_clauses(text, [&](query::Clauses const& clauses) {
    return planner().neighbours(view(resource), id, direction, view("nodes"), clauses, page);
  });
}

inline Result<query::ObjectPlan> plan_object(std::string_view resource, std::string_view id) {
  return planner().object(view(resource), id, {});
}

inline Result<query::DocumentPlan> plan_document(std::string_view resource, std::string_view text,
                                                 query::DocumentKind kind, std::string_view id) {
  return with_clauses(
      text, [&](query::Clauses const& clauses) { return planner().document(view(resource), id, kind, clauses); });
}

inline Result<query::StatisticsPlan> plan_statistics(std::string_view text) {
  return with_clauses(text, [&](query::Clauses const& clauses) { return planner().statistics(clauses); });
}

}  // namespace restapi::test
