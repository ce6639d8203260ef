// SPDX-License-Identifier: MIT
/// What the page of a node has beside its fields: what it was made from, what became of it, what it is, and what is
/// stored with it.
#pragma once

#include <nlohmann/json.hpp>

#include "api/pages/kinds.hpp"

namespace restapi::api::pages {

/// Adds it to the data for the template "object". `node`: its fields, as /api/v4 calls them.
void add_node(nlohmann::json& view, Shown const& shown, nlohmann::json const& node);

}  // namespace restapi::api::pages
