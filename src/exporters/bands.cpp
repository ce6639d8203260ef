// SPDX-License-Identifier: MIT
#include "exporters/bands.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "exporters/reciprocal_cell.hpp"

namespace restapi::exporters {
namespace {

Error impossible(std::string sentence) { return {Code::export_not_possible, std::move(sentence)}; }

std::vector<bool> labelled(std::vector<KpointLabel> const& labels, std::size_t points) {
  std::vector<bool> has_label(points);
  for (auto const& label : labels) has_label[label.point] = true;
  return has_label;
}

Result<std::vector<double>> positions(Kpoints const& kpoints, std::vector<KpointLabel> const& labels) {
  auto points = *kpoints.list;
  if (kpoints.cell) {
    auto const reciprocal = reciprocal_cell(*kpoints.cell);
    if (!reciprocal) return reciprocal.error();
    for (auto& point : points) point = times(point, *reciprocal);
  }
  auto const has_label = labelled(labels, points.size());
  std::vector<double> x = {0};
  for (std::size_t i = 1; i < points.size(); ++i) {
    bool const jumps = has_label[i - 1] && has_label[i];
    x.push_back(x.back() + (jumps ? 0 : length(sum(points[i], points[i - 1], -1))));
  }
  return x;
}

/// points × (spins × bands), from spins × points × bands.
std::vector<double> side_by_side(std::vector<double> const& energies, Bands const& bands) {
  std::vector<double> all;
  all.reserve(energies.size());
  for (std::size_t point = 0; point < bands.points(); ++point)
    for (std::size_t spin = 0; spin < bands.spins; ++spin)
      for (std::size_t band = 0; band < bands.bands_per_spin; ++band)
        all.push_back(energies[(spin * bands.points() + point) * bands.bands_per_spin + band]);
  return all;
}

}  // namespace

Result<Bands> bands_of(Kpoints const& kpoints, Array const& array) {
  if (!kpoints.list || kpoints.list->empty()) return impossible("the bands have no k-points");
  auto const points = kpoints.list->size();
  Bands bands;
  if (kpoints.labels) bands.labels = *kpoints.labels;
  // Segments are as long as the path and one point per label; not longer for a point with a million of them.
  if (bands.labels.size() > 2 * points) return impossible("the bands have more than twice as many labels as k-points");
  std::stable_sort(bands.labels.begin(), bands.labels.end(),
                   [](KpointLabel const& a, KpointLabel const& b) { return a.point < b.point; });

  auto const& shape = array.shape;
  bands.two_band_types = shape.size() == 3;
  bool const has_bands = (shape.size() == 2 || shape.size() == 3) && shape[shape.size() - 2] == points;
  if (!has_bands) return impossible("the bands are not energies at each k-point");
  if (bands.two_band_types) bands.spins = shape[0];
  if (bands.spins != 1 && bands.spins != 2) return impossible("the bands are not those of one spin or two");
  bands.bands_per_spin = shape.back();
  auto energies = numbers_of(array);
  if (!energies) return std::move(energies).error();
  auto const rows = points * bands.spins;
  if (energies->empty() || energies->size() % rows != 0 || energies->size() / rows != bands.bands_per_spin)
    return impossible("the bands have no energies");

  auto x = positions(kpoints, bands.labels);
  if (!x) return std::move(x).error();
  bands.x = *std::move(x);
  bands.energies = side_by_side(*energies, bands);
  return bands;
}

Result<Bands> read_bands(Node const& node) {
  auto const attributes = nlohmann::json::parse(node.attributes, nullptr, false);
  if (!attributes.is_object() || !attributes.contains("array|bands"))
    return impossible("the node has no array of bands");
  auto const kpoints = read_kpoints(node);
  if (!kpoints) return kpoints.error();
  auto const bytes = node.file("bands.npy");
  if (!bytes) return bytes.error();
  auto const array = read_npy(*bytes);
  if (!array) return array.error();
  auto bands = bands_of(*kpoints, *array);
  if (!bands) return bands;
  bands->uuid = node.uuid;
  bands->label = node.label;
  auto const units = attributes.find("units");
  if (units != attributes.end() && units->is_string()) bands->units = units->get<std::string>();
  return bands;
}

std::vector<Segment> segments_of(Bands const& bands) {
  auto const last = bands.points() - 1;
  if (bands.labels.size() < 2) return {{0, last, "0", "1"}};
  auto labels = bands.labels;
  if (labels.front().point != 0) labels.insert(labels.begin(), {0, ""});
  if (labels.back().point != last) labels.push_back({last, ""});
  std::vector<Segment> segments;
  for (std::size_t i = 1; i < labels.size(); ++i)
    segments.push_back({labels[i - 1].point, labels[i].point, labels[i - 1].label, labels[i].label});
  return segments;
}

Range range_of(std::vector<double> const& numbers) {
  Range range;
  bool is_first = true;
  for (auto const number : numbers) {
    if (!std::isfinite(number)) continue;
    range.least = is_first ? number : std::min(range.least, number);
    range.most = is_first ? number : std::max(range.most, number);
    is_first = false;
  }
  return range;
}

Range axis_of(std::vector<double> const& numbers) {
  auto const range = range_of(numbers);
  return range.least < range.most ? range : Range{range.least - 1, range.most + 1};
}

}  // namespace restapi::exporters
