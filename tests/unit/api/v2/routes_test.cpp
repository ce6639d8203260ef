// SPDX-License-Identifier: MIT
#include "api/v2/routes.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "api/v2/vocabulary.hpp"
#include "http/target.hpp"

using namespace restapi;
using namespace restapi::api;

namespace {

std::string_view kind_name(v2::RouteKind kind) {
  using enum v2::RouteKind;
  switch (kind) {
    case endpoints:
      return "endpoints";
    case server:
      return "server";
    case openapi:
      return "openapi";
    case schema:
      return "schema";
    case list:
      return "list";
    case object:
      return "one";
    case inputs:
      return "inputs";
    case outputs:
      return "outputs";
    case graph:
      return "graph";
    case tree:
      return "tree";
    case retrieved_inputs:
      return "retrieved inputs";
    case retrieved_outputs:
      return "retrieved outputs";
    case visualization:
      return "visualization";
    case download:
      return "download";
    case attributes:
      return "attributes";
    case extras:
      return "extras";
    case statistics:
      return "statistics";
    case facets:
      return "facets";
  }
  return "";
}

/// "nodes inputs id=x page=2", "none".
std::string route_of(std::string_view path) {
  static std::vector<http::Target> targets;  // Found has views into them
  targets.reserve(1'000);
  targets.push_back(*http::read_target(path));
  auto const found = v2::find_route(targets.back().segments);
  if (!found) return "none";
  std::string said(kind_name(found->route->kind));
  if (found->resource) said = std::string(found->resource->name) + " " + said;
  if (!found->id.empty()) said += " id=" + std::string(found->id);
  if (found->page)
    said += " page=" + std::to_string(*found->page) + " after " + std::to_string(found->segments_before_page);
  return said;
}

}  // namespace

TEST_CASE("paths lead to their answers", "[routes]") {
  struct Case {
    std::string_view path, route;
  };
  for (auto const& row : {
           Case{"/api/v2", "endpoints"},
           Case{"/api/v2/", "endpoints"},
           Case{"/api/v2/server", "server"},
           Case{"/api/v2/server/", "server"},
           Case{"/api/v2/server/endpoints", "endpoints"},
           Case{"/api/v2/openapi", "openapi"},
           Case{"/api/v2/openapi.json", "openapi"},
           Case{"/api/v2/users/", "users list"},
           Case{"/api/v2/users", "users list"},
           Case{"/api/v2/nodes/statistics", "nodes statistics"},
           Case{"/api/v2/groups/schema", "groups schema"},
           Case{"/api/v2/upfs/schema/", "upfs schema"},
           Case{"/api/v2/users/2", "users one id=2"},
           Case{"/api/v2/nodes/338357f4-f2", "nodes one id=338357f4-f2"},
           Case{"/api/v2/nodes/338357f4%2Df2/", "nodes one id=338357f4-f2"},
           Case{"/api/v2/calculations/338357f4-f2/io/inputs", "calculations inputs id=338357f4-f2"},
           Case{"/api/v2/data/a67fba41-8a/io/graph.svg", "data graph id=a67fba41-8a"},
           Case{"/api/v2/codes/a6/io/tree", "codes tree id=a6"},
           Case{"/api/v2/nodes/a6/io/retrieved_inputs", "nodes retrieved inputs id=a6"},
           Case{"/api/v2/calculations/a6/io/retrieved_outputs/", "calculations retrieved outputs id=a6"},
           Case{"/api/v2/bands/a6/content/visualization", "bands visualization id=a6"},
           Case{"/api/v2/cifs/a6/content/download", "cifs download id=a6"},
           Case{"/api/v2/nodes/a67fba41-8a/io/outputs/", "nodes outputs id=a67fba41-8a"},
           Case{"/api/v2/data/338357f4-f2/content/attributes", "data attributes id=338357f4-f2"},
           Case{"/api/v2/nodes/338357f4-f2/content/extras", "nodes extras id=338357f4-f2"},
           Case{"/api/v2/nodes/page", "nodes list page=1 after 3"},
           Case{"/api/v2/nodes/page/", "nodes list page=1 after 3"},
           Case{"/api/v2/computers/page/7/", "computers list page=7 after 3"},
           Case{"/api/v2/nodes/page/0", "nodes list page=0 after 3"},
           Case{"/api/v2/nodes/page/007", "nodes list page=7 after 3"},
           Case{"/api/v2/nodes/page/99999999999999999999999", "nodes list page=9223372036854775807 after 3"},
           Case{"/api/v2/nodes/ab/io/inputs/page/2", "nodes inputs id=ab page=2 after 6"},
           Case{"/api/v2/nodes/ab/io/inputs/page", "nodes inputs id=ab page=1 after 6"},
           // Only nodes have statistics; elsewhere the word is an id like any other.
           Case{"/api/v2/codes/statistics", "codes one id=statistics"},
       }) {
    CAPTURE(row.path);
    CHECK(route_of(row.path) == row.route);
  }
}

TEST_CASE("paths that are no endpoint", "[routes]") {
  for (auto const* path : {"/",
                           "",
                           "/api",
                           "/api/v1",
                           "/api/v2x",
                           "/api/v4/nodes",
                           "/v2/nodes",
                           "/API/v2/nodes",
                           "/api/v2/node",
                           "/api/v2/Nodes",
                           "/api//v2/nodes",
                           "/api/v2//nodes",
                           "/api/v2/nodes//",
                           "/api/v2/server/x",
                           "/api/v2/server/endpoints/x",
                           "/api/v2/nodes/ab/io",
                           "/api/v2/nodes/ab/io/input",
                           "/api/v2/nodes/ab/content",
                           "/api/v2/nodes/ab/content/files",
                           "/api/v2/nodes/ab/io/inputs/x",
                           "/api/v2/nodes/ab/io/tree/page",
                           "/api/v2/data/ab/io/retrieved_outputs",
                           "/api/v2/users/1/io/tree",
                           "/api/v2/computers/ab/content/download",
                           "/api/v2/nodes/ab/page",
                           "/api/v2/nodes/ab/page/1",
                           "/api/v2/nodes/page/x",
                           "/api/v2/nodes/page/-1",
                           "/api/v2/nodes/page/+1",
                           "/api/v2/nodes/page/1.0",
                           "/api/v2/nodes/page/1/2",
                           "/api/v2/nodes/schema/page",
                           "/api/v2/nodes/schema/x",
                           "/api/v2/nodes/statistics/page",
                           "/api/v2/users/2/io/inputs",
                           "/api/v2/computers/ab/content/extras",
                           "/api/v2/groups/ab/io/outputs",
                           "/api/v2/page",
                           "/api/v2/server/page",
                           "/api/v2/:resource",
                           "/api/v2/computers/orderby=-uuid/x",
                           "*"}) {
    CAPTURE(path);
    CHECK(route_of(path) == "none");
  }
}

TEST_CASE("every endpoint that is listed is answered, and none twice", "[routes]") {
  auto const endpoints = v2::endpoints();
  std::set<std::string> const unique(endpoints.begin(), endpoints.end());
  CHECK(unique.size() == endpoints.size());
  for (auto endpoint : endpoints) {
    CAPTURE(endpoint);
    for (auto const& [placeholder, value] : {std::pair{"<id>", "2"}, std::pair{"<n>", "3"}})
      if (auto const at = endpoint.find(placeholder); at != endpoint.npos)
        endpoint.replace(at, std::string_view(placeholder).size(), value);
    CHECK(route_of(endpoint) != "none");
    CHECK(route_of(endpoint + "/") == route_of(endpoint));
  }
}

TEST_CASE("the list of endpoints has each route of each of its resources, once for each form of page", "[routes]") {
  std::size_t expected = 0;
  for (auto const& route : v2::routes()) {
    CHECK_FALSE(route.help.empty());
    if (!route.is_listed) continue;
    auto const resources = std::ranges::count_if(v2::vocabulary().views, [&](auto const& view) {
      return route.of == v2::Of::all || (route.of == v2::Of::nodes && view.resource->is_node);
    });
    expected += static_cast<std::size_t>(route.of == v2::Of::none ? 1 : resources) * (route.has_pages ? 3 : 1);
  }
  CHECK(v2::endpoints().size() == expected);
}
