// SPDX-License-Identifier: MIT
/// Files of nodes: what is in a folder, and the files themselves.
#pragma once

#include <memory>
#include <string>

#include "api/nodes/object_request.hpp"
#include "api/version.hpp"
#include "base/result.hpp"

namespace restapi::api {

using PlannedRead = Result<std::unique_ptr<PendingRead>>;

/// {"repo_list":[{"name":…,"type":"FILE"},…]} of the folder at the path; empty: the root.
PlannedRead plan_repo_list(ObjectRequest const& asked, std::string path);

/// The file at the path.
PlannedRead plan_repo_contents(ObjectRequest const& asked, std::string path);

/// Of a job: the files that it was given, or those that were retrieved from it.
enum class JobFiles { input, output };

/// [{"name":…,"type":…},…] of the folder at the path.
PlannedRead plan_job_files(ObjectRequest const& asked, JobFiles which, std::string path);

/// The file at the path; of a folder, the list.
PlannedRead plan_job_file(ObjectRequest const& asked, JobFiles which, std::string path);

}  // namespace restapi::api
