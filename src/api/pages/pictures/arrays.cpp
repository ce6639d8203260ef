// SPDX-License-Identifier: MIT
// Arrays: names, shapes and the first values; those of one dimension as a line.
#include <algorithm>
#include <limits>

#include "api/pages/pictures/picture.hpp"
#include "api/pages/pictures/plot.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

constexpr std::string_view prefix = "array|";

/// The first numbers of nested lists, in their order.
void take_first(json const& value, std::size_t most, std::vector<std::string>& to) {
  if (to.size() >= most) return;
  if (!value.is_array()) return to.push_back(plain(value));
  for (auto const& element : value) take_first(element, most, to);
}

std::string line_of(json const& array, std::string const& name, std::string const& unit) {
  Plot::Line line;
  if (!array.is_array()) return {};
  for (auto const& value : array) {
    if (!value.is_number() && !value.is_null()) return {};
    line.x.push_back(static_cast<double>(line.x.size()));
    // What is not a number, or infinite, is null, and a gap.
    line.y.push_back(value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN());
  }
  // A count says nothing as a line.
  constexpr std::size_t fewest = 3;
  if (line.x.size() < fewest || line.x == line.y) return {};
  return plot_of({.name = name, .unit = unit, .lines = {std::move(line)}});
}

}  // namespace

std::int64_t numbers_in_arrays(json const& attributes) {
  std::int64_t sum = 0;
  for (auto const& [key, shape] : attributes.items()) {
    if (!key.starts_with(prefix) || !shape.is_array()) continue;
    // As far as it is counted, so that nothing overflows, whatever the attributes say.
    std::int64_t size = 1;
    for (auto const& length : shape) {
      auto const count = length.is_number_integer() ? length.get<std::int64_t>() : 1;
      size = std::min(most_numbers + 1, size * std::clamp<std::int64_t>(count, 0, most_numbers + 1));
    }
    sum = std::min(most_numbers + 1, sum + size);
  }
  return sum;
}

std::string arrays_picture(Drawn const& drawn) {
  auto values = json::object();
  if (auto data = exported(drawn)) values = *std::move(data);
  auto arrays = json::array();
  constexpr std::size_t most_shown = 12;
  for (auto const& [key, shape] : drawn.attributes.items()) {
    if (!key.starts_with(prefix) || !shape.is_array()) continue;
    auto const name = key.substr(prefix.size());
    std::string shape_text, first;
    for (auto const& length : shape) shape_text += (shape_text.empty() ? "" : " × ") + plain(length);
    std::vector<std::string> numbers;
    auto const array = values.value(name, json());
    take_first(array.is_null() ? json::array() : array, most_shown + 1, numbers);
    for (std::size_t i = 0; i < numbers.size() && i < most_shown; ++i) first += (i == 0 ? "" : "  ") + numbers[i];
    if (numbers.size() > most_shown) first += " …";
    auto const unit = drawn.attributes.value("units|" + name, json());
    auto const plot = line_of(array, name, unit.is_string() ? unit.get<std::string>() : "");
    arrays.push_back({{"array", name},
                      {"array_unit", unit.is_string() ? unit : json("")},
                      {"shape", shape_text},
                      {"first", first},
                      {"plot", plot.empty() ? json(false) : json(plot)}});
  }
  return arrays.empty() ? std::string() : fill("arrays", {{"arrays", arrays}});
}

}  // namespace restapi::api::pages
