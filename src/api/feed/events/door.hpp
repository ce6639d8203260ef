// SPDX-License-Identifier: MIT
/// GET /api/v2/events: a stream of server-sent events, or a page of them.
#pragma once

#include <memory>

#include "api/door.hpp"
#include "api/feed/feed.hpp"

namespace restapi::api::feed::events {

/// The feed may have other doors.
std::unique_ptr<Door> make_door(std::shared_ptr<Feed> feed);

}  // namespace restapi::api::feed::events
