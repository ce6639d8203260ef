// SPDX-License-Identifier: MIT
/// What belongs to a node beyond its row.
#pragma once

#include <memory>

#include "api/v4/routes.hpp"
#include "api/version.hpp"
#include "base/result.hpp"
#include "query/planner.hpp"
#include "sql/dialect.hpp"

namespace restapi::api::v4 {

/// {"comments":[{"created_time":…,"message":…,"modified_time":…,"user":"First Last"},…]}
Result<std::unique_ptr<PendingRead>> plan_comments(Found const& found, query::Planner const& planner,
                                                   sql::Dialect const& dialect);

/// {"logs":[{"dbnode_id":…,"levelname":…,"loggername":…,"message":…,"time":…},…]} of a process.
Result<std::unique_ptr<PendingRead>> plan_report(Found const& found, query::Planner const& planner,
                                                 sql::Dialect const& dialect);

/// {"derived_properties":{…}}
Result<std::unique_ptr<PendingRead>> plan_derived_properties(Found const& found, query::Planner const& planner,
                                                             sql::Dialect const& dialect);

}  // namespace restapi::api::v4
