// SPDX-License-Identifier: MIT
/// A band structure, as the formats of BandsData draw it: energies over a path of k-points.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "exporters/array.hpp"
#include "exporters/kpoints.hpp"
#include "exporters/node.hpp"

namespace restapi::exporters {

struct Bands {
  std::string uuid, label;          ///< of the node
  std::string units;                ///< of energies; empty: not known
  std::vector<double> x;            ///< per k-point its way along the path, not empty
  std::vector<KpointLabel> labels;  ///< by k-point, at most twice as many as k-points
  std::size_t bands_per_spin = 0;   ///< at least 1
  std::size_t spins = 1;            ///< 1 or 2
  bool two_band_types = false;      ///< stored with an index of the spin
  std::vector<double> energies;     ///< of a k-point: all bands of the first spin, then those of the second

  std::size_t points() const { return x.size(); }
  std::size_t bands() const { return bands_per_spin * spins; }
  /// Requires: point < points(), band < bands().
  double energy(std::size_t point, std::size_t band) const { return energies[point * bands() + band]; }
  /// 0 or 1. Requires: band < bands().
  std::size_t spin(std::size_t band) const { return band / bands_per_spin; }
};

/// The array `bands`, points × bands or spins × points × bands, over the list of k-points. x is 0 at the first; from
/// one point to the next it grows by their distance, in 1/Å where there is a cell, else in relative coordinates;
/// between two that both have labels the path jumps and x stays. Labels that are not in the order of their points are
/// sorted. Errors: export_not_possible where shapes do not fit, there is no list, or no energy; those of
/// reciprocal_cell.
Result<Bands> bands_of(Kpoints const& kpoints, Array const& bands);

/// The same from a node: attributes of read_kpoints and `units`, files `kpoints.npy` and `bands.npy`. Errors: those of
/// read_kpoints and read_npy as well.
Result<Bands> read_bands(Node const& node);

/// A part of the path between labels. It includes both ends.
struct Segment {
  std::size_t begin, end;  ///< k-points, begin ≤ end
  std::string from, to;    ///< labels; may be empty
};

/// Between neighbouring labels, and from the first k-point and to the last where these have none; with less than two
/// labels all of the path, from "0" to "1". Never empty.
std::vector<Segment> segments_of(Bands const& bands);

struct Range {
  double least = 0, most = 0;
};

/// Of the numbers that are finite; 0 and 0 where there are none.
Range range_of(std::vector<double> const& numbers);

/// The same for an axis: neither gnuplot nor Grace draws one without length. A single number gets 1 on each side.
Range axis_of(std::vector<double> const& numbers);

}  // namespace restapi::exporters
