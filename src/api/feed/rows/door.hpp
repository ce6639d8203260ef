// SPDX-License-Identifier: MIT
/// /ws/core/: pages and their rows over WebSocket (docs/live-feed.md).
#pragma once

#include <memory>

#include "api/door.hpp"
#include "api/feed/feed.hpp"

namespace restapi::api::feed::rows {

/// The feed may have other doors.
std::unique_ptr<Door> make_door(std::shared_ptr<Feed> feed);

}  // namespace restapi::api::feed::rows
