// SPDX-License-Identifier: MIT
/// From one condition of a plan to SQL.
#pragma once

#include "query/plan.hpp"
#include "sql/dialect.hpp"
#include "sql/statement.hpp"

namespace restapi::sql {

void add_predicate(Statement& statement, query::Predicate const& predicate, Dialect const& dialect);

}  // namespace restapi::sql
