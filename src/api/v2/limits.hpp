// SPDX-License-Identifier: MIT
/// How many rows v2 gives at once: with `limit`, and on a page (docs/api-v2.md, "Pages").
#pragma once

#include <string_view>

#include "query/vocabulary.hpp"

namespace restapi::api::v2 {

inline constexpr query::Limits limits{
    .rows = 400, .default_rows = 400, .default_rows_a_page = 20, .default_nodes = 200, .default_levels = 2};

static_assert(limits.rows == 400, "this sentence, and the texts of keys.cpp");
inline constexpr std::string_view too_many_rows = "Limit and perpage cannot be bigger than 400";

}  // namespace restapi::api::v2
