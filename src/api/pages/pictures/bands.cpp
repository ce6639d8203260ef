// SPDX-License-Identifier: MIT
// Bands along a path of k-points.
#include "api/pages/pictures/picture.hpp"
#include "api/pages/pictures/plot.hpp"
#include "api/pages/pictures/point_name.hpp"
#include "api/pages/values.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

std::optional<double> number_in(json const& object, std::initializer_list<char const*> keys) {
  for (auto const* key : keys)
    if (auto const found = object.find(key); found != object.end() && found->is_number()) return found->get<double>();
  return std::nullopt;
}

json neighbours(Drawn const& drawn, std::string const& address, char const* direction) {
  auto const got = drawn.client.get(address + "/links/" + direction + "?limit=20");
  return got && got->data.is_object() ? got->data.value(direction, json::array()) : json::array();
}

/// What the bands say themselves, or else the other results of the calculation that made them.
std::optional<double> fermi_level(Drawn const& drawn) {
  if (auto const own = number_in(drawn.attributes, {"fermi_level", "fermi_energy", "efermi"})) return own;
  for (auto const& creator : neighbours(drawn, drawn.address, "incoming")) {
    if (text_in(creator, "link_type") != "create") continue;
    auto const address = "/api/v4/nodes/" + text_in(creator, "uuid");
    for (auto const& result : neighbours(drawn, address, "outgoing")) {
      if (text_in(result, "link_label") != "output_parameters") continue;
      auto const got = drawn.client.get("/api/v4/nodes/" + text_in(result, "uuid") + "/contents/attributes");
      if (!got || !got->data.is_object()) continue;
      return number_in(got->data.value("attributes", json::object()), {"fermi_energy", "efermi", "fermi_level"});
    }
  }
  return std::nullopt;
}

std::vector<double> numbers_of(json const& list) {
  std::vector<double> numbers;
  for (auto const& value : list)
    numbers.push_back(value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN());
  return numbers;
}

}  // namespace

std::string bands_picture(Drawn const& drawn) {
  auto const data = exported(drawn);
  if (!data) return arrays_picture(drawn);
  auto const units = drawn.attributes.find("units");
  Plot plot{.name = "Band structure",
            .unit = units != drawn.attributes.end() && units->is_string() ? units->get<std::string>() : "eV",
            .level = fermi_level(drawn),
            .level_name = "Fermi level"};
  auto const paths = data->value("paths", json::array());
  for (auto const& path : paths) {
    if (!path.is_object()) continue;
    auto const x = numbers_of(path.value("x", json::array()));
    if (x.empty()) continue;
    auto const values = path.value("values", json::array());
    for (auto const& band : values) plot.lines.push_back({x, numbers_of(band)});
    auto const from = point_name(text_in(path, "from")), to = point_name(text_in(path, "to"));
    if (plot.marks.empty() || plot.marks.back().x != x.front())
      plot.marks.push_back({x.front(), from});
    else if (plot.marks.back().label != from)
      plot.marks.back().label += "|" + from;
    plot.marks.push_back({x.back(), to});
  }
  return plot_of(plot);
}

}  // namespace restapi::api::pages
