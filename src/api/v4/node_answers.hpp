// SPDX-License-Identifier: MIT
/// What is answered about a node beyond its row, and about all nodes together.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "api/v4/routes.hpp"
#include "api/version.hpp"
#include "base/result.hpp"
#include "query/clauses.hpp"
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

/// {"metadata":[…],"nodes":[…]}: the node with its neighbours. Requires that in_limit and out_limit are numbers.
Result<std::unique_ptr<PendingRead>> plan_tree(Found const& found, query::Clauses const& clauses,
                                               query::Planner const& planner, sql::Dialect const& dialect);

/// The tree of types (full_types.hpp).
std::unique_ptr<PendingRead> read_full_types(model::BoundResource const& nodes, std::optional<std::int64_t> owner,
                                             bool with_counts, sql::Dialect const& dialect);

/// {"data.core.array.ArrayData.|":["json"],…}: of all classes, as the database writes their types.
std::unique_ptr<PendingRead> read_download_formats(model::BoundResource const& nodes, sql::Dialect const& dialect);

/// The same of one class. no_such_object: it is no full type; export_not_possible: the class is not known.
Result<Answer> formats_of_type(std::string_view full_type);

}  // namespace restapi::api::v4
