// SPDX-License-Identifier: MIT
#include "api/pages/pictures/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "api/pages/template.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

// The window of the lines within the template "plot", in its units.
constexpr double left = 90, top = 26, width = 620, height = 360;
constexpr std::size_t most_points = 40'000;

// Beyond these, differences overflow.
bool is_drawn(double value) { return std::abs(value) < 1e100; }

struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();

  void take(double value) {
    if (!is_drawn(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool is_empty() const { return low > high; }
  double at(double value) const { return (value - low) / (high - low); }
  /// And to what numbers of such a size can be told apart by.
  void widen(double by) {
    constexpr double smallest = 1e-10, least = 1e-90;
    auto const size = std::max({std::abs(low), std::abs(high), least});
    if (low == 0 && high == 0) {
      low = -1;
      high = 1;
      return;
    }
    auto const more = high > low ? std::max((high - low) * by, size * smallest) : size * by;
    low -= more;
    high += more;
  }
};

struct Ticks {
  std::vector<double> values;
  int decimals;
};

/// Round numbers within a range, about so many: 0, 5, 10.
Ticks ticks_in(Range range, int count, double least_step = 0) {
  auto const rough = std::max((range.high - range.low) / count, least_step);
  auto const power = std::pow(10, std::floor(std::log10(rough)));
  auto const digit = rough / power;
  auto const step = power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
  Ticks ticks{{}, std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9)))};
  auto const first = std::ceil(range.low / step);
  constexpr int most = 30;
  for (int i = 0; i < most && (first + i) * step <= range.high; ++i) ticks.values.push_back((first + i) * step);
  return ticks;
}

/// Of large and of small numbers only the digits that tell them apart.
std::string number(double value, int decimals) {
  constexpr double large = 1e6;
  constexpr int most_decimals = 6;
  if (std::abs(value) >= large || decimals > most_decimals) {
    constexpr int fewest = 4, most = 15;
    auto const digits = value == 0 ? 0 : static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1 + decimals;
    return fmt::format("{:.{}g}", value, std::clamp(digits, fewest, most));
  }
  return fmt::format("{:.{}f}", value + 0.0, decimals);
}
std::string place(double value) { return fmt::format("{:.1f}", value); }

std::string path_of(Plot::Line const& line, Range x, Range y, std::size_t step) {
  std::string path;
  bool is_new = true, is_alone = false;
  auto const count = std::min(line.x.size(), line.y.size());
  for (std::size_t i = 0; i < count; i = i + step < count || i + 1 == count ? i + step : count - 1) {
    bool const is_there = is_drawn(line.x[i]) && is_drawn(line.y[i]);
    if (is_there)
      fmt::format_to(std::back_inserter(path), "{}{:.1f} {:.1f}", is_new ? "M" : "L", width * x.at(line.x[i]),
                     height * (1 - y.at(line.y[i])));
    // A stroke without a length is a dot.
    if (!is_there && is_alone) path += "h0";
    is_alone = is_there && is_new;
    is_new = !is_there;
  }
  return is_alone ? path + "h0" : path;
}

}  // namespace

std::string plot_of(Plot const& plot) {
  Range x, y;
  std::size_t points = 0;
  bool counts = true;  // x is 0, 1, 2, …
  for (auto const& line : plot.lines) {
    for (auto const value : line.x) {
      x.take(value);
      counts = counts && value == std::floor(value);
    }
    for (auto const value : line.y) y.take(value);
    points += line.x.size();
  }
  if (x.is_empty() || y.is_empty() || x.low == x.high) return {};
  constexpr double room = 0.04;
  y.widen(room);
  json view{{"name", plot.name}, {"unit", plot.unit}, {"low", y.low}, {"high", y.high}, {"level", false}};
  auto paths = json::array();
  auto const step = points / most_points + 1;
  for (auto const& line : plot.lines) paths.push_back({{"path", path_of(line, x, y, step)}});
  view["paths"] = paths;
  auto ticks = json::array();
  constexpr int ticks_up = 6, ticks_along = 8;
  auto const up = ticks_in(y, ticks_up), along = ticks_in(x, ticks_along, counts ? 1 : 0);
  for (auto const value : up.values)
    ticks.push_back({{"tick", number(value, up.decimals)}, {"tick_y", place(top + height * (1 - y.at(value)))}});
  view["ticks"] = ticks;
  auto marks = json::array();
  if (plot.marks.empty()) {
    for (auto const value : along.values)
      marks.push_back({{"mark", number(value, along.decimals)},
                       {"mark_x", place(left + width * x.at(value))},
                       {"mark_line", false}});
  }
  for (auto const& mark : plot.marks)
    marks.push_back({{"mark", mark.label},
                     {"mark_x", place(left + width * x.at(mark.x))},
                     {"mark_line", place(width * x.at(mark.x))}});
  view["marks"] = marks;
  if (plot.level && *plot.level > y.low && *plot.level < y.high)
    view["level"] = {{"level_y", place(height * (1 - y.at(*plot.level)))},
                     {"level_name", plot.level_name + fmt::format(" {:.6g}", *plot.level)}};
  return fill("plot", view);
}

}  // namespace restapi::api::pages
