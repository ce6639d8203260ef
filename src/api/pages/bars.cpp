// SPDX-License-Identifier: MIT
#include "api/pages/bars.hpp"

#include <algorithm>

#include "api/pages/template.hpp"
#include "api/pages/values.hpp"

namespace restapi::api::pages {

std::string bars_of(std::vector<Bar> const& bars) {
  if (bars.empty()) return {};
  auto const most = std::max<std::int64_t>(std::ranges::max(bars, {}, &Bar::count).count, 1);
  auto list = nlohmann::json::array();
  for (auto const& bar : bars) {
    constexpr double widest = 100;  // percent
    auto const width = widest * static_cast<double>(bar.count) / static_cast<double>(most);
    list.push_back({{"bar", bar.name},
                    {"bar_title", bar.title},
                    {"bar_count", spaced(bar.count)},
                    {"bar_width", static_cast<int>(width) + 1},
                    {"bar_href", bar.href}});
  }
  return fill("bars", {{"bars", list}});
}

}  // namespace restapi::api::pages
