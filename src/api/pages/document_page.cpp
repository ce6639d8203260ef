// SPDX-License-Identifier: MIT
// Answers that are about no object: fields, drawings, documents.
#include "api/pages/filter_fields.hpp"
#include "api/pages/kinds.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"

namespace restapi::api::pages {

using nlohmann::json;

namespace {

std::string example_of(std::string const& key, std::string const& type) {
  struct Row {
    std::string_view key, example;
  };
  constexpr Row rows[] = {{"type", "=\"data.core.dict.Dict.\""},
                          {"state", "=finished"},
                          {"uuid", "=startswith=8e28"},
                          {"exit_status", ">0"},
                          {"process_type", "=like=\"aiida.calculations:%\""}};
  for (auto const& row : rows)
    if (row.key == key) return key + std::string(row.example);
  return key + (type == "int"        ? ">0"
                : type == "datetime" ? ">2024-01-01"
                : type == "bool"     ? "=true"
                                     : "=ilike=\"%a%\"");
}

}  // namespace

Part schema_page(Shown const& shown) {
  auto fields = json::array();
  auto const path = shown.target.path.substr(0, shown.target.path.rfind('/'));
  auto const described = shown.data.value("fields", json::object());
  for (auto const& [key, field] : described.items()) {
    auto const type = text_in(field, "type");
    auto const example = example_of(key, type);
    fields.push_back({{"key", key},
                      {"display_name", text_in(field, "display_name")},
                      {"help", text_in(field, "help_text")},
                      {"key_type", type},
                      {"key_operators", operators_of(type)},
                      {"example", example},
                      {"example_href", shown.root + path.substr(1) + "?" + http::percent_encode(example)}});
  }
  return {"Fields", fill("schema", {{"fields", fields}, {"openapi_href", shown.root + "api/v2/openapi"}})};
}

Part graph_page(Shown const& shown) {
  auto path = shown.target.path;
  if (path.ends_with(".html")) path.resize(path.size() - std::string_view(".html").size());
  auto const query = shown.target.query.empty() ? "" : "?" + shown.target.query;
  auto const svg = shown.client.text(path + ".svg" + query);
  json view{{"drawing", false}, {"node_href", shown.root + path.substr(1, path.find("/io/") - 1)}};
  view["node_name"] = shown.target.segments.size() > 3 ? shown.target.segments[3] : "";
  auto const graph = shown.data.value("graph", json::object());
  auto const nodes = graph.value("nodes", json::array());
  for (auto const& node : nodes)
    if (node.value("level", json()) == 0 && node.value("label", json()).is_string() && node["label"] != "")
      view["node_name"] = node["label"];
  if (svg)
    view["drawing"] = fill("drawing", {{"svg", *svg},
                                       {"region", "Provenance"},
                                       {"graph_svg", shown.root + path.substr(1) + ".svg" + query},
                                       {"graph_json", shown.root + path.substr(1) + ".json" + query}});
  return {"Provenance", fill("graph", view)};
}

Part too_large_page(std::size_t bytes) {
  constexpr std::size_t mega = 1'000'000;
  return {"Too large for a page", fill("too_large", {{"megabytes", bytes / mega}})};
}

Part document_page(Shown const& shown) {
  constexpr std::size_t most_values = 20'000;
  auto const& segments = shown.target.segments;
  auto const title = segments.empty() ? std::string("Answer") : segments.back();
  return {title, fill("document", {{"heading", title}, {"tree", tree_of(shown.data, most_values, "")}})};
}

}  // namespace restapi::api::pages
