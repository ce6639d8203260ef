// SPDX-License-Identifier: MIT
/// The reciprocal of a cell.
#pragma once

#include "base/result.hpp"
#include "exporters/vectors.hpp"

namespace restapi::exporters {

inline constexpr double two_pi = 6.283185307179586476925;

/// Rows b1 b2 b3 = 2π times the inverse transpose: ai · bj = 2π where i = j, else 0; in 1/Å for a cell in Å. Also the
/// way back. Error: export_not_possible where the rows are not finite or have (almost) no volume.
Result<Matrix> reciprocal_cell(Matrix const& cell);

}  // namespace restapi::exporters
