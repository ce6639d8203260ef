// SPDX-License-Identifier: MIT
/// What is answered about one node beyond its row, under the names of AiiDA 0.12.
#pragma once

#include <memory>

#include "api/nodes/object_request.hpp"
#include "api/v2/routes.hpp"
#include "api/version.hpp"
#include "base/result.hpp"
#include "query/clauses.hpp"

namespace restapi::api::v2 {

/// `kind`: tree, retrieved_inputs, retrieved_outputs, visualization, download.
Result<std::unique_ptr<PendingRead>> plan_of_node(RouteKind kind, query::Clauses const& clauses,
                                                  ObjectRequest const& asked);

}  // namespace restapi::api::v2
