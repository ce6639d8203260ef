// SPDX-License-Identifier: MIT
/// The k-points of a KpointsData or BandsData: a mesh, or a list with labels at some of its points.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "exporters/node.hpp"
#include "exporters/vectors.hpp"

namespace restapi::exporters {

/// A mesh of more points is not written out, nor is a list.
inline constexpr std::size_t most_kpoints = 1'000'000;

struct KpointsMesh {
  std::array<std::int64_t, 3> divisions;  ///< each at least 1; their product is at most most_kpoints
  Vector offset;                          ///< in steps of the mesh; 0 0 0 where none is stored
  std::string offset_json;                ///< as stored
};

struct KpointLabel {
  std::size_t point;  ///< index in the list, below its size
  std::string label;  ///< UTF-8, whatever was stored
};

/// Coordinates are relative to the reciprocal cell.
struct Kpoints {
  std::optional<Matrix> cell;  ///< in Å, rows are the vectors
  std::optional<KpointsMesh> mesh;
  std::optional<std::vector<Vector>> list;
  std::optional<std::vector<KpointLabel>> labels;  ///< as stored, in that order; only with a list
};

/// From the attributes `cell`, `mesh`, `offset`, `labels`, `label_numbers` and the file `kpoints.npy`, which is read
/// where the attribute `array|kpoints` exists. A null is like no attribute. Errors: export_not_possible where one of
/// them is ill-formed or there are too many points; those of the file.
Result<Kpoints> read_kpoints(Node const& node);

/// The points of the mesh, last index fastest; without a mesh the list; without both, nothing.
std::vector<Vector> explicit_kpoints(Kpoints const& kpoints);

}  // namespace restapi::exporters
