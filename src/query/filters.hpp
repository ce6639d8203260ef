// SPDX-License-Identifier: MIT
/// From one filter clause to one condition.
#pragma once

#include "base/result.hpp"
#include "query/plan.hpp"
#include "query/planner.hpp"

namespace restapi::query {

struct PlannedFilter {
  model::Relation const* relation;  ///< of the field (Field::relation)
  Condition condition;
};

/// `source`: of the table that the last step of the key is about. unknown_key, private_key, operator_not_accepted,
/// wrong_type, out_of_range, pattern_too_complex.
Result<PlannedFilter> plan_filter(ast::Clause const& clause, Source const& source, Planner const& planner);

/// From the rows of the source; or nullptr.
model::Relation const* relation_of(Source const& source, std::string_view name);

/// There is none of that name.
Error unknown_relation(ast::Clause const& clause, std::string_view name, Source const& source, Planner const& planner);

/// The names a client may filter by, or sort by; synonyms are left out.
std::vector<std::string_view> filter_keys(View const& view, Policy const& policy);
std::vector<std::string_view> sort_keys(View const& view);

}  // namespace restapi::query
