// SPDX-License-Identifier: MIT
/// From the filters of a query, with their groups and relations, to what rows fulfil.
#pragma once

#include "base/result.hpp"
#include "query/clauses.hpp"
#include "query/plan.hpp"
#include "query/planner.hpp"

namespace restapi::query {

/// In the order written, groups last. Filters on the same relation that stand side by side speak of the same related
/// row. Errors: those of plan_filter(); out_of_range: too many date-times, or relations behind each other.
Result<Predicates> plan_filters(Clauses const& clauses, Source const& source, Planner const& planner);

/// The one that is written first.
ast::Clause const& first_clause(ast::Group const& group);

}  // namespace restapi::query
