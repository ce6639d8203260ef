// SPDX-License-Identifier: MIT
/// Crystals as a Crystallographic Information File (CIF 1.1, https://www.iucr.org/resources/cif).
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "exporters/cell.hpp"
#include "exporters/node.hpp"

namespace restapi::exporters {

/// Of a StructureData: a comment and the block data_0.
Result<std::string> structure_cif(Node const& node);

/// The comment that begins a file, line end included.
std::string cif_comment();

/// Appends the block `data_<number>`, in the triclinic space group P 1 where all directions are periodic. Fractional
/// coordinates lie in [0, 1) along periodic directions. Requires as many symbols as positions, each of an element.
/// Error: export_not_possible where the cell has no volume; what was appended is of no use then.
Result<Done> append_cif_block(std::string& out, std::size_t number, Cell const& cell,
                              std::array<bool, 3> const& is_periodic, std::span<std::string_view const> symbols,
                              std::span<Vector const> positions);

}  // namespace restapi::exporters
