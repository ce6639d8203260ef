// SPDX-License-Identifier: MIT
#include "api/v2/keys.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "api/v2/vocabulary.hpp"

using namespace restapi;
using namespace restapi::api;
using v2::RouteKind;

TEST_CASE("each reserved key belongs to the endpoints of the documents", "[v2][keys]") {
  std::set<RouteKind> kinds;
  for (auto const& route : v2::routes()) kinds.insert(route.kind);
  std::set<RouteKind> const lists = {RouteKind::list, RouteKind::inputs, RouteKind::outputs};
  struct Row {
    std::string_view key;
    std::set<RouteKind> kinds;
  };
  std::vector<Row> const rows = {
      {"limit", {RouteKind::list, RouteKind::inputs, RouteKind::outputs, RouteKind::graph}},
      {"offset", lists},
      {"perpage", lists},
      {"orderby", lists},
      {"fields", {RouteKind::list, RouteKind::inputs, RouteKind::outputs, RouteKind::graph, RouteKind::object}},
      {"count", {RouteKind::list}},
      {"after", {RouteKind::list, RouteKind::graph}},
      {"levels", {RouteKind::graph}},
      {"direction", {RouteKind::graph}},
      {"alist", {RouteKind::attributes}},
      {"nalist", {RouteKind::attributes}},
      {"elist", {RouteKind::extras}},
      {"nelist", {RouteKind::extras}},
      {"keys", {RouteKind::facets}},
      {"in_limit", {RouteKind::tree}},
      {"out_limit", {RouteKind::tree}},
      {"filename", {RouteKind::retrieved_inputs, RouteKind::retrieved_outputs}},
      {"rtype", {RouteKind::retrieved_inputs, RouteKind::retrieved_outputs}},
      {"visformat", {RouteKind::visualization}},
      {"format", {RouteKind::download}},
      {"user", {RouteKind::statistics}},
  };
  REQUIRE(v2::keys().size() == rows.size());
  REQUIRE(v2::reserved_keys().size() == rows.size());
  for (auto const& row : rows) {
    CAPTURE(row.key);
    auto const key = std::ranges::find(v2::keys(), row.key, [](auto const& each) { return each.reserved.name; });
    REQUIRE(key != v2::keys().end());
    for (auto const kind : kinds) CHECK(key->belongs_to(kind) == row.kinds.contains(kind));
    CHECK_FALSE(key->place.empty());
    CHECK_FALSE(key->accepts.empty());
    CHECK(v2::vocabulary().find_key(row.key)->meaning == key->reserved.meaning);
  }
  for (auto const kind : kinds) CHECK(v2::is_list(kind) == lists.contains(kind));
  CHECK(v2::vocabulary().find_key("Limit") == nullptr);
  CHECK(v2::vocabulary().find_key("") == nullptr);
}

TEST_CASE("no field hides behind a reserved key", "[v2][keys]") {
  for (auto const& view : v2::vocabulary().views) {
    for (auto const& key : v2::reserved_keys()) CHECK(view.find(key.name) == nullptr);
    CHECK(view.find(v2::vocabulary().ignored_key) == nullptr);
  }
}
