// SPDX-License-Identifier: MIT
/// How many nodes were made on each day of a year, as a calendar with a column for each week.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace restapi::api::pages {

/// By day, "2025-03-14".
using Days = std::map<std::string, std::int64_t>;

/// HTML: the year up to the last day, and the years before it. `nodes`: the address of the list. Empty: there are none.
std::string calendar_of(Days const& days, std::string const& nodes);

}  // namespace restapi::api::pages
