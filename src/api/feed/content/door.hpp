// SPDX-License-Identifier: MIT
/// /content/ws/v5: changes of entries over WebSocket (docs/live-feed.md).
#pragma once

#include <memory>

#include "api/door.hpp"
#include "api/feed/feed.hpp"

namespace restapi::api::feed::content {

/// The feed may have other doors.
std::unique_ptr<Door> make_door(std::shared_ptr<Feed> feed);

}  // namespace restapi::api::feed::content
