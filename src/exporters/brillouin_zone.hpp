// SPDX-License-Identifier: MIT
/// The first Brillouin zone: all points that are nearer to 0 than to any other point G of the reciprocal lattice.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "exporters/vectors.hpp"

namespace restapi::exporters {

/// A convex body. Faces and triangles name their corners by index, counter-clockwise as seen from outside.
struct BrillouinZone {
  std::vector<Vector> vertices;
  std::vector<std::vector<std::size_t>> faces;        ///< with three corners or more
  std::vector<std::array<std::size_t, 3>> triangles;  ///< each face as a fan, so two less than it has corners
};

/// Of the lattice of these rows, as far as G = n1 b1 + n2 b2 + n3 b3 with |ni| ≤ 3. Points that are nearer to each
/// other than 10^-8 of the shortest G are one. Error: export_not_possible where the rows have no volume, or are so
/// oblique or of so different length that the body cannot be found in double precision.
Result<BrillouinZone> brillouin_zone(Matrix const& reciprocal);

/// `{"faces": …, "triangles": …, "triangles_vertices": …}`, the faces by coordinates.
std::string faces_data_json(BrillouinZone const& zone);

}  // namespace restapi::exporters
