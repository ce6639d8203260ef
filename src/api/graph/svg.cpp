// SPDX-License-Identifier: MIT
#include "api/graph/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <pugixml.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "api/graph/layout.hpp"
#include "base/utf8.hpp"

namespace restapi::api {
namespace {

// Pixels.
constexpr double width = 190, height = 44, between_columns = 150, between_rows = 18, margin = 20, beside = 130;
constexpr double step_right = width + between_columns, step_down = height + between_rows;
constexpr std::size_t longest_title = 26, longest_detail = 34, longest_link = 22;  // characters
constexpr int small_font = 10;

double left_of(Place place) { return beside + place.column * step_right; }
double top_of(Place place) { return margin + place.row * step_down; }
double middle_of(Place place) { return top_of(place) + height / 2; }

/// At most so many characters.
std::string shortened(std::string_view text, std::size_t most) {
  auto rest = text;
  for (std::size_t i = 0; i < most && !rest.empty(); ++i) rest.remove_prefix(utf8::first_character(rest));
  if (rest.empty()) return std::string(text);
  return std::string(text.substr(0, text.size() - rest.size())) + "…";
}

struct Point {
  double x, y;
};

/// A Bézier curve.
struct Curve {
  Point begin, first, second, end;

  std::string path() const {
    return fmt::format("M{} {}C{} {} {} {} {} {}", begin.x, begin.y, first.x, first.y, second.x, second.y, end.x,
                       end.y);
  }
};

/// How far a link bends more than the first one between the same nodes.
double aside_of(int nth) {
  constexpr double apart = 16, most = 400;
  return std::min(nth * apart, most);
}

/// To the right, back to the left, or round within a column, on the side that is away from the middle. `nth`: of the
/// links between these two nodes, from 0; each goes a way of its own.
Curve curve_between(Place from, Place to, int nth, bool is_left) {
  constexpr double bend = between_columns / 2, loop = 15;
  auto const aside = aside_of(nth);
  bool const goes_on = to.column > from.column, goes_back = to.column < from.column;
  auto const top = middle_of(from), bottom = middle_of(to);
  if (goes_on || goes_back) {
    auto const begin = goes_back ? left_of(from) : left_of(from) + width;
    auto const end = goes_on ? left_of(to) : left_of(to) + width;
    auto const out = goes_back ? -bend : bend;
    return {{begin, top}, {begin + out, top + aside}, {end - out, bottom + aside}, {end, bottom}};
  }
  // Arcs lie within each other; that of a node to itself is a loop.
  auto const far = std::min(30 + 12 * std::abs(to.row - from.row) + aside, beside);
  auto const side = is_left ? left_of(from) : left_of(from) + width, out = is_left ? side - far : side + far;
  auto const open = from.row == to.row ? loop : 0;
  return {{side, top - open}, {out, top - 2 * open}, {out, bottom + 2 * open}, {side, bottom + open}};
}

class Picture {
 public:
  Picture(Drawing const& drawing, AnswerLimits& limits)
      : drawing_(drawing), layout_(layout_of(drawing)), limits_(limits) {
    for (auto const& node : drawing.nodes) level_[node.pk] = node.level;
  }

  std::string text() {
    svg_.append_attribute("xmlns") = "http://www.w3.org/2000/svg";
    auto const right = 2 * beside + layout_.columns * step_right - between_columns;
    auto const bottom = 2 * margin + layout_.rows * step_down - between_rows + below_boxes();
    svg_.append_attribute("viewBox") = fmt::format("0 0 {} {}", right, bottom).c_str();
    svg_.append_attribute("width") = right;
    svg_.append_attribute("height") = bottom;
    svg_.append_attribute("font-family") = "Helvetica, Arial, sans-serif";
    svg_.append_attribute("font-size") = 12;
    add_arrow();
    for (auto const& link : drawing_.links) add(link);
    // In front of all of them.
    for (auto const& link : drawing_.links) add_label(link);
    for (auto const& node : drawing_.nodes) add(node);
    for (std::size_t i = 0; i < drawing_.more.size(); ++i) add(drawing_.more[i], layout_.more[i]);
    Writer writer{limits_, {}};
    document_.save(writer, " ", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
    return std::move(writer.text);
  }

 private:
  struct Writer final : pugi::xml_writer {
    Writer(AnswerLimits& all, std::string begin) : limits(all), text(std::move(begin)) {}
    void write(void const* data, std::size_t size) override {
      text.append(static_cast<char const*>(data), size);
      limits.worked(size);
      limits.sized(text.size());
    }
    AnswerLimits& limits;
    std::string text;
  };

  void add_arrow() {
    auto marker = svg_.append_child("defs").append_child("marker");
    marker.append_attribute("id") = "arrow";
    marker.append_attribute("viewBox") = "0 0 10 10";
    marker.append_attribute("refX") = 10;
    marker.append_attribute("refY") = 5;
    marker.append_attribute("markerWidth") = 8;
    marker.append_attribute("markerHeight") = 8;
    marker.append_attribute("orient") = "auto";
    auto path = marker.append_child("path");
    path.append_attribute("d") = "M0 0L10 5L0 10z";
    path.append_attribute("fill") = "#555";
  }

  /// In the middle of a place, so far below it.
  static pugi::xml_node add_text(pugi::xml_node& parent, Place place, double below, std::string const& line) {
    auto text = parent.append_child("text");
    text.append_attribute("x") = left_of(place) + width / 2;
    text.append_attribute("y") = middle_of(place) + below;
    text.append_attribute("text-anchor") = "middle";
    text.append_attribute("dominant-baseline") = "middle";
    text.text().set(line.c_str());
    return text;
  }

  void add(Drawing::Link const& link) {
    limits_.worked(link.label.size() + 1);
    auto const from = layout_.nodes.find(link.input), to = layout_.nodes.find(link.output);
    if (from == layout_.nodes.end() || to == layout_.nodes.end()) return;
    auto const nth = drawn_[{link.input, link.output}]++;
    auto const curve = curve_between(from->second, to->second, nth, level_.at(link.input) < 0);
    auto group = svg_.append_child("g");
    group.append_child("title").text().set(link.label.c_str());
    auto path = group.append_child("path");
    path.append_attribute("d") = curve.path().c_str();
    path.append_attribute("fill") = "none";
    path.append_attribute("stroke") = "#555";
    path.append_attribute("marker-end") = "url(#arrow)";
    if (link.look->is_dashed) path.append_attribute("stroke-dasharray") = "6 4";
    if (link.look->is_dotted) path.append_attribute("stroke-dasharray") = "2 3";
  }

  /// What the links between two nodes need below the boxes.
  double below_boxes() const {
    std::map<std::pair<std::int64_t, std::int64_t>, int> count;
    int most = 0;
    for (auto const& link : drawing_.links) most = std::max(most, ++count[{link.input, link.output}]);
    return std::max(0.0, aside_of(most) - height / 2);
  }

  /// Beside the end of the link that is farther from the middle: links that meet in a node are apart there.
  void add_label(Drawing::Link const& link) {
    // Above and below the line, as far as there is room between this row and the next ones. What does not fit is in the
    // title.
    constexpr double lines[] = {-4, 10, -16, 22, -28};
    constexpr double beside_box = 6, beside_arrow = 12;
    auto const from = layout_.nodes.find(link.input), to = layout_.nodes.find(link.output);
    if (from == layout_.nodes.end() || to == layout_.nodes.end()) return;
    auto const curve = curve_between(from->second, to->second, 0, level_.at(link.input) < 0);
    auto const input_level = level_.at(link.input), output_level = level_.at(link.output);
    bool const is_at_input = std::abs(input_level) >= std::abs(output_level);
    auto const& end = is_at_input ? curve.begin : curve.end;
    auto const& inner = is_at_input ? curve.first : curve.second;
    bool const is_right = inner.x > end.x;
    auto& labels = labels_[{is_at_input ? link.input : link.output, is_right}];
    bool const is_there = std::ranges::find(labels, link.label) != labels.end();
    if (is_there || labels.size() == std::size(lines)) return;
    auto const away = is_at_input ? beside_box : beside_arrow;
    auto text = svg_.append_child("text");
    text.append_attribute("x") = is_right ? end.x + away : end.x - away;
    text.append_attribute("y") = end.y + lines[labels.size()];
    labels.push_back(link.label);
    text.append_attribute("text-anchor") = is_right ? "start" : "end";
    text.append_attribute("font-size") = small_font;
    text.append_attribute("fill") = "#333";
    // Readable across other links.
    text.append_attribute("stroke") = "#fff";
    text.append_attribute("stroke-width") = 3;
    text.append_attribute("paint-order") = "stroke";
    text.text().set(shortened(link.label, longest_link).c_str());
  }

  void add(Drawing::More const& more, Place place) {
    auto parent = svg_;
    if (!more.url.empty()) {
      parent = svg_.append_child("a");
      parent.append_attribute("href") = more.url.c_str();
    }
    add_text(parent, place, 0, more.title).append_attribute("fill") = more.url.empty() ? "#555" : "#0b57a4";
  }

  void add(Drawing::Node const& node) {
    auto const place = layout_.nodes.at(node.pk);
    auto link = svg_.append_child("a");
    link.append_attribute("href") = node.url.c_str();
    link.append_child("title").text().set((node.title + "\n" + node.detail).c_str());
    auto box = link.append_child("rect");
    box.append_attribute("x") = left_of(place);
    box.append_attribute("y") = top_of(place);
    box.append_attribute("width") = width;
    box.append_attribute("height") = height;
    if (node.look->is_round) box.append_attribute("rx") = height / 2;
    box.append_attribute("fill") = std::string(node.look->fill).c_str();
    box.append_attribute("stroke") = node.level == 0 ? "#000" : "#777";
    if (node.level == 0) box.append_attribute("stroke-width") = 2;
    constexpr double line = 8;
    add_text(link, place, node.detail.empty() ? 0 : -line, shortened(node.title, longest_title));
    if (node.detail.empty()) return;
    auto detail = add_text(link, place, line, shortened(node.detail, longest_detail));
    detail.append_attribute("fill") = "#333";
    detail.append_attribute("font-size") = small_font;
  }

  Drawing const& drawing_;
  Layout const layout_;
  AnswerLimits& limits_;
  std::map<std::int64_t, std::int64_t> level_;                       // by pk
  std::map<std::pair<std::int64_t, std::int64_t>, int> drawn_ = {};  // links between two nodes
  std::map<std::pair<std::int64_t, bool>, std::vector<std::string_view>> labels_ =
      {};  // beside a node; whether to its right
  pugi::xml_document document_;
  pugi::xml_node svg_ = document_.append_child("svg");
};

}  // namespace

std::string svg_of(Drawing const& drawing, AnswerLimits& limits) { return Picture(drawing, limits).text(); }

}  // namespace restapi::api
