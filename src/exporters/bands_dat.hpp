// SPDX-License-Identifier: MIT
/// Bands as columns of numbers, tabs between them.
#pragma once

#include <string>

#include "base/result.hpp"
#include "exporters/bands.hpp"
#include "exporters/node.hpp"

namespace restapi::exporters {

/// The header, and per k-point its x and all energies.
std::string dat_multicolumn_of(Bands const& bands);
/// The header, and per band the x and energy of each k-point; two empty lines between bands, one at the end.
std::string dat_blocks_of(Bands const& bands);

/// Errors: those of read_bands.
Result<std::string> bands_dat_multicolumn(Node const& node);
Result<std::string> bands_dat_blocks(Node const& node);

}  // namespace restapi::exporters
