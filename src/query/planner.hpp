// SPDX-License-Identifier: MIT
/// From what was written to what will be read. Pure: no database, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "model/catalog.hpp"
#include "query/clauses.hpp"
#include "query/plan.hpp"
#include "query/policy.hpp"
#include "query/vocabulary.hpp"

namespace restapi::query {

inline constexpr std::size_t max_intervals = 200;  ///< date-times in the lists of one query
inline constexpr std::size_t max_relations = 2;    ///< one behind the other, before a key
inline constexpr std::size_t max_sort_keys = 16;

/// Each plan uses the clauses that concern it; which keys are allowed where, the version of the API decides. `id`: as
/// in the path. Errors: 2xx of the catalogue; offsets count in the decoded query.
struct Planner {
  Vocabulary const& vocabulary;
  model::Catalog const& catalog;
  Policy policy = {};
  bool has_row_limit = true;  ///< false: a window is as long as it is wanted, that of a list by default as the list
  bool (*may_stand)(Meaning) = is_for_lists;               ///< beside filters, where errors say what is known
  std::span<std::string_view const> fields_of_graph = {};  ///< shown of its nodes; empty: what lists show

  /// `page`: its number; nothing: a window.
  Result<ListPlan> list(View const& view, Clauses const& clauses, std::optional<std::int64_t> page) const;
  /// `neighbours`: how they are shown.
  Result<NeighboursPlan> neighbours(View const& view, std::string_view id, Direction direction, View const& neighbours,
                                    Clauses const& clauses, std::optional<std::int64_t> page) const;
  Result<GraphPlan> graph(View const& view, std::string_view id, Clauses const& clauses) const;
  Result<ObjectPlan> object(View const& view, std::string_view id, Clauses const& clauses) const;
  Result<DocumentPlan> document(View const& view, std::string_view id, DocumentKind kind, Clauses const& clauses) const;
  Result<FacetsPlan> facets(View const& view, Clauses const& clauses) const;
  Result<StatisticsPlan> statistics(Clauses const& clauses) const;

  Source source(View const& view) const { return {&view, catalog.find(view.resource->name)}; }
};

}  // namespace restapi::query
