// SPDX-License-Identifier: MIT
#include "api/pages/calendar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "api/pages/bars.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"
#include "http/target.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;
using namespace std::chrono;

constexpr int step = 13, side = 11, top = 18;  // of the drawing
constexpr int weeks_shown = 53;

std::optional<sys_days> day_of(std::string const& text) {
  int parts[3] = {};
  auto const* begin = text.data();
  auto const* const end = begin + text.size();
  for (auto& part : parts) {
    auto const [next, failure] = std::from_chars(begin, end, part);
    if (failure != std::errc()) return std::nullopt;
    begin = next == end ? end : next + 1;
  }
  auto const date = year(parts[0]) / month(static_cast<unsigned>(parts[1])) / day(static_cast<unsigned>(parts[2]));
  return date.ok() ? std::optional(sys_days(date)) : std::nullopt;
}

std::string text_of(sys_days day) {
  year_month_day const date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

/// 1 to 4: how dark.
int shade(std::int64_t count, std::int64_t most) {
  constexpr double shades = 4;
  auto const part = std::log1p(static_cast<double>(count)) / std::log1p(static_cast<double>(most));
  return std::clamp(static_cast<int>(std::ceil(shades * part)), 1, 4);
}

std::string created_between(std::string const& nodes, std::string const& begin, std::string const& end) {
  return nodes + "?" + http::percent_encode("ctime>=" + begin + "&ctime<" + end);
}

}  // namespace

std::string calendar_of(Days const& days, std::string const& nodes) {
  constexpr std::array<char const*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::optional<sys_days> last;
  std::int64_t most = 1;
  for (auto const& [text, count] : days)
    if (auto const day = day_of(text); day && (!last || *day > *last)) last = day;
  if (!last) return {};
  // Weeks begin on Monday.
  auto const first = *last - (weekday(*last) - Monday) - std::chrono::days(7 * (weeks_shown - 1));
  std::map<int, std::int64_t> earlier;
  auto squares = json::array(), names = json::array();
  for (auto const& [text, count] : days)
    if (auto const day = day_of(text); day && *day >= first) most = std::max(most, count);
  for (auto const& [text, count] : days) {
    auto const day = day_of(text);
    if (!day) continue;
    if (*day < first) {
      earlier[static_cast<int>(year_month_day(*day).year())] += count;
      continue;
    }
    auto const number = (*day - first).count();
    squares.push_back({{"x", number / 7 * step},
                       {"y", top + number % 7 * step},
                       {"shade", shade(count, most)},
                       {"day", text},
                       {"count", spaced(count)},
                       {"day_href", created_between(nodes, text, text_of(*day + std::chrono::days(1)))}});
  }
  auto shown_month = year_month_day(first).month();
  for (int week = 0; week < weeks_shown; ++week) {
    auto const month = year_month_day(first + std::chrono::days(7 * week)).month();
    if (month != shown_month && week + 2 < weeks_shown)
      names.push_back({{"x", week * step}, {"month", months.at(static_cast<unsigned>(month) - 1)}});
    shown_month = month;
  }
  std::vector<Bar> years;
  for (auto row = earlier.rbegin(); row != earlier.rend(); ++row) {
    auto const name = std::to_string(row->first);
    years.push_back(
        {name, name, row->second, created_between(nodes, name + "-01-01", std::to_string(row->first + 1) + "-01-01")});
  }
  auto weekdays = json::array();
  for (int i = 0; i < 7; ++i) weekdays.push_back({{"y", fmt::format("{}", top + i * step + side / 2.0)}});
  return fill("calendar", {{"squares", squares},
                           {"weekdays", weekdays},
                           {"months", names},
                           {"width", weeks_shown * step},
                           {"height", top + 7 * step},
                           {"side", side},
                           {"begin", text_of(first)},
                           {"end", text_of(*last)},
                           {"earlier", bars_of(years)}});
}

}  // namespace restapi::api::pages
