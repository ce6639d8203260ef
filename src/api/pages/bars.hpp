// SPDX-License-Identifier: MIT
/// Numbers as bars, each a link.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace restapi::api::pages {

struct Bar {
  std::string name, title;
  std::int64_t count;
  std::string href;
};

/// HTML; empty: there are none.
std::string bars_of(std::vector<Bar> const& bars);

}  // namespace restapi::api::pages
