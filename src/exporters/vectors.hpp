// SPDX-License-Identifier: MIT
/// Vectors and matrices of three dimensions.
#pragma once

#include <array>
#include <cmath>

namespace restapi::exporters {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;  ///< rows

inline double dot(Vector const& a, Vector const& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

inline Vector cross(Vector const& a, Vector const& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

inline double length(Vector const& a) { return std::hypot(a[0], a[1], a[2]); }

/// a + factor b
inline Vector sum(Vector const& a, Vector const& b, double factor = 1) {
  return {a[0] + factor * b[0], a[1] + factor * b[1], a[2] + factor * b[2]};
}

inline Vector times(Vector const& a, double factor) { return {a[0] * factor, a[1] * factor, a[2] * factor}; }

/// A row vector times a matrix: relative coordinates to absolute ones where the rows are the axes.
inline Vector times(Vector const& a, Matrix const& rows) {
  return sum(sum(times(rows[0], a[0]), rows[1], a[1]), rows[2], a[2]);
}

}  // namespace restapi::exporters
