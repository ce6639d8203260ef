// SPDX-License-Identifier: MIT
/// From one condition of a plan to SQL.
#pragma once

#include "query/plan.hpp"
#include "sql/dialect.hpp"
#include "sql/statement.hpp"

namespace restapi::sql {

void add_condition(Statement& statement, query::Condition const& condition, Dialect const& dialect);

}  // namespace restapi::sql
