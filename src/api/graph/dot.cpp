// SPDX-License-Identifier: MIT
#include "api/graph/dot.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

namespace restapi::api {
namespace {

/// A text in double quotes. It has no control characters (Drawing).
std::string quoted(std::string_view text) {
  std::string all = "\"";
  for (char const byte : text) {
    if (byte == '"' || byte == '\\') all += '\\';
    all += byte;
  }
  return all + '"';
}

/// Two lines.
std::string quoted(std::string_view first, std::string_view second) {
  auto all = quoted(first);
  if (second.empty()) return all;
  all.back() = '\\';
  return all + 'n' + quoted(second).substr(1);
}

std::string_view style_of(LinkLook const& look) {
  if (look.is_dashed) return "dashed";
  return look.is_dotted ? "dotted" : "solid";
}

}  // namespace

std::string dot_of(Drawing const& drawing, AnswerLimits& limits) {
  std::string dot = "digraph provenance {\n  rankdir=LR;\n  node [style=filled];\n";
  auto const out = std::back_inserter(dot);
  auto worked = [&, before = std::size_t{0}]() mutable {
    limits.worked(dot.size() - before);
    before = dot.size();
    limits.sized(before);
  };
  for (auto const& node : drawing.nodes) {
    fmt::format_to(out, "  n{} [label={}, shape={}, fillcolor=\"{}\", URL={}];\n", node.pk,
                   quoted(node.title, node.detail), node.look->is_round ? "ellipse" : "box", node.look->fill,
                   quoted(node.url));
    worked();
  }
  for (auto const& link : drawing.links) {
    fmt::format_to(out, "  n{} -> n{} [label={}, style={}];\n", link.input, link.output, quoted(link.label),
                   style_of(*link.look));
    worked();
  }
  for (auto const& more : drawing.more)
    fmt::format_to(out, "  \"more {}\" [label={}, shape=plaintext, style=\"\"];\n", more.level, quoted(more.title));
  return dot + "}\n";
}

}  // namespace restapi::api
