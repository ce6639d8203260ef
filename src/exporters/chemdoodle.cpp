// SPDX-License-Identifier: MIT
#include "exporters/chemdoodle.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <vector>

#include "base/json_text.hpp"
#include "exporters/formula.hpp"
#include "exporters/json_numbers.hpp"
#include "exporters/not_possible.hpp"
#include "exporters/structure.hpp"

namespace restapi::exporters {
namespace {

/// The corners of the cell: how often each vector is added.
struct Corner {
  std::string_view name;
  std::array<int, 3> times;
};
constexpr Corner corners[] = {{"o", {0, 0, 0}},  {"x", {1, 0, 0}},  {"y", {0, 1, 0}},  {"z", {0, 0, 1}},
                              {"xy", {1, 1, 0}}, {"xz", {1, 0, 1}}, {"yz", {0, 1, 1}}, {"xyz", {1, 1, 1}}};

std::string html_of(Kind const& kind) {
  std::string html;
  for (auto const& text : component_texts(kind)) {
    if (!html.empty()) html += " + ";
    html += text.symbol == "X" ? "vacancy" : text.symbol;
    if (!text.weight.empty()) html += "<sub>" + text.weight + "</sub>";
  }
  return html;
}

/// What all atoms of a kind have in common.
struct KindJson {
  std::string label, html;
};

std::vector<KindJson> kinds_of(Structure const& structure) {
  std::vector<KindJson> kinds;
  for (auto const& kind : structure.kinds) {
    auto& json = kinds.emplace_back();
    append_json_string(json.label, symbol_text(kind));
    append_json_string(json.html, html_of(kind));
  }
  return kinds;
}

}  // namespace

Result<std::string> structure_chemdoodle(Node const& node) {
  auto const structure = read_structure(node.attributes);
  if (!structure) return structure.error();
  auto const& [a, b, c] = structure->cell;
  Vector middle{};
  for (std::size_t i = 0; i < 3; ++i) middle[i] = (a[i] + b[i] + c[i]) / 2;
  std::string out = R"({"s":[{"t":"UnitCell","i":"s0")";
  auto const end = std::back_inserter(out);
  for (auto const& corner : corners) {
    Vector at{};
    for (std::size_t i = 0; i < 3; ++i)
      at[i] = a[i] * corner.times[0] + b[i] * corner.times[1] + c[i] * corner.times[2] - middle[i];
    fmt::format_to(end, R"(,"{}":[{},{},{}])", corner.name, json_number(at[0]), json_number(at[1]), json_number(at[2]));
  }
  out += R"(}],"m":[{"a":[)";
  auto const kinds = kinds_of(*structure);
  for (auto const& site : structure->sites) {
    auto const& [label, html] = kinds[site.kind];
    auto const& [x, y, z] = site.position;
    if (&site != &structure->sites.front()) out += ',';
    fmt::format_to(end, R"({{"l":{},"x":{},"y":{},"z":{},"atomic_elements_html":{}}})", label,
                   json_number(x - middle[0]), json_number(y - middle[1]), json_number(z - middle[2]), html);
    if (out.size() > largest_answer) return too_large();
  }
  return out + R"(]}],"units":"&Aring;"})";
}

}  // namespace restapi::exporters
