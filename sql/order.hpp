// SPDX-License-Identifier: MIT
/// The order of a list's rows, and which of them are behind a position in it (query/order.hpp).
#pragma once

#include "query/plan.hpp"
#include "sql/dialect.hpp"

namespace restapi::sql {

/// ORDER BY …
void add_order(Statement& statement, query::ListPlan const& plan, Dialect const& dialect);

/// The position of each row, as columns with a comma before each.
void add_position(Statement& statement, query::ListPlan const& plan, Dialect const& dialect);

/// The row is behind the plan's position. `with_nulls`: also one without a value in the first term, which comes last in
/// ascending order; without them, an index serves the condition.
void add_behind(Statement& statement, query::ListPlan const& plan, bool with_nulls, Dialect const& dialect);

}  // namespace restapi::sql
