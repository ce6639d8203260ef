// SPDX-License-Identifier: MIT
/// The format of XCrySDen (http://www.xcrysden.org/doc/XSF.html).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/cell.hpp"
#include "exporters/node.hpp"

namespace restapi::exporters {

/// Of a StructureData.
Result<std::string> structure_xsf(Node const& node);

/// What stands below PRIMCOORD: how many, then each atom. Requires as many atomic numbers as positions.
void append_xsf_atoms(std::string& out, std::span<int const> atomic_numbers, std::span<Vector const> positions);

/// One atomic number per symbol of `symbols`. Error: export_not_possible where one is none of an element.
Result<std::vector<int>> atomic_numbers_of(std::span<std::string_view const> symbols);

}  // namespace restapi::exporters
