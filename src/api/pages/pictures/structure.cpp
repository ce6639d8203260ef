// SPDX-License-Identifier: MIT
// A crystal or a molecule: atoms and cell, seen from a little above. The script structure.js turns it.
#include "exporters/structure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>

#include "api/pages/pictures/element_looks.hpp"
#include "api/pages/pictures/picture.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"

namespace restapi::api::pages {
namespace {

using exporters::dot;
using exporters::length;
using exporters::Structure;
using exporters::sum;
using exporters::times;
using exporters::Vector;
using nlohmann::json;

constexpr std::size_t most_atoms = 5000, most_rows = 200;
constexpr double scale = 40;       // units of the drawing to the Å
constexpr double of_radius = 0.5;  // atoms do not hide each other
constexpr double farthest = 1e6;   // Å

/// Nothing: the attributes are not those of a structure, or there is nothing to see.
std::optional<Structure> structure_in(json const& attributes) {
  auto structure = exporters::read_structure(attributes.dump(-1, ' ', false, json::error_handler_t::replace));
  if (!structure || structure->sites.empty()) return std::nullopt;
  auto const is_near = [](Vector const& v) { return length(v) < farthest; };
  if (!std::ranges::all_of(structure->cell, is_near)) return std::nullopt;
  if (!std::ranges::all_of(structure->sites, is_near, &exporters::Site::position)) return std::nullopt;
  return *std::move(structure);
}

ElementLook look_of(exporters::Kind const& kind) { return element_look(kind.components.front().symbol); }

std::span<exporters::Site const> drawn_sites(Structure const& structure) {
  return std::span(structure.sites).first(std::min(most_atoms, structure.sites.size()));
}

// x to the right, y down the page, z towards the reader: turned about the vertical, then tipped forward.
Vector seen(Vector const& v) {
  constexpr double turn = -0.4, tip = 0.3;
  auto const x = v[0] * std::cos(turn) - v[1] * std::sin(turn), away = v[0] * std::sin(turn) + v[1] * std::cos(turn);
  return {scale * x, -scale * (v[2] * std::cos(tip) + away * std::sin(tip)),
          scale * (v[2] * std::sin(tip) - away * std::cos(tip))};
}

std::string place(double value) { return fmt::format("{:.1f}", value); }

/// Circles and lines, the farthest first; of what is equally far, lines.
json shapes_of(Structure const& structure, std::string& view_box) {
  struct Shape {
    double depth;
    json drawn;
  };
  std::vector<Shape> shapes;
  double low_x = 1e9, low_y = 1e9, high_x = -1e9, high_y = -1e9;
  auto const take = [&](Vector const& point, double radius) {
    low_x = std::min(low_x, point[0] - radius);
    high_x = std::max(high_x, point[0] + radius);
    low_y = std::min(low_y, point[1] - radius);
    high_y = std::max(high_y, point[1] + radius);
  };
  bool const has_cell = std::ranges::find(structure.is_periodic, true) != structure.is_periodic.end();
  Vector const origin{};
  for (std::size_t i = 0; has_cell && i < 3; ++i) {
    auto const &one = structure.cell[(i + 1) % 3], &other = structure.cell[(i + 2) % 3];
    for (auto const& corner : {origin, one, other, sum(one, other)}) {
      auto const begin = seen(corner), end = seen(sum(corner, structure.cell[i]));
      take(begin, 1);
      take(end, 1);
      shapes.push_back(
          {std::min(begin[2], end[2]),
           {{"edge",
             {{"x1", place(begin[0])}, {"y1", place(begin[1])}, {"x2", place(end[0])}, {"y2", place(end[1])}}}}});
    }
  }
  for (auto const& site : drawn_sites(structure)) {
    auto const look = look_of(structure.kinds[site.kind]);
    auto const centre = seen(site.position);
    auto const radius = look.radius * of_radius * scale;
    take(centre, radius);
    shapes.push_back({centre[2],
                      {{"atom",
                        {{"x", place(centre[0])},
                         {"y", place(centre[1])},
                         {"r", place(radius)},
                         {"colour", std::string(look.colour)}}}}});
  }
  std::ranges::stable_sort(shapes, {}, &Shape::depth);
  constexpr double margin = 8;
  view_box = fmt::format("{:.0f} {:.0f} {:.0f} {:.0f}", low_x - margin, low_y - margin, high_x - low_x + 2 * margin,
                         high_y - low_y + 2 * margin);
  auto list = json::array();
  for (auto& shape : shapes) {
    shape.drawn.emplace("atom", false);
    shape.drawn.emplace("edge", false);
    list.push_back(std::move(shape.drawn));
  }
  return list;
}

/// For structure.js.
json for_script(Structure const& structure) {
  json data{{"cell", structure.cell}, {"periodic", structure.is_periodic}};
  for (auto const& kind : structure.kinds) {
    auto const look = look_of(kind);
    data["kinds"].push_back({{"colour", std::string(look.colour)}, {"radius", look.radius * of_radius}});
  }
  for (auto const& [kind, position] : drawn_sites(structure))
    data["atoms"].push_back({kind, position[0], position[1], position[2]});
  return data;
}

/// Never "-0.0000".
std::string coordinate(double value) {
  constexpr double smallest = 0.5e-4;
  return fmt::format("{:.4f}", std::abs(value) < smallest ? 0.0 : value);
}

double angle(Vector const& a, Vector const& b) {
  auto const cosine = dot(times(a, 1 / length(a)), times(b, 1 / length(b)));
  constexpr double half_turn = 180;
  return std::acos(std::clamp(cosine, -1.0, 1.0)) * half_turn / std::numbers::pi;
}

/// "Fe 0.5, Ni 0.5"; empty: it is one element, and called so.
std::string components_of(exporters::Kind const& kind) {
  auto const& components = kind.components;
  if (components.size() == 1 && components.front().symbol == kind.name && !kind.has_vacancies()) return {};
  std::string text;
  for (auto const& [symbol, weight] : components)
    text += (text.empty() ? "" : ", ") + symbol + (weight == 1 ? "" : fmt::format(" {:.4g}", weight));
  return text;
}

json facts_of(Drawn const& drawn, Structure const& structure) {
  auto facts = json::array();
  auto const add = [&](std::string_view fact, std::string const& value) {
    facts.push_back({{"fact", std::string(fact)}, {"fact_value", value}});
  };
  auto const got = drawn.client.get(drawn.address + "/contents/derived_properties");
  auto const derived =
      got && got->data.is_object() ? got->data.value("derived_properties", json::object()) : json::object();
  if (derived.contains("formula")) add("formula", plain(derived["formula"]));
  auto const& [a, b, c] = structure.cell;
  add("a, b, c", fmt::format("{:.4g}, {:.4g}, {:.4g} Å", length(a), length(b), length(c)));
  constexpr double shortest = 1e-6;
  if (std::min({length(a), length(b), length(c)}) > shortest)
    add("α, β, γ", fmt::format("{:.4g}°, {:.4g}°, {:.4g}°", angle(b, c), angle(a, c), angle(a, b)));
  if (auto const size = derived.find("dimensionality"); size != derived.end() && size->is_object()) {
    auto const dimensions = size->value("dim", json(0));
    auto const* const unit = dimensions == 3 ? " Å³" : dimensions == 2 ? " Å²" : " Å";
    if (size->value("value", json()).is_number() && dimensions != 0)
      add(plain(size->value("label", json("size"))), fmt::format("{:.6g}{}", (*size)["value"].get<double>(), unit));
  }
  std::string periodic;
  for (std::size_t i = 0; i < 3; ++i)
    if (structure.is_periodic[i]) periodic += (periodic.empty() ? "" : ", ") + std::string(1, "abc"[i]);
  add("periodic along", periodic.empty() ? "nothing" : periodic);
  add("sites", spaced(std::ssize(structure.sites)));
  return facts;
}

}  // namespace

std::string structure_picture(Drawn const& drawn) {
  auto const structure = structure_in(drawn.attributes);
  if (!structure) return {};
  std::string view_box;
  json view{{"shapes", shapes_of(*structure, view_box)}, {"data", for_script(*structure).dump()}};
  view["view_box"] = view_box;
  view["facts"] = fill("facts", {{"facts", facts_of(drawn, *structure)}});
  auto kinds = json::array(), sites = json::array();
  for (auto const& kind : structure->kinds)
    kinds.push_back({{"kind_name", kind.name},
                     {"made_of", components_of(kind)},
                     {"kind_colour", std::string(look_of(kind).colour)}});
  view["kinds"] = kinds;
  for (auto const& [kind, position] : std::span(structure->sites).first(std::min(most_rows, structure->sites.size()))) {
    json site{{"kind_name", structure->kinds[kind].name}, {"cartesian", json::array()}, {"fractional", json::array()}};
    for (auto const value : position) site["cartesian"].push_back(coordinate(value));
    if (auto const fraction = exporters::fractional(structure->cell, position))
      for (auto const value : *fraction) site["fractional"].push_back(coordinate(value));
    sites.push_back(std::move(site));
  }
  auto const all = std::ssize(structure->sites);
  auto const more_than = [&](std::size_t most) {
    auto const left_out = all - static_cast<std::ptrdiff_t>(most);
    return left_out > 0 ? json(spaced(left_out)) : json(false);
  };
  view["sites"] = sites;
  view["sites_left_out"] = more_than(most_rows);
  view["atoms_left_out"] = more_than(most_atoms);
  return fill("structure", view);
}

}  // namespace restapi::api::pages
