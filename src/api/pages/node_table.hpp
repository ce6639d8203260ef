// SPDX-License-Identifier: MIT
/// A short table of nodes: the newest of a profile, of a group.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "api/pages/client.hpp"

namespace restapi::api::pages {

/// HTML. `nodes`: a list as /api/v2 gives them. `root`: as of Shown.
std::string node_table(Client const& client, nlohmann::json const& nodes, std::string const& root);

}  // namespace restapi::api::pages
