// SPDX-License-Identifier: MIT
/// A node with its neighbours, each described in a line.
#pragma once

#include <memory>

#include "api/v4/routes.hpp"
#include "api/version.hpp"
#include "base/result.hpp"
#include "query/clauses.hpp"
#include "query/planner.hpp"
#include "sql/dialect.hpp"

namespace restapi::api::v4 {

/// {"metadata":[…],"nodes":[…]}: the node with its neighbours. Requires that in_limit and out_limit are numbers.
Result<std::unique_ptr<PendingRead>> plan_tree(Found const& found, query::Clauses const& clauses,
                                               query::Planner const& planner, sql::Dialect const& dialect);

}  // namespace restapi::api::v4
