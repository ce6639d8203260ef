// SPDX-License-Identifier: MIT
/// Bands as a program for gnuplot (http://gnuplot.info).
#pragma once

#include <string>

#include "base/result.hpp"
#include "exporters/bands.hpp"
#include "exporters/node.hpp"

namespace restapi::exporters {

/// Draws the bands of a file `band_data.dat` beside it, which is the format dat_blocks.
std::string gnuplot_of(Bands const& bands);

/// Errors: those of read_bands.
Result<std::string> bands_gnuplot(Node const& node);

}  // namespace restapi::exporters
