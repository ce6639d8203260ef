// SPDX-License-Identifier: MIT
// A mesh, or a list of points.
#include <fmt/format.h>

#include "api/pages/pictures/picture.hpp"
#include "api/pages/pictures/point_name.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

/// "8 × 8 × 8"
std::string joined(json const& list, std::string_view between) {
  std::string text;
  for (auto const& value : list) {
    if (!text.empty()) text += between;
    text += plain(value);
  }
  return text;
}

/// With as many digits each.
json coordinates(json const& point) {
  auto list = json::array();
  if (!point.is_array()) return list;
  for (auto const& value : point)
    list.push_back(value.is_number() ? fmt::format("{:.6f}", value.get<double>()) : plain(value));
  return list;
}

json list_in(json const& object, char const* key) {
  auto list = object.value(key, json());
  return list.is_array() ? list : json::array();
}

}  // namespace

std::string kpoints_picture(Drawn const& drawn) {
  bool has_weights = false;
  auto facts = json::array(), points = json::array();
  constexpr std::size_t most_points = 200;
  std::size_t left_out = 0;
  if (auto const mesh = drawn.attributes.find("mesh"); mesh != drawn.attributes.end() && mesh->is_array()) {
    facts.push_back({{"fact", "mesh"}, {"fact_value", joined(*mesh, " × ")}});
    if (auto const offset = drawn.attributes.find("offset"); offset != drawn.attributes.end() && offset->is_array())
      facts.push_back({{"fact", "offset"}, {"fact_value", joined(*offset, ", ")}});
  } else {
    auto const data = exported(drawn);
    if (!data) return arrays_picture(drawn);
    auto const kpoints = list_in(*data, "kpoints"), weights = list_in(*data, "weights");
    auto const labels = list_in(drawn.attributes, "labels"), numbers = list_in(drawn.attributes, "label_numbers");
    has_weights = !weights.empty();
    facts.push_back({{"fact", "points"}, {"fact_value", spaced(std::ssize(kpoints))}});
    for (std::size_t i = 0; i < kpoints.size() && i < most_points; ++i) {
      std::string label;
      for (std::size_t n = 0; n < numbers.size() && n < labels.size(); ++n)
        if (numbers[n] == i) label = plain(labels[n]);
      points.push_back({{"point", i},
                        {"point_label", point_name(label)},
                        {"coordinates", coordinates(kpoints[i])},
                        {"weight", i < weights.size() ? plain(weights[i]) : ""}});
    }
    left_out = kpoints.size() - points.size();
  }
  return fill("kpoints",
              {{"facts", fill("facts", {{"facts", facts}})},
               {"has_weights", has_weights},
               {"points", points},
               {"left_out", left_out == 0 ? json(false) : json(spaced(static_cast<std::int64_t>(left_out)))}});
}

}  // namespace restapi::api::pages
