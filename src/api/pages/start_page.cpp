// SPDX-License-Identifier: MIT
// What there is: of a profile, and of a server with several.
#include <algorithm>
#include <map>

#include "api/pages/bars.hpp"
#include "api/pages/calendar.hpp"
#include "api/pages/kinds.hpp"
#include "api/pages/node_table.hpp"
#include "api/pages/query_text.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

/// Types of nodes, the most frequent first.
std::string bars_of_types(json const& types, std::string const& root) {
  std::vector<Bar> bars;
  for (auto const& [type, count] : types.items())
    bars.push_back({.name = short_type(type),
                    .title = type,
                    .count = count.get<std::int64_t>(),
                    .href = root + "api/v2/nodes?" + http::percent_encode("type=" + in_quotes(type))});
  std::ranges::stable_sort(bars, std::greater(), &Bar::count);
  constexpr std::size_t most_bars = 40;
  if (bars.size() > most_bars) bars.resize(most_bars);
  return bars_of(bars);
}

/// What an endpoint is for, by its path with placeholders, "/nodes/<id>"; as OpenAPI says it, the same as long as the
/// program runs.
std::map<std::string, std::string> const& words_of_endpoints(Client const& client) {
  static auto const words = [&] {
    std::map<std::string, std::string> found;
    auto const got = client.get("/api/v2/openapi");
    auto const paths = got && got->data.is_object() ? got->data.value("paths", json::object()) : json::object();
    for (auto const& [path, operations] : paths.items()) {
      auto with_brackets = path;
      std::ranges::replace(with_brackets, '{', '<');
      std::ranges::replace(with_brackets, '}', '>');
      auto const get = operations.value("get", json::object());
      found[with_brackets] = text_in(get, "summary");
    }
    return found;
  }();
  return words;
}

json unless_empty(std::string html) { return html.empty() ? json(false) : json(std::move(html)); }

/// Gives the number of nodes.
std::int64_t add_statistics(json& view, json const& data, std::string const& root) {
  auto const total = data.value("total", std::int64_t{0});
  view["total"] = spaced(total);
  view["types"] = unless_empty(bars_of_types(data.value("types", json::object()), root));
  Days days;
  auto const counts = data.value("ctime_by_day", json::object());
  for (auto const& [day, count] : counts.items()) days[day] = count.get<std::int64_t>();
  view["days"] = unless_empty(calendar_of(days, root + "api/v2/nodes"));
  return total;
}

Part::Counted counted(Shown const& shown, std::int64_t total) {
  return {shown.root + "api/v2/nodes.json?limit=0", total};
}

}  // namespace

Part start_page(Shown const& shown) {
  json view = json::object();
  std::int64_t total = 0;
  if (auto const statistics = shown.client.get("/api/v2/nodes/statistics"))
    total = add_statistics(view, statistics->data, shown.root);
  auto resources = json::array();
  for (std::string const name : {"nodes", "calculations", "data", "codes", "computers", "groups", "users"}) {
    auto const list = shown.client.get("/api/v2/" + name + "?limit=1");
    bool const is_one = list && list->total == 1 && name.ends_with('s');
    if (list)
      resources.push_back({{"resource", is_one ? name.substr(0, name.size() - 1) : name},
                           {"resource_count", list->total ? spaced(*list->total) : ""},
                           {"resource_href", shown.root + "api/v2/" + name}});
  }
  view["resources"] = resources;
  view["newest"] = false;
  if (auto const list = shown.client.get("/api/v2/nodes?orderby=-id&limit=10"))
    if (auto const newest = list->data.value("nodes", json::array()); !newest.empty())
      view["newest"] = node_table(shown.client, newest, shown.root);
  auto endpoints = json::array();
  auto const& words = words_of_endpoints(shown.client);
  for (auto const& path : shown.data.value("available_endpoints", json::array())) {
    auto const text = plain(path);
    bool const is_address = text.find('<') == text.npos;
    auto const found = words.find(text.substr(std::min(text.size(), std::string_view("/api/v2").size())));
    endpoints.push_back({{"endpoint_words", found == words.end() ? "" : found->second},
                         {"endpoint", text},
                         {"endpoint_href", is_address ? json(shown.root + text.substr(1)) : json(false)}});
  }
  view["endpoints"] = endpoints;
  view["openapi_href"] = shown.root + "api/v2/openapi";
  Part part{"AiiDA provenance", fill("start", view)};
  part.address = "/api/v2/nodes/statistics";
  part.counted = counted(shown, total);
  return part;
}

Part statistics_page(Shown const& shown) {
  json view = json::object();
  auto const total = add_statistics(view, shown.data, shown.root);
  Part part{"Statistics", fill("statistics", view)};
  part.counted = counted(shown, total);
  return part;
}

Part profiles_page(nlohmann::json const& data, std::string const& root) {
  auto list = json::array();
  if (data.is_object())
    for (auto const& profile : data.value("profiles", json::array())) {
      auto const name = text_in(profile, "name");
      list.push_back({{"profile", name},
                      {"profile_href", root + http::percent_encode_segment(name) + "/api/v2"},
                      {"needs_token", profile.contains("needs_token")},
                      {"node_count", profile.contains("nodes") ? json(spaced(profile["nodes"])) : json(false)},
                      {"last_change", shown_time(text_in(profile, "last_change"))},
                      {"last_change_iso", iso_of(text_in(profile, "last_change"))},
                      {"profile_error", profile.contains("error") ? profile["error"] : json(false)}});
    }
  Part part{"Profiles", fill("profiles", {{"profiles", list}})};
  part.has_search = false;
  return part;
}

}  // namespace restapi::api::pages
