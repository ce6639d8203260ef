// SPDX-License-Identifier: MIT
/// Windows and pages.
#pragma once

#include <cstdint>
#include <optional>

#include "query/plan.hpp"

namespace restapi::query {

/// The rows of page n, from 1. Any page number gives a window, though it may be empty.
Window window_of(Page const& page);

/// The last page of so many rows; an empty list has one page.
std::int64_t last_page(std::int64_t total, std::int64_t rows_a_page);

/// The numbers that a Link header names.
struct Neighbours {
  std::int64_t first = 1;
  std::optional<std::int64_t> last;  ///< nothing: it is not known
  std::optional<std::int64_t> previous, next;
};

/// Nothing where the page does not exist.
std::optional<Neighbours> neighbours_of(Page const& page, std::int64_t total);

/// The same where it is known whether there are rows behind the page, but not how many; `total`: about. Nothing: there
/// is no page 0.
std::optional<Neighbours> neighbours_of_uncounted(Page const& page, std::optional<std::int64_t> total, bool has_more);

}  // namespace restapi::query
