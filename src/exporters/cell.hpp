// SPDX-License-Identifier: MIT
/// The cell of a crystal.
#pragma once

#include <array>
#include <optional>

#include "exporters/vectors.hpp"

namespace restapi::exporters {

using Cell = std::array<Vector, 3>;  ///< the three vectors that span it, in Å

/// What the cell vectors are to be multiplied with to give the position. Nothing where the cell has no volume, or where
/// the numbers become too large.
std::optional<Vector> fractional(Cell const& cell, Vector const& position);

}  // namespace restapi::exporters
