// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <iterator>

#include "api/data.hpp"
#include "api/graph/parts.hpp"
#include "base/json_text.hpp"
#include "sql/graph.hpp"

namespace restapi::api {
namespace {

/// `"name":[…]`, with commas between what `write` writes of each.
template <class All, class Write>
void append_list(std::string& out, std::string_view name, All const& all, Write const& write) {
  out.append("\"").append(name).append("\":[");
  for (bool first = true; auto const& each : all) {
    if (!first) out += ',';
    first = false;
    write(each);
  }
  out += ']';
}

}  // namespace

std::string data_of(Graph const& graph, AnswerLimits& limits) {
  auto const parts = parts_of(graph);
  std::string data = "{\"graph\":{";
  append_list(data, "levels", parts.levels, [&](GraphParts::Level const& level) {
    fmt::format_to(std::back_inserter(data), R"({{"level":{},"shown":{},"total":{}}})", level.level, level.shown,
                   level.total);
  });
  data += ',';
  append_list(data, "links", parts.links, [&](GraphParts::Link const& link) {
    fmt::format_to(std::back_inserter(data), R"({{"id":{},"input_id":{},"label":)", link.id, link.input);
    append_json_string(data, link.label);
    fmt::format_to(std::back_inserter(data), R"(,"output_id":{},"type":)", link.output);
    append_json_string(data, link.type);
    data += '}';
    limits.worked(link.label.size() + link.type.size());
  });
  data += ",\"next\":";
  if (graph.next.empty())
    data += "null";
  else
    append_json_string(data, graph.next);
  data += ',';
  append_list(data, "nodes", parts.nodes, [&](GraphParts::Node const& node) {
    append_object(data, *graph.projection, graph.rows, node.row, limits, sql::GraphColumn::first_field);
  });
  return data + "}}";
}

}  // namespace restapi::api
