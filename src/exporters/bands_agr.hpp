// SPDX-License-Identifier: MIT
/// Bands as a project of Grace (https://plasma-gate.weizmann.ac.il/Grace/doc/UsersGuide.html): `xmgrace FILE`.
#pragma once

#include <string>

#include "base/result.hpp"
#include "exporters/bands.hpp"
#include "exporters/node.hpp"

namespace restapi::exporters {

/// One set of points per band, black, those of the second spin red. Points that are not finite are left out.
std::string agr_of(Bands const& bands);

/// Errors: those of read_bands.
Result<std::string> bands_agr(Node const& node);

}  // namespace restapi::exporters
