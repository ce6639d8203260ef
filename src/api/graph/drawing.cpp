// SPDX-License-Identifier: MIT
#include "api/graph/drawing.hpp"

#include <algorithm>
#include <span>

#include "api/graph/parts.hpp"
#include "base/printable.hpp"
#include "sql/graph.hpp"

namespace restapi::api {
namespace {

struct LookRow {
  std::string_view begin;  // of the type
  NodeLook look;
};

// The first that fits. `code.` and `calculation.` are of AiiDA 0.x.
constexpr LookRow looks[] = {
    {"data.core.code.", {true, "#9fc2d8"}},
    {"data.code.", {true, "#9fc2d8"}},
    {"code.", {true, "#9fc2d8"}},
    {"data.", {true, "#b5e2bb"}},
    {"process.workflow.", {false, "#f2c49a"}},
    {"calculation.work.", {false, "#f2c49a"}},
    {"process.", {false, "#efb3ba"}},
    {"calculation.", {false, "#efb3ba"}},
    {"", {true, "#e4e4e4"}},
};

struct LinkLookRow {
  std::string_view type;
  LinkLook look;
};

constexpr LinkLook plain_link{false, false};
constexpr LinkLookRow link_looks[] = {
    {"call_calc", {true, false}}, {"call_work", {true, false}},  {"calllink", {true, false}},
    {"return", {false, true}},    {"returnlink", {false, true}},
};

constexpr std::size_t longest_title = 200;

/// "Dict" of "data.core.dict.Dict."
std::string_view class_of(std::string_view type) {
  while (type.ends_with('.')) type.remove_suffix(1);
  return type.substr(type.rfind('.') + 1);
}

}  // namespace

NodeLook const& look_of(std::string_view type) {
  return std::ranges::find_if(looks, [&](auto const& row) { return type.starts_with(row.begin); })->look;
}

LinkLook const& look_of_link(std::string_view type) {
  auto const found = std::ranges::find(link_looks, type, &LinkLookRow::type);
  return found == std::end(link_looks) ? plain_link : found->look;
}

Drawing drawing_of(Graph const& graph, std::string const& nodes_url) {
  auto const parts = parts_of(graph);
  Drawing drawing;
  std::string url;  // of the node that it is around
  for (auto const& node : parts.nodes) {
    auto const field = [&](std::size_t name) {
      return graph.rows.at(node.row, sql::GraphColumn::first_field + name).value_or("");
    };
    auto const label = field(drawn_label), type = field(drawn_type), state = field(drawn_state);
    auto detail = printable(class_of(type), longest_title) + " (" + std::to_string(node.pk) + ")";
    if (!state.empty()) detail += ", " + printable(state, longest_title);
    auto title = printable(label, longest_title);
    if (title.empty()) std::swap(title, detail);
    drawing.nodes.push_back({node.pk, node.level, std::move(title), std::move(detail),
                             nodes_url + std::string(field(drawn_uuid)), &look_of(type)});
    if (node.level == 0) url = drawing.nodes.back().url;
  }
  for (auto const& link : parts.links)
    drawing.links.push_back({link.input, link.output, printable(link.label, longest_title), &look_of_link(link.type)});
  for (auto const& level : parts.levels)
    if (level.shown < level.total)
      drawing.more.push_back({level.level, "+" + std::to_string(level.total - level.shown) + " more",
                              url.empty()         ? ""
                              : level.level == -1 ? url + "/io/inputs"
                              : level.level == 1  ? url + "/io/outputs"
                                                  : ""});
  return drawing;
}

}  // namespace restapi::api
