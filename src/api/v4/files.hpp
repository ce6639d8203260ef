// SPDX-License-Identifier: MIT
/// Files of nodes: what is in a folder, a file, a node as a file of another program.
#pragma once

#include <memory>
#include <string>

#include "api/v4/routes.hpp"
#include "api/version.hpp"
#include "base/result.hpp"
#include "query/clauses.hpp"
#include "query/planner.hpp"
#include "sql/dialect.hpp"

namespace restapi::api::v4 {

using PlannedRead = Result<std::unique_ptr<PendingRead>>;

/// {"repo_list":[{"name":…,"type":"FILE"},…]} of the folder at the path; empty: the root.
PlannedRead plan_repo_list(Found const& found, std::string path, query::Planner const& planner,
                           sql::Dialect const& dialect);

/// The file at the path.
PlannedRead plan_repo_contents(Found const& found, std::string path, query::Planner const& planner,
                               sql::Dialect const& dialect);

/// [{"name":…,"type":…},…] of a folder of a calculation, or of the node that it has retrieved.
PlannedRead plan_job_files(Found const& found, std::string path, query::Planner const& planner,
                           sql::Dialect const& dialect);

/// A file, or, with download=false, {"download":{"data":…,"filename":…,"status":200}}.
PlannedRead plan_download(Found const& found, query::Clauses const& clauses, query::Planner const& planner,
                          sql::Dialect const& dialect);

}  // namespace restapi::api::v4
