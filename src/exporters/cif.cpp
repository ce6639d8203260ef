// SPDX-License-Identifier: MIT
#include "exporters/cif.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <utility>
#include <vector>

#include "exporters/comments.hpp"
#include "exporters/not_possible.hpp"
#include "exporters/number_text.hpp"
#include "exporters/structure.hpp"

namespace restapi::exporters {
namespace {

// That of the space group P 1: nothing is repeated within the cell.
constexpr std::string_view symmetry =
    "loop_\n_symmetry_equiv_pos_as_xyz\n'x, y, z'\n"
    "_symmetry_int_tables_number 1\n_symmetry_space_group_name_H-M 'P 1'\n";

/// Into [0, 1). What is a little below 0 would become 1.
double wrapped(double coordinate) {
  auto const fraction = coordinate - std::floor(coordinate);
  return fraction < 1 ? fraction : 0;
}

/// Degrees.
double angle(Vector const& a, Vector const& b) {
  auto const cosine = dot(a, b) / (length(a) * length(b));
  return std::acos(std::clamp(cosine, -1.0, 1.0)) * (180 / std::numbers::pi);
}

Error no_volume() { return not_possible("the cell of the structure has no volume, or its numbers are too large"); }

}  // namespace

std::string cif_comment() { return "# " + comment_lines()[0] + "\n"; }

Result<Done> append_cif_block(std::string& out, std::size_t number, Cell const& cell,
                              std::array<bool, 3> const& is_periodic, std::span<std::string_view const> symbols,
                              std::span<Vector const> positions) {
  out += "data_" + std::to_string(number) + "\n";
  // A loop without rows is none.
  if (!symbols.empty())
    out +=
        "loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_type_symbol\n";
  std::map<std::string_view, std::size_t> counts;
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    auto const coordinates = fractional(cell, positions[i]);
    if (!coordinates) return no_volume();
    out.append(symbols[i]).append(std::to_string(++counts[symbols[i]])) += ' ';
    for (std::size_t k = 0; k < 3; ++k) {
      auto const coordinate = (*coordinates)[k];
      out.append(shortest(is_periodic[k] ? wrapped(coordinate) : coordinate)) += ' ';
    }
    out.append(symbols[i]) += '\n';
  }
  auto const& [a, b, c] = cell;
  std::pair<std::string_view, double> const numbers[] = {
      {"_cell_angle_alpha", angle(b, c)}, {"_cell_angle_beta", angle(a, c)}, {"_cell_angle_gamma", angle(a, b)},
      {"_cell_length_a", length(a)},      {"_cell_length_b", length(b)},     {"_cell_length_c", length(c)}};
  for (auto const& [tag, value] : numbers) {
    if (!std::isfinite(value)) return no_volume();
    out.append(tag).append(" ").append(shortest(value)) += '\n';
  }
  if (is_periodic == std::array{true, true, true}) out += symmetry;
  return Done{};
}

Result<std::string> structure_cif(Node const& node) {
  auto const structure = read_structure(node.attributes);
  if (!structure) return structure.error();
  auto const symbols = plain_symbols(*structure, "CIF");
  if (!symbols) return symbols.error();
  std::vector<Vector> positions;
  positions.reserve(structure->sites.size());
  for (auto const& site : structure->sites) positions.push_back(site.position);
  auto out = cif_comment();
  auto const done = append_cif_block(out, 0, structure->cell, structure->is_periodic, *symbols, positions);
  if (!done) return done.error();
  return out;
}

}  // namespace restapi::exporters
