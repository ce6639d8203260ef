// SPDX-License-Identifier: MIT
#include "exporters/kpoints_properties.hpp"

#include <fmt/format.h>

#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include "base/json_text.hpp"
#include "exporters/brillouin_zone.hpp"
#include "exporters/json_numbers.hpp"
#include "exporters/reciprocal_cell.hpp"

namespace restapi::exporters {
namespace {

std::vector<Vector> absolute(std::vector<Vector> points, Matrix const& reciprocal) {
  for (auto& point : points) point = times(point, reciprocal);
  return points;
}

/// `{label: point}`; of a label that is there twice, the last. Labels are of the list, also where there is a mesh.
std::string labelled_points(std::vector<KpointLabel> const& labels, std::vector<Vector> const& points) {
  std::map<std::string_view, std::size_t> last;
  for (auto const& [point, label] : labels) last[label] = point;
  std::string json = "{";
  for (auto const& [label, point] : last) {
    if (json.size() > 1) json += ',';
    append_json_string(json, label);
    json += ':';
    append_json(json, points[point]);
  }
  return json + '}';
}

/// `[[previous, label], …]`.
std::string labelled_path(std::vector<KpointLabel> const& labels) {
  std::string json = "[";
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].point == 0) continue;
    json += json.size() > 1 ? ",[" : "[";
    if (i == 0)
      json += "null";
    else
      append_json_string(json, labels[i - 1].label);
    json += ',';
    append_json_string(json, labels[i].label);
    json += ']';
  }
  return json + ']';
}

}  // namespace

Result<std::string> properties_of(Kpoints const& kpoints) {
  auto const points = explicit_kpoints(kpoints);
  auto const has_labels = kpoints.list && kpoints.labels;
  auto json = fmt::format(R"({{"has_cell":{},"has_mesh":{},"has_labels":{},"explicit_kpoints_rel":)",
                          kpoints.cell.has_value(), kpoints.mesh.has_value(), has_labels);
  append_json(json, points);
  if (kpoints.cell) {
    auto const reciprocal = reciprocal_cell(*kpoints.cell);
    if (!reciprocal) return reciprocal.error();
    auto const zone = brillouin_zone(*reciprocal);
    if (!zone) return zone.error();
    json += R"(,"explicit_kpoints_abs":)";
    append_json(json, absolute(points, *reciprocal));
    json += R"(,"faces_data":)" + faces_data_json(*zone);
    if (has_labels)
      json += R"(,"labelled_kpoints_abs":)" + labelled_points(*kpoints.labels, absolute(*kpoints.list, *reciprocal));
  }
  if (kpoints.mesh) {
    auto const& divisions = kpoints.mesh->divisions;
    fmt::format_to(std::back_inserter(json), R"(,"mesh":[{},{},{}],"offset":{})", divisions[0], divisions[1],
                   divisions[2], kpoints.mesh->offset_json);
  }
  if (has_labels) {
    json += R"(,"labelled_kpoints_rel":)" + labelled_points(*kpoints.labels, *kpoints.list);
    json += R"(,"labelled_path":)" + labelled_path(*kpoints.labels);
  }
  return json + '}';
}

Result<std::string> kpoints_properties(Node const& node) {
  auto const kpoints = read_kpoints(node);
  if (!kpoints) return kpoints.error();
  return properties_of(*kpoints);
}

}  // namespace restapi::exporters
