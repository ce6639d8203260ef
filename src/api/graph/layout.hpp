// SPDX-License-Identifier: MIT
/// Where the nodes of a drawing stand: a column for each level, inputs to the left, outputs to the right.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "api/graph/drawing.hpp"

namespace restapi::api {

/// In columns and rows, from 0. Rows may lie half way between two: columns are centred.
struct Place {
  double column, row;
};

struct Layout {
  std::map<std::int64_t, Place> nodes;  ///< by pk
  std::vector<Place> more;              ///< of Drawing::more, below the nodes of their levels
  double columns = 0, rows = 0;         ///< of the whole
};

/// Nodes of a column are ordered by where their neighbours in nearer columns are, so that links cross less.
Layout layout_of(Drawing const& drawing);

}  // namespace restapi::api
