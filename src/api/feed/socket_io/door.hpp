// SPDX-License-Identifier: MIT
/// /socket.io/: the live feed for clients of Socket.IO 5, in the namespace /events.
#pragma once

#include <memory>
#include <string>

#include "api/door.hpp"
#include "api/feed/feed.hpp"

namespace restapi::api::feed::socket_io {

/// The feed may have other doors. `profile`: its name, for namespaces ("/<profile>/events") and workspaces.
std::unique_ptr<Door> make_door(std::shared_ptr<Feed> feed, std::string profile);

}  // namespace restapi::api::feed::socket_io
