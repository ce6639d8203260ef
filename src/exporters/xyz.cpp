// SPDX-License-Identifier: MIT
#include "exporters/xyz.hpp"

#include <fmt/format.h>

#include <iterator>

#include "exporters/number_text.hpp"
#include "exporters/structure.hpp"

namespace restapi::exporters {

Result<std::string> structure_xyz(Node const& node) {
  auto const structure = read_structure(node.attributes);
  if (!structure) return structure.error();
  auto const symbols = plain_symbols(*structure, "XYZ");
  if (!symbols) return symbols.error();
  auto out = std::to_string(structure->sites.size()) + "\nLattice=\"";
  for (auto const& vector : structure->cell)
    for (auto const number : vector) out += shortest(number) + ' ';
  out.back() = '"';
  out += " pbc=\"";
  for (bool const is_periodic : structure->is_periodic) out += is_periodic ? "True " : "False ";
  out.back() = '"';
  for (std::size_t i = 0; i < symbols->size(); ++i) {
    auto const& [x, y, z] = structure->sites[i].position;
    fmt::format_to(std::back_inserter(out), "\n{:<6} {:18.10f} {:18.10f} {:18.10f}", (*symbols)[i], x, y, z);
  }
  return out;
}

}  // namespace restapi::exporters
