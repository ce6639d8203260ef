// SPDX-License-Identifier: MIT
/// Date-times as both databases write and read them: "2016-04-29 19:24:12.123456", UTC.
#pragma once

#include <string>
#include <string_view>

#include "model/value.hpp"

namespace restapi::sql {

/// The fraction without trailing zeros, and without its point where it is zero: one text for each time, and they
/// compare as the times do.
std::string to_timestamp(model::DateTime time);

/// A stored text in that form: `2016-04-29T19:24:12.500000Z` becomes `2016-04-29 19:24:12.5`. Texts of other shapes
/// stay as they are. `made`: where the text is kept if it is no part of `stored`.
std::string_view same_instant(std::string_view stored, std::string& made);

}  // namespace restapi::sql
