// SPDX-License-Identifier: MIT
/// Bands as commands for Grace (https://plasma-gate.weizmann.ac.il/Grace/): `xmgrace -batch FILE`.
#pragma once

#include <string>

#include "base/result.hpp"
#include "exporters/bands.hpp"
#include "exporters/node.hpp"

namespace restapi::exporters {

/// Draws the bands of a file `_data.dat` beside it, which is the format dat_blocks.
std::string agr_batch_of(Bands const& bands);

/// Errors: those of read_bands.
Result<std::string> bands_agr_batch(Node const& node);

}  // namespace restapi::exporters
