// SPDX-License-Identifier: MIT
/// How points of the Brillouin zone are called.
#pragma once

#include <string>

namespace restapi::api::pages {

/// "Γ" for each way to write it; any other name as it is.
inline std::string point_name(std::string const& label) {
  return label == "GAMMA" || label == "G" || label == "Gamma" || label == "\\Gamma" ? "Γ" : label;
}

}  // namespace restapi::api::pages
