// SPDX-License-Identifier: MIT
/// The endpoints of /api/v2: one row each. What the base URL lists, what docs/api-v2.md lists and what is answered
/// come from this table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/view.hpp"

namespace restapi::api::v2 {

inline constexpr std::string_view prefix = "/api/v2";

/// What is answered.
enum class RouteKind {
  endpoints,  ///< every endpoint of every resource
  server,     ///< name and version
  openapi,    ///< the description of all of this for programs
  schema,
  list,
  object,
  inputs,
  outputs,
  graph,
  tree,
  retrieved_inputs,
  retrieved_outputs,
  attributes,
  extras,
  visualization,
  download,
  statistics,
  facets,
};

/// Which resources a :resource stands for.
enum class Of { none, all, nodes, calculations };  // nodes: and its kinds; calculations: and nodes

/// Whether the answer is, or may be, a file.
constexpr bool may_be_file(RouteKind kind) {
  return kind == RouteKind::download || kind == RouteKind::retrieved_inputs || kind == RouteKind::retrieved_outputs;
}

struct Route {
  std::string_view pattern;  ///< segments after the prefix; ":resource" and ":id" stand for one each
  Of of;
  RouteKind kind;
  bool has_pages;  ///< /page and /page/<n> may follow
  std::string_view help;
  bool is_listed = true;  ///< by the base URL, whose answer AiiDA's clients know
};

std::span<Route const> routes();

/// What logs and metrics call the route: its pattern, "/" for the empty one. A literal.
std::string_view name_of(Route const& route);

/// A route and what its placeholders stand for. Views of the path.
struct Found {
  Route const* route;
  query::View const* resource = nullptr;
  std::string_view id = {};
  std::optional<std::int64_t> page = {};
  std::size_t segments_before_page = 0;  ///< of the whole path
  std::string_view ending = {};          ///< of its last segment, which means a format: ".csv"
};

/// `segments` of the whole path, "api" and "v2" included. Nothing: no endpoint.
std::optional<Found> find_route(std::span<std::string const> segments);

/// A path with its placeholders: a route, of one resource, with or without a page.
struct Endpoint {
  Route const* route;
  query::View const* resource;  ///< null: of the server itself
  std::string path;             ///< "/api/v2/nodes/<id>/io/inputs/page/<n>"
  bool has_page = false;
};

/// Of every route and resource.
std::vector<Endpoint> all_endpoints();

/// The paths of those that are listed.
std::vector<std::string> endpoints();

}  // namespace restapi::api::v2
