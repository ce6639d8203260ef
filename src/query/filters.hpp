// SPDX-License-Identifier: MIT
/// From one filter clause to one condition.
#pragma once

#include "base/result.hpp"
#include "query/plan.hpp"
#include "query/planner.hpp"

namespace restapi::query {

/// unknown_key, private_key, operator_not_accepted, wrong_type, out_of_range, pattern_too_complex.
Result<Condition> plan_filter(ast::Clause const& clause, Source const& source, Planner const& planner);

/// The names a client may filter by, or sort by; synonyms are left out.
std::vector<std::string_view> filter_keys(View const& view, Policy const& policy);
std::vector<std::string_view> sort_keys(View const& view);

}  // namespace restapi::query
