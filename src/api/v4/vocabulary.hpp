// SPDX-License-Identifier: MIT
/// The names and sentences of v4, as the planner takes them.
#pragma once

#include "query/vocabulary.hpp"

namespace restapi::api::v4 {

/// Any thread may call.
query::Vocabulary const& vocabulary();

/// Of the rows of links/incoming and links/outgoing.
query::View const& view_of_neighbours();

}  // namespace restapi::api::v4
