// SPDX-License-Identifier: MIT
/// The resources of v2 and their fields: what AiiDA 0.x called them, and what its schema answers say of them.
#pragma once

#include <span>

#include "query/view.hpp"

namespace restapi::api::v2 {

/// In the order of documents: nodes, their kinds, computers, users, groups. Fields by name.
std::span<query::ResourceRow const> resources();

}  // namespace restapi::api::v2
