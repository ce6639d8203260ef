// SPDX-License-Identifier: MIT
/// From one condition of a plan to SQL.
#pragma once

#include "query/plan.hpp"
#include "sql/dialect.hpp"
#include "sql/statement.hpp"

namespace restapi::sql {

/// A test of a column, or of what stands for one.
void add_test(Statement& statement, Operand operand, query::Test const& test, Dialect const& dialect);

/// A test of a text, in a column of a name that no value has chosen.
void add_text_test(Statement& statement, Fragment column, query::Test const& test, Dialect const& dialect);

void add_predicate(Statement& statement, query::Predicate const& predicate, Dialect const& dialect);

}  // namespace restapi::sql
