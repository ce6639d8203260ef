// SPDX-License-Identifier: MIT
/// The object that a path names, in statements about it.
#pragma once

#include "query/plan.hpp"
#include "sql/conjunction.hpp"
#include "sql/dialect.hpp"

namespace restapi::sql {

/// Conditions that it fulfils; as long as its id is ambiguous, others do as well.
void add_object(Conjunction& where, query::ObjectPlan const& plan, Dialect const& dialect);

/// `object AS MATERIALIZED (…)`: one row of `id` and `last`, which are its pk; two different ones where the id is
/// ambiguous, NULLs where there is no such object.
void add_object_cte(Statement& statement, query::ObjectPlan const& plan, Dialect const& dialect);

}  // namespace restapi::sql
