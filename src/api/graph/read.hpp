// SPDX-License-Identifier: MIT
/// Graphs, read from the database.
#pragma once

#include <cstdint>

#include "api/answer.hpp"
#include "api/lists.hpp"
#include "api/version.hpp"
#include "base/result.hpp"
#include "query/plan.hpp"

namespace restapi::api {

struct ReadGraph {
  Graph graph;
  std::int64_t pk;     ///< of the node that it is around
  std::int64_t total;  ///< nodes within its levels
};

Result<ReadGraph> read_graph(query::GraphPlan const& plan, NotOne const& not_one, ReadContext const& context);

}  // namespace restapi::api
