// SPDX-License-Identifier: MIT
#include "exporters/xsf.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "base/printable.hpp"
#include "exporters/elements.hpp"
#include "exporters/not_possible.hpp"
#include "exporters/structure.hpp"

namespace restapi::exporters {

void append_xsf_atoms(std::string& out, std::span<int const> atomic_numbers, std::span<Vector const> positions) {
  auto const end = std::back_inserter(out);
  fmt::format_to(end, "{} 1\n", atomic_numbers.size());
  for (std::size_t i = 0; i < atomic_numbers.size(); ++i) {
    auto const& [x, y, z] = positions[i];
    fmt::format_to(end, "{} {:18.10f} {:18.10f} {:18.10f}\n", atomic_numbers[i], x, y, z);
  }
}

Result<std::vector<int>> atomic_numbers_of(std::span<std::string_view const> symbols) {
  std::vector<int> numbers;
  numbers.reserve(symbols.size());
  for (auto const symbol : symbols) {
    auto const number = atomic_number(symbol);
    if (!number) return not_possible("\"" + printable(symbol, 40) + "\" is not the symbol of an element");
    numbers.push_back(*number);
  }
  return numbers;
}

Result<std::string> structure_xsf(Node const& node) {
  auto const structure = read_structure(node.attributes);
  if (!structure) return structure.error();
  auto const symbols = plain_symbols(*structure, "XSF");
  if (!symbols) return symbols.error();
  auto const numbers = atomic_numbers_of(*symbols);
  if (!numbers) return numbers.error();
  std::string out = "CRYSTAL\nPRIMVEC 1\n";
  for (auto const& [x, y, z] : structure->cell)
    fmt::format_to(std::back_inserter(out), "{:18.10f} {:18.10f} {:18.10f}\n", x, y, z);
  out += "PRIMCOORD 1\n";
  std::vector<Vector> positions;
  positions.reserve(structure->sites.size());
  for (auto const& site : structure->sites) positions.push_back(site.position);
  append_xsf_atoms(out, *numbers, positions);
  return out;
}

}  // namespace restapi::exporters
