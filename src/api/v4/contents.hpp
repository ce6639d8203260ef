// SPDX-License-Identifier: MIT
/// What belongs to a node beyond its row.
#pragma once

#include <memory>

#include "api/nodes/object_request.hpp"
#include "api/version.hpp"
#include "base/result.hpp"

namespace restapi::api::v4 {

/// {"comments":[{"created_time":…,"message":…,"modified_time":…,"user":"First Last"},…]}
Result<std::unique_ptr<PendingRead>> plan_comments(ObjectRequest const& asked);

/// {"logs":[{"dbnode_id":…,"levelname":…,"loggername":…,"message":…,"time":…},…]} of a process.
Result<std::unique_ptr<PendingRead>> plan_report(ObjectRequest const& asked);

}  // namespace restapi::api::v4
