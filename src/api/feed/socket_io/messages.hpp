// SPDX-License-Identifier: MIT
/// Which events tell clients of Socket.IO what has changed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/engine_io/packet.hpp"
#include "api/feed/log.hpp"
#include "api/feed/socket_io/workspace.hpp"

namespace restapi::api::feed::socket_io {

using Messages = std::vector<engine_io::Message>;

/// All of an entry. `name_space`: of the socket.
Messages messages_of(Entry const& entry, Workspace const& workspace, std::string_view name_space);

/// What stands between the brackets of an event; `argument`: JSON, or empty.
std::string event_data(std::string_view name, std::string_view argument, store::Cursor const& cursor,
                       std::string_view workspace);

/// The client is to read anew what it shows: after a selection, and where changes cannot be told.
std::string selected_data(store::Cursor const& cursor, std::string_view workspace);

}  // namespace restapi::api::feed::socket_io
