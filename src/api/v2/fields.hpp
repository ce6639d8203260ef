// SPDX-License-Identifier: MIT
/// The resources of v2 and their fields: what AiiDA 0.x called them, and what its schema answers say of them.
#pragma once

#include <span>
#include <string_view>

#include "model/type.hpp"
#include "query/view.hpp"

namespace restapi::api::v2 {

/// In the order of documents: nodes, their kinds, computers, users, groups. Fields by name.
std::span<query::ResourceRow const> resources();

/// "int", "str", "bool", "datetime": as /schema says it.
std::string_view schema_name(model::Type type);

}  // namespace restapi::api::v2
