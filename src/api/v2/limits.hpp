// SPDX-License-Identifier: MIT
/// How many rows v2 gives at once: with `limit`, and on a page (docs/api-v2.md, "Pages").
#pragma once

#include "api/sentences.hpp"
#include "query/vocabulary.hpp"

namespace restapi::api::v2 {

inline constexpr query::Limits limits{
    .rows = most_rows, .default_rows = most_rows, .default_rows_a_page = 20, .default_nodes = 200, .default_levels = 2};

static_assert(limits.rows == 400, "the texts of keys.cpp");

}  // namespace restapi::api::v2
