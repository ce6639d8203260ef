// SPDX-License-Identifier: MIT
/// AiiDA's classes of data, whose names have changed: AiiDA 1 wrote the node type `data.structure.StructureData.`,
/// AiiDA 2 writes `data.core.structure.StructureData.`.
#pragma once

#include <string_view>

namespace restapi::exporters {

/// "structure.StructureData" for both of the above: the type without `data.`, `core.` and the dot at its end. Types of
/// plugins have names of their own, such as "demo.upf.UpfData", which are none of AiiDA's classes. Empty for what is
/// not a type of data.
std::string_view node_class(std::string_view node_type);

}  // namespace restapi::exporters
