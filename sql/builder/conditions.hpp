// SPDX-License-Identifier: MIT
/// Filters of a query as SQL, which knows three values as they do.
#pragma once

#include "query/builder/plan.hpp"
#include "sql/dialect.hpp"

namespace restapi::sql::builder {

/// All of them are fulfilled, in the alias of the table whose columns they name. Requires at least one.
void add_filters(Statement& statement, query::builder::Filters const& filters, Dialect const& dialect);

}  // namespace restapi::sql::builder
