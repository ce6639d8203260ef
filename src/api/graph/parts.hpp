// SPDX-License-Identifier: MIT
/// The rows of a graph, told apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "api/answer.hpp"

namespace restapi::api {

/// Views of the rows that it was made of.
struct GraphParts {
  struct Level {
    std::int64_t level;
    std::int64_t total;      ///< nodes that it has
    std::int64_t shown = 0;  ///< of these, in this answer
  };
  struct Node {
    std::size_t row;  ///< of its fields
    std::int64_t pk;
    std::int64_t level;
  };
  struct Link {
    std::int64_t input, output;  ///< pk of the nodes where it begins and ends; one of them may be of an earlier page
    std::int64_t id;
    std::string_view label, type;
  };
  std::vector<Level> levels;  ///< from the inputs to the outputs
  std::vector<Node> nodes;    ///< the nearest ones first
  std::vector<Link> links;
};

GraphParts parts_of(Graph const& graph);

}  // namespace restapi::api
