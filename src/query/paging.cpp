// SPDX-License-Identifier: MIT
#include "query/paging.hpp"

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
  Neighbours neighbours{1, last_page(total, page.rows), {}, {}};
  if (page.number < 1 || page.number > neighbours.last) return std::nullopt;
  if (page.number > 1) neighbours.previous = page.number - 1;
  if (page.number < neighbours.last) neighbours.next = page.number + 1;
  return neighbours;
}

}  // namespace restapi::query
