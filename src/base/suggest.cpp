// SPDX-License-Identifier: MIT
#include "base/suggest.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace restapi {

std::size_t distance(std::string_view from, std::string_view to) {
  auto const columns = to.size() + 1;
  std::vector<std::size_t> rows(3 * columns);
  auto* before_last = rows.data();
  auto* last = before_last + columns;
  auto* row = last + columns;
  for (std::size_t j = 0; j < columns; ++j) last[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j < columns; ++j) {
      auto const cost = from[i - 1] == to[j - 1] ? 0u : 1u;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + cost});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::exchange(last, std::exchange(row, before_last));
  }
  return last[to.size()];
}

std::optional<std::string_view> nearest(std::string_view written, std::span<std::string_view const> known) {
  // A client controls the length; no name is longer than this.
  auto const start = written.substr(0, 64);
  std::string_view found_name;
  auto least = std::string_view::npos;
  for (auto const name : known) {
    auto const longer = std::max(start.size(), name.size()), shorter = std::min(start.size(), name.size());
    if (longer - shorter >= least) continue;  // so many insertions at least
    if (auto const found = distance(start, name); found < least) {
      found_name = name;
      least = found;
    }
  }
  if (known.empty() || least > std::max<std::size_t>(1, found_name.size() / 3)) return std::nullopt;
  return found_name;
}

std::string suggest(std::string_view written, std::span<std::string_view const> known) {
  if (auto const name = nearest(written, known)) return "did you mean \"" + std::string(*name) + "\"?";
  if (known.empty()) return {};
  std::string list = "known: ";
  for (auto const name : known) list += (name == known.front() ? "" : ", ") + std::string(name);
  return list;
}

}  // namespace restapi
