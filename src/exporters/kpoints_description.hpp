// SPDX-License-Identifier: MIT
/// One line about the k-points of a KpointsData or BandsData.
#pragma once

#include <string>
#include <string_view>

namespace restapi::exporters {

/// "Kpoints mesh: 4x4x2 (+0.5,0.0,0.0)" with a mesh, else "(Path of 40 kpts)", else nothing. From the attributes
/// `mesh`, `offset` and `array|kpoints` alone; what is ill-formed is like what is not there.
std::string kpoints_description(std::string_view attributes);

}  // namespace restapi::exporters
