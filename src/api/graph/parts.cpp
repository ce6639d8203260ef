// SPDX-License-Identifier: MIT
#include "api/graph/parts.hpp"

#include <algorithm>

#include "sql/graph.hpp"

namespace restapi::api {

GraphParts parts_of(Graph const& graph) {
  using sql::GraphColumn;
  auto const& rows = graph.rows;
  GraphParts parts;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    auto const level = rows.integer_at(row, GraphColumn::level);
    if (rows.at(row, GraphColumn::total)) {
      parts.levels.push_back({level, rows.integer_at(row, GraphColumn::total)});
    } else if (rows.at(row, GraphColumn::node)) {
      parts.nodes.push_back({row, rows.integer_at(row, GraphColumn::node), level});
    } else {
      parts.links.push_back({rows.integer_at(row, GraphColumn::link_input),
                             rows.integer_at(row, GraphColumn::link_output), rows.integer_at(row, GraphColumn::link_id),
                             rows.at(row, GraphColumn::link_label).value_or(""),
                             rows.at(row, GraphColumn::link_type).value_or("")});
    }
  }
  std::ranges::sort(parts.levels, {}, &GraphParts::Level::level);
  for (auto const& node : parts.nodes)
    if (auto const found = std::ranges::find(parts.levels, node.level, &GraphParts::Level::level);
        found != parts.levels.end())
      ++found->shown;
  return parts;
}

}  // namespace restapi::api
