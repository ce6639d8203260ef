// SPDX-License-Identifier: MIT
#include "query/paging.hpp"

#include <algorithm>
#include <limits>

namespace restapi::query {

Window window_of(Page const& page) {
  auto const before = page.number - 1;
  if (before < 0) return {0, 0};
  if (before > std::numeric_limits<std::int64_t>::max() / page.rows)
    return {page.rows, std::numeric_limits<std::int64_t>::max()};
  return {page.rows, before * page.rows};
}

std::int64_t last_page(std::int64_t total, std::int64_t rows_a_page) {
  return total == 0 ? 1 : (total - 1) / rows_a_page + 1;
}

std::optional<Neighbours> neighbours_of(Page const& page, std::int64_t total) {
  auto const last = last_page(total, page.rows);
  if (page.number < 1 || page.number > last) return std::nullopt;
  Neighbours neighbours{1, last, {}, {}};
  if (page.number > 1) neighbours.previous = page.number - 1;
  if (page.number < last) neighbours.next = page.number + 1;
  return neighbours;
}

std::optional<Neighbours> neighbours_of_uncounted(Page const& page, std::optional<std::int64_t> total, bool has_more) {
  if (page.number < 1) return std::nullopt;
  Neighbours neighbours{1, {}, {}, {}};
  if (page.number > 1) neighbours.previous = page.number - 1;
  if (has_more) neighbours.next = page.number + 1;
  if (total) neighbours.last = std::max(last_page(*total, page.rows), page.number + (has_more ? 1 : 0));
  return neighbours;
}

}  // namespace restapi::query
