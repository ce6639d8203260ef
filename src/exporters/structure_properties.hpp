// SPDX-License-Identifier: MIT
/// What can be said of a structure without more ado.
#pragma once

#include <string>
#include <string_view>

#include "exporters/structure.hpp"

namespace restapi::exporters {

/// Along how many directions it is periodic, and the size of what repeats.
struct Dimensionality {
  int directions;
  std::string_view label;  ///< of the size: "", "length", "surface", "volume"
  double size;             ///< Å, Å², Å³; 0 without directions; may be infinite
};

Dimensionality dimensionality(Structure const& structure);

/// `{"dimensionality":{"dim":3,"label":"volume","value":8.0},"formula":"Ba"}`, from attributes as in Node. Error:
/// export_not_possible.
Result<std::string> structure_properties(std::string_view attributes);

}  // namespace restapi::exporters
