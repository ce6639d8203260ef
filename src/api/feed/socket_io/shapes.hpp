// SPDX-License-Identifier: MIT
/// How nodes and groups look to clients of Socket.IO: as items and columns (docs/live-feed.md).
#pragma once

#include <string>
#include <string_view>

#include "api/feed/items.hpp"
#include "store/changes/change.hpp"

namespace restapi::api::feed::socket_io {

/// `column`: the uuid of the group that it is shown in; empty: none.
std::string item_json(NodeItem const& item, std::string_view column);

/// Of a group that is new or has changed itself; of one whose nodes have changed; of one that is gone. `at`: when.
std::string column_json(GroupItem const& group, store::ChangeTime at);
std::string column_size_json(GroupItem const& group, store::ChangeTime at);
std::string gone_column_json(std::string_view uuid);

/// "2025-03-14 19:20:09.000000", of a date-time as a store has it, in UTC. Other texts stay as they are.
std::string time_text(std::string_view stored);

/// `[{"name":"project","value":"oxides"}]`, of the members of a JSON object, in order. Of everything else `[]`.
std::string values_json(std::string_view object);

}  // namespace restapi::api::feed::socket_io
