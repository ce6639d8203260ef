// SPDX-License-Identifier: MIT
/// The endpoints of /api/v4: one row each. What the base URL lists, what docs/api-v4.md lists and what is answered come
/// from this table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/view.hpp"

namespace restapi::api::v4 {

inline constexpr std::string_view prefix = "/api/v4";

/// What is answered.
enum class RouteKind {
  endpoints,
  server,
  properties,  ///< the fields of a resource, for clients that show tables
  list,
  object,
  incoming,
  outgoing,
  tree,
  attributes,
  extras,
  derived_properties,
  comments,
  repo_list,
  repo_contents,
  download,
  input_files,
  output_files,
  statistics,
  full_types,
  full_types_count,
  download_formats,
  report,
  querybuilder,
};

struct Route {
  /// Segments after "/api"; ":id" stands for one, and names an object. Logs and metrics call the route so. A literal.
  std::string_view pattern;
  RouteKind kind;
  bool has_pages;  ///< /page and /page/<n> may follow
  std::string_view help;

  std::string_view resource() const;  ///< "nodes"; empty: the base URL
  bool is_of_server() const { return kind == RouteKind::endpoints || kind == RouteKind::server; }
  bool is_posted() const { return kind == RouteKind::querybuilder; }
};

std::span<Route const> routes();

/// Digits alone.
bool is_number(std::string_view text);

/// A route and what its placeholders stand for.
struct Found {
  Route const* route;
  query::View const* view = nullptr;  ///< of the objects that an id names; null: the route has none
  std::string id = {};                ///< as written; empty: the route has none
  bool is_id = true;                  ///< the id has the form of one
  std::optional<std::int64_t> page = {};
  std::vector<std::string> before_page = {};  ///< the words of the whole path; empty: no page is asked for
};

/// `path`: decoded. Slashes at the end, doubled ones and encoded ones are as in AiiDA. Nothing: no endpoint.
std::optional<Found> find_route(std::string_view path);

/// A line for each path: "groups          GET,HEAD,OPTIONS     /api/v4/groups/page/<int:page>/". `has_posting`: with
/// the one that is posted to.
std::vector<std::string> endpoints(bool has_posting);

}  // namespace restapi::api::v4
