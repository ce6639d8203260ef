// SPDX-License-Identifier: MIT
#include "exporters/reciprocal_cell.hpp"

#include <cmath>

namespace restapi::exporters {

Result<Matrix> reciprocal_cell(Matrix const& cell) {
  constexpr double flat = 1e-9;
  auto const& [a, b, c] = cell;
  auto const volume = dot(a, cross(b, c));
  // False for NaN as well.
  bool const has_volume = std::abs(volume) > flat * length(a) * length(b) * length(c);
  if (!has_volume || !std::isnormal(volume)) return Error{Code::export_not_possible, "the cell has no volume"};
  auto const factor = two_pi / volume;
  Matrix const reciprocal = {times(cross(b, c), factor), times(cross(c, a), factor), times(cross(a, b), factor)};
  for (auto const& row : reciprocal)
    if (!std::isnormal(length(row))) return Error{Code::export_not_possible, "the cell is too large or too small"};
  return reciprocal;
}

}  // namespace restapi::exporters
