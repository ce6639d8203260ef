// SPDX-License-Identifier: MIT
/// Attributes of structures.
#pragma once

#include <nlohmann/json.hpp>

namespace support {

/// MgO in a box of 3 × 3 × 12.5 Å, periodic along the first two directions.
inline nlohmann::json magnesium_oxide() {
  return nlohmann::json::parse(R"({
      "cell": [[3.0, 0.0, 0.0], [0.0, 3.0, 0.0], [0.0, 0.0, 12.5]], "pbc1": true, "pbc2": true, "pbc3": false,
      "kinds": [{"name": "Mg", "symbols": ["Mg"], "weights": [1.0], "mass": 24.305},
                {"name": "O1", "symbols": ["O"], "weights": [1.0], "mass": 15.9994}],
      "sites": [{"kind_name": "Mg", "position": [0.0, 0.0, 0.0]}, {"kind_name": "O1", "position": [1.5, 1.5, 0.125]}]})");
}

/// Germanium and silicon at one site of a box of 2 × 2 × 4 Å.
inline nlohmann::json alloy() {
  return nlohmann::json::parse(R"({
      "cell": [[2, 0, 0], [0, 2, 0], [0, 0, 4]], "pbc1": true, "pbc2": true, "pbc3": true,
      "kinds": [{"name": "SiGe", "symbols": ["Si", "Ge"], "weights": [0.6, 0.4], "mass": 45.9}],
      "sites": [{"kind_name": "SiGe", "position": [0, 0, 0.5]}]})");
}

}  // namespace support
