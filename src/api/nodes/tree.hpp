// SPDX-License-Identifier: MIT
/// A node with its neighbours, each described in a line.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>

#include "api/nodes/object_request.hpp"
#include "api/version.hpp"
#include "base/result.hpp"

namespace restapi::api {

/// The most neighbours of each side that are sent.
struct TreeLimits {
  std::int64_t incoming = std::numeric_limits<std::int64_t>::max();
  std::int64_t outgoing = std::numeric_limits<std::int64_t>::max();
};

/// {"metadata":[…],"nodes":[…]}: the node with its neighbours.
Result<std::unique_ptr<PendingRead>> plan_tree(ObjectRequest const& asked, TreeLimits const& limits);

}  // namespace restapi::api
