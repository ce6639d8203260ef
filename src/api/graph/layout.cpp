// SPDX-License-Identifier: MIT
#include "api/graph/layout.hpp"

#include <algorithm>
#include <cstdlib>

namespace restapi::api {
namespace {

using Columns = std::map<std::int64_t, std::vector<std::int64_t>>;  // by level: pks from top to bottom

/// The mean place of what is linked to a node and stands already, from 0 (top) to 1.
class Neighbours {
 public:
  explicit Neighbours(Drawing const& drawing) {
    for (auto const& link : drawing.links) {
      all_[link.input].push_back(link.output);
      all_[link.output].push_back(link.input);
    }
  }

  void stand(std::vector<std::int64_t> const& column) {
    for (std::size_t row = 0; row < column.size(); ++row)
      height_[column[row]] = (static_cast<double>(row) + 0.5) / static_cast<double>(column.size());
  }

  double mean(std::int64_t pk) const {
    double sum = 0;
    int number = 0;
    if (auto const neighbours = all_.find(pk); neighbours != all_.end())
      for (auto const neighbour : neighbours->second)
        if (auto const found = height_.find(neighbour); found != height_.end()) {
          sum += found->second;
          ++number;
        }
    return number == 0 ? 0.5 : sum / number;
  }

 private:
  std::map<std::int64_t, std::vector<std::int64_t>> all_;
  std::map<std::int64_t, double> height_;
};

void order(Columns& columns, Drawing const& drawing) {
  std::vector<std::int64_t> levels;
  for (auto const& [level, column] : columns) levels.push_back(level);
  std::ranges::sort(levels, {}, [](auto level) { return std::abs(level); });
  Neighbours neighbours(drawing);
  for (auto const level : levels) {
    auto& column = columns[level];
    std::map<std::int64_t, double> mean;
    for (auto const pk : column) mean[pk] = neighbours.mean(pk);
    std::ranges::stable_sort(column, {}, [&](auto pk) { return mean[pk]; });
    neighbours.stand(column);
  }
}

}  // namespace

Layout layout_of(Drawing const& drawing) {
  Columns columns;
  for (auto const& node : drawing.nodes) columns[node.level].push_back(node.pk);
  order(columns, drawing);
  std::map<std::int64_t, double> rows;  // by level, with that of what is more
  for (auto const& [level, column] : columns) rows[level] = static_cast<double>(column.size());
  for (auto const& more : drawing.more) ++rows[more.level];
  Layout layout;
  layout.columns = static_cast<double>(rows.size());
  for (auto const& [level, height] : rows) layout.rows = std::max(layout.rows, height);
  double x = 0;
  std::map<std::int64_t, double> column_of;
  for (auto const& [level, height] : rows) {
    column_of[level] = x;
    auto y = (layout.rows - height) / 2;
    for (auto const pk : columns[level]) layout.nodes[pk] = {x, y++};
    ++x;
  }
  for (auto const& more : drawing.more)
    layout.more.push_back({column_of[more.level], (layout.rows + rows[more.level]) / 2 - 1});
  return layout;
}

}  // namespace restapi::api
