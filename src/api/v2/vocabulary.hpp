// SPDX-License-Identifier: MIT
/// The words of v2, for the planner: what AiiDA 0.x called things, and what its documentation says they do.
#pragma once

#include "query/vocabulary.hpp"

namespace restapi::api::v2 {

/// Any thread may call.
query::Vocabulary const& vocabulary();

}  // namespace restapi::api::v2
