// SPDX-License-Identifier: MIT
/// From one filter clause to one condition.
#pragma once

#include "base/result.hpp"
#include "query/plan.hpp"
#include "query/planner.hpp"

namespace restapi::query {

/// unknown_key, private_key, operator_not_accepted, wrong_type, out_of_range, pattern_too_complex.
Result<Condition> plan_filter(ast::Clause const& clause, model::Resource const& resource, Planner const& planner);

/// The names a client may filter by, or sort by, on this resource; synonyms are left out.
std::vector<std::string_view> filter_keys(model::Resource const& resource, Policy const& policy);
std::vector<std::string_view> sort_keys(model::Resource const& resource);

}  // namespace restapi::query
