// SPDX-License-Identifier: MIT
#include "exporters/structure_properties.hpp"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "base/json_text.hpp"
#include "exporters/formula.hpp"
#include "exporters/json_numbers.hpp"

namespace restapi::exporters {

Dimensionality dimensionality(Structure const& structure) {
  std::vector<Vector> periodic;
  for (std::size_t i = 0; i < 3; ++i)
    if (structure.is_periodic[i]) periodic.push_back(structure.cell[i]);
  switch (periodic.size()) {
    case 0:
      return {0, "", 0};
    case 1:
      return {1, "length", length(periodic[0])};
    case 2:
      return {2, "surface", length(cross(periodic[0], periodic[1]))};
    default:
      return {3, "volume", std::abs(dot(periodic[0], cross(periodic[1], periodic[2])))};
  }
}

Result<std::string> structure_properties(std::string_view attributes) {
  auto const structure = read_structure(attributes);
  if (!structure) return structure.error();
  auto const [directions, label, size] = dimensionality(*structure);
  // AiiDA has the integer 0 there.
  auto const value = directions == 0 ? "0" : json_number(size);
  auto json =
      fmt::format(R"({{"dimensionality":{{"dim":{},"label":"{}","value":{}}},"formula":)", directions, label, value);
  append_json_string(json, formula(*structure));
  return json + '}';
}

}  // namespace restapi::exporters
