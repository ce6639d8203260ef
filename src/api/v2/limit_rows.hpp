// SPDX-License-Identifier: MIT
/// How large a request and its parts may be: one row per limit, as pages and descriptions say it.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace restapi::api::v2 {

struct LimitRow {
  std::string_view what;
  std::size_t at_most;
};

/// In the order of documents.
std::span<LimitRow const> limit_rows();

}  // namespace restapi::api::v2
