// SPDX-License-Identifier: MIT
/// The extended XYZ format (https://github.com/libAtoms/extxyz), as AiiDA writes it.
#pragma once

#include <string>

#include "exporters/node.hpp"

namespace restapi::exporters {

/// Of a StructureData.
Result<std::string> structure_xyz(Node const& node);

}  // namespace restapi::exporters
