// SPDX-License-Identifier: MIT
/// What is read of a row, as expressions behind SELECT.
#pragma once

#include "query/plan.hpp"
#include "sql/dialect.hpp"

namespace restapi::sql {

/// The fields of a projection, with commas between them. `own`: of the rows.
void add_fields(Statement& statement, query::Projection const& projection, model::BoundResource const& own,
                Dialect const& dialect);

/// The same as texts by which values are told apart; of date-times, their days.
void add_facets(Statement& statement, query::Projection const& keys, model::BoundResource const& own,
                Dialect const& dialect);

}  // namespace restapi::sql
