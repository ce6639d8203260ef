// SPDX-License-Identifier: MIT
#include "exporters/trajectory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>
#include <vector>

#include "exporters/cif.hpp"
#include "exporters/node_array.hpp"
#include "exporters/not_possible.hpp"
#include "exporters/xsf.hpp"

namespace restapi::exporters {
namespace {

struct Trajectory {
  std::vector<std::string> symbols;  // of elements
  std::vector<int> atomic_numbers;
  std::vector<Cell> cells;  // one for each step
  std::vector<Vector> positions;

  std::span<Vector const> positions_of(std::size_t step) const {
    return std::span(positions).subspan(step * symbols.size(), symbols.size());
  }
};

/// Its values in threes, the array being as large as `shape` says. `name` is that of the array.
Result<std::vector<Vector>> vectors_of(Array const& array, std::vector<std::size_t> const& shape,
                                       std::string_view name) {
  if (array.shape != shape) return not_possible(fmt::format("the array {} has not the shape that it needs", name));
  auto const numbers = numbers_of(array);
  if (!numbers) return numbers.error();
  if (!std::all_of(numbers->begin(), numbers->end(), [](double x) { return std::isfinite(x); }))
    return not_possible(fmt::format("the array {} has numbers that are not finite", name));
  std::vector<Vector> vectors;
  vectors.reserve(numbers->size() / 3);
  for (std::size_t i = 0; i + 2 < numbers->size(); i += 3)
    vectors.push_back({(*numbers)[i], (*numbers)[i + 1], (*numbers)[i + 2]});
  return vectors;
}

Result<std::vector<std::string>> symbols_of(std::string_view attributes) {
  auto const document = nlohmann::json::parse(attributes, nullptr, false);
  auto const symbols = document.is_object() ? document.find("symbols") : document.end();
  if (symbols == document.end() || !symbols->is_array()) return not_possible("the trajectory has no list of symbols");
  std::vector<std::string> texts;
  for (auto const& symbol : *symbols) {
    if (!symbol.is_string()) return not_possible("a symbol of the trajectory is no text");
    texts.push_back(symbol.get<std::string>());
  }
  return texts;
}

std::vector<std::string_view> views(std::vector<std::string> const& texts) { return {texts.begin(), texts.end()}; }

Result<Trajectory> read_trajectory(Node const& node) {
  auto const names = array_names(node.attributes);
  if (!names) return names.error();
  for (std::string_view const name : {"cells", "positions"})
    if (std::find(names->begin(), names->end(), name) == names->end())
      return not_possible(fmt::format("the trajectory has no {}", name));
  auto symbols = symbols_of(node.attributes);
  if (!symbols) return symbols.error();
  auto numbers = atomic_numbers_of(views(*symbols));
  if (!numbers) return numbers.error();
  auto const cell_array = read_array(node, "cells");
  if (!cell_array) return cell_array.error();
  auto const steps = cell_array->shape.empty() ? 0 : cell_array->shape.front();
  auto const vectors = vectors_of(*cell_array, {steps, 3, 3}, "cells");
  if (!vectors) return vectors.error();
  auto const position_array = read_array(node, "positions");
  if (!position_array) return position_array.error();
  auto positions = vectors_of(*position_array, {steps, symbols->size(), 3}, "positions");
  if (!positions) return positions.error();
  Trajectory trajectory{*std::move(symbols), *std::move(numbers), {}, *std::move(positions)};
  trajectory.cells.reserve(steps);
  for (std::size_t i = 0; i < steps; ++i)
    trajectory.cells.push_back({(*vectors)[3 * i], (*vectors)[3 * i + 1], (*vectors)[3 * i + 2]});
  return trajectory;
}

}  // namespace

Result<std::string> trajectory_xsf(Node const& node) {
  auto const trajectory = read_trajectory(node);
  if (!trajectory) return trajectory.error();
  std::string out;
  auto const end = std::back_inserter(out);
  fmt::format_to(end, "ANIMSTEPS {}\nCRYSTAL\n", trajectory->cells.size());
  for (std::size_t step = 0; step < trajectory->cells.size(); ++step) {
    fmt::format_to(end, "PRIMVEC {}\n", step + 1);
    for (auto const& [x, y, z] : trajectory->cells[step]) fmt::format_to(end, "{:18.5f} {:18.5f} {:18.5f}\n", x, y, z);
    fmt::format_to(end, "PRIMCOORD {}\n", step + 1);
    append_xsf_atoms(out, trajectory->atomic_numbers, trajectory->positions_of(step));
    if (out.size() > largest_answer) return too_large();
  }
  return out;
}

Result<std::string> trajectory_cif(Node const& node) {
  auto const trajectory = read_trajectory(node);
  if (!trajectory) return trajectory.error();
  auto const symbols = views(trajectory->symbols);
  auto out = cif_comment();
  for (std::size_t step = 0; step < trajectory->cells.size(); ++step) {
    auto const done = append_cif_block(out, step, trajectory->cells[step], {true, true, true}, symbols,
                                       trajectory->positions_of(step));
    if (!done) return done.error();
    if (out.size() > largest_answer) return too_large();
  }
  return out;
}

}  // namespace restapi::exporters
