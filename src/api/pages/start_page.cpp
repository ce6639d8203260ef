// SPDX-License-Identifier: MIT
// What there is: of a profile, and of a server with several.
#include <algorithm>

#include "api/pages/kinds.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

constexpr double widest_bar = 100;  // percent

/// Bars, as HTML: {"type": 12, …}, the longest first. `by_name`: in the order of the names instead. False: there are
/// none.
json bars(json const& numbers, std::string const& root, bool by_name) {
  struct Bar {
    std::string name;
    std::int64_t count;
  };
  std::vector<Bar> all;
  std::int64_t most = 1;
  for (auto const& [name, count] : numbers.items()) {
    all.push_back({name, count.get<std::int64_t>()});
    most = std::max(most, all.back().count);
  }
  if (!by_name) std::ranges::stable_sort(all, std::greater(), &Bar::count);
  constexpr std::size_t most_bars = 40;
  if (by_name && all.size() > most_bars) all.erase(all.begin(), all.end() - most_bars);
  if (all.size() > most_bars) all.resize(most_bars);
  auto list = json::array();
  for (auto const& bar : all) {
    auto const query = by_name ? "ctime=" + bar.name : "type=" + http::percent_encode("\"" + bar.name + "\"");
    list.push_back(
        {{"bar", by_name ? bar.name : short_type(bar.name)},
         {"bar_title", bar.name},
         {"bar_count", spaced(bar.count)},
         {"bar_width", static_cast<int>(widest_bar * static_cast<double>(bar.count) / static_cast<double>(most)) + 1},
         {"bar_href", (root + "api/v2/nodes?").append(query)}});
  }
  return list.empty() ? json(false) : json(fill("bars", {{"bars", list}}));
}

void add_statistics(json& view, json const& data, std::string const& root) {
  view["total"] = spaced(data.value("total", std::int64_t{0}));
  view["types"] = bars(data.value("types", json::object()), root, false);
  view["days"] = bars(data.value("ctime_by_day", json::object()), root, true);
}

}  // namespace

Part start_page(Shown const& shown) {
  json view = json::object();
  if (auto const statistics = shown.client.get("/api/v2/nodes/statistics"))
    add_statistics(view, statistics->data, shown.root);
  auto resources = json::array();
  for (std::string const name : {"nodes", "calculations", "data", "codes", "computers", "groups", "users"}) {
    auto const list = shown.client.get("/api/v2/" + name + "?limit=1");
    if (list)
      resources.push_back({{"resource", name},
                           {"resource_count", list->total ? spaced(*list->total) : ""},
                           {"resource_href", shown.root + "api/v2/" + name}});
  }
  view["resources"] = resources;
  auto newest = json::array();
  if (auto const list = shown.client.get("/api/v2/nodes?orderby=-id&limit=10"))
    for (auto const& node : list->data.value("nodes", json::array()))
      newest.push_back({{"node_href", address_of("nodes", node, shown.root)},
                        {"node_pk", node.value("id", json())},
                        {"node_label", node.value("label", json()).is_string() ? node["label"] : json("")},
                        {"node_type", short_type(plain(node.value("type", json(""))))}});
  view["newest"] = newest;
  auto endpoints = json::array();
  for (auto const& path : shown.data.value("available_endpoints", json::array())) {
    auto const text = plain(path);
    bool const is_address = text.find('<') == text.npos;
    endpoints.push_back(
        {{"endpoint", text}, {"endpoint_href", is_address ? json(shown.root + text.substr(1)) : json(false)}});
  }
  view["endpoints"] = endpoints;
  return {"AiiDA provenance", fill("start", view)};
}

Part statistics_page(Shown const& shown) {
  json view = json::object();
  add_statistics(view, shown.data, shown.root);
  return {"Statistics", fill("statistics", view)};
}

Part profiles_page(nlohmann::json const& data, std::string const& root) {
  auto list = json::array();
  if (data.is_object())
    for (auto const& profile : data.value("profiles", json::array())) {
      auto const name = profile.value("name", "");
      list.push_back({{"profile", name},
                      {"profile_href", root + http::percent_encode_segment(name) + "/api/v2"},
                      {"profile_error", profile.contains("error") ? profile["error"] : json(false)}});
    }
  return {"Profiles", fill("profiles", {{"profiles", list}})};
}

Part schema_page(Shown const& shown) {
  auto fields = json::array();
  auto const path = shown.target.path.substr(0, shown.target.path.rfind('/'));
  auto const described = shown.data.value("fields", json::object());
  for (auto const& [key, field] : described.items()) {
    auto const type = field.value("type", "");
    auto const example = type == "int"        ? key + ">0"
                         : type == "datetime" ? key + ">2024-01-01"
                         : type == "bool"     ? key + "=true"
                                              : key + "=ilike=\"a%\"";
    fields.push_back({{"key", key},
                      {"display_name", field.value("display_name", "")},
                      {"help", field.value("help_text", "")},
                      {"key_type", type},
                      {"example", example},
                      {"example_href", shown.root + path.substr(1) + "?" + http::percent_encode(example)}});
  }
  return {"Fields", fill("schema", {{"fields", fields}})};
}

Part graph_page(Shown const& shown) {
  auto path = shown.target.path;
  if (path.ends_with(".html")) path.resize(path.size() - std::string_view(".html").size());
  auto const address = path + ".svg" + (shown.target.query.empty() ? "" : "?" + shown.target.query);
  auto const drawn = shown.client.text(address);
  return {"Provenance", fill("graph", {{"graph", drawn ? json(*drawn) : json(false)},
                                       {"graph_svg", shown.root + address.substr(1)}})};
}

Part too_large_page(std::size_t bytes) {
  constexpr std::size_t mega = 1'000'000;
  return {"Too large for a page", fill("too_large", {{"megabytes", bytes / mega}})};
}

Part document_page(Shown const& shown) {
  auto const& segments = shown.target.segments;
  auto const title = segments.empty() ? std::string("Answer") : segments.back();
  return {title, fill("document", {{"heading", title}, {"tree", tree_of(shown.data)}})};
}

}  // namespace restapi::api::pages
