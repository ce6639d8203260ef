// SPDX-License-Identifier: MIT
/// The fields of the resources of v4, as its rows have them and its filters name them.
#pragma once

#include <span>

#include "query/view.hpp"

namespace restapi::api::v4 {

/// Those that have lists.
std::span<query::ResourceRow const> resources();

/// A neighbour of a node, with the link that leads to it.
query::ResourceRow const& neighbours();

}  // namespace restapi::api::v4
