// SPDX-License-Identifier: MIT
#include "api/v2/routes.hpp"

#include <charconv>
#include <limits>
#include <utility>

#include "api/format.hpp"
#include "api/v2/formats.hpp"
#include "api/v2/vocabulary.hpp"

namespace restapi::api::v2 {
namespace {

// The first row that fits answers, so words stand before the placeholders that would take them for an id.
constexpr Route rows[] = {
    {"", Of::none, RouteKind::endpoints, false, "every endpoint"},
    {"server", Of::none, RouteKind::server, false, "name and version of the server"},
    {"server/endpoints", Of::none, RouteKind::endpoints, false, "every endpoint"},
    {"openapi", Of::none, RouteKind::openapi, false, "this API as OpenAPI describes it, for programs", false},
    {":resource", Of::all, RouteKind::list, true, "the objects of a resource"},
    {":resource/schema", Of::all, RouteKind::schema, false, "the fields of a resource"},
    {"nodes/statistics", Of::none, RouteKind::statistics, false, "how many nodes of which type, made on which day"},
    {":resource/facets", Of::all, RouteKind::facets, false, "how often which values occur in a list"},
    {":resource/:id", Of::all, RouteKind::object, false, "one object"},
    {":resource/:id/io/inputs", Of::nodes, RouteKind::inputs, true, "the nodes that a node was made from"},
    {":resource/:id/io/outputs", Of::nodes, RouteKind::outputs, true, "the nodes that were made from a node"},
    {":resource/:id/io/graph", Of::nodes, RouteKind::graph, false,
     "the nodes around a node, and the links between them", false},
    {":resource/:id/io/tree", Of::nodes, RouteKind::tree, false, "a node and its neighbours, each described in a line",
     false},
    {":resource/:id/io/retrieved_inputs", Of::calculations, RouteKind::retrieved_inputs, false,
     "the files that a calculation was given", false},
    {":resource/:id/io/retrieved_outputs", Of::calculations, RouteKind::retrieved_outputs, false,
     "the files that were retrieved from a calculation", false},
    {":resource/:id/content/attributes", Of::nodes, RouteKind::attributes, false, "the attributes of a node"},
    {":resource/:id/content/extras", Of::nodes, RouteKind::extras, false, "the extras of a node"},
    {":resource/:id/content/visualization", Of::nodes, RouteKind::visualization, false,
     "what follows from a structure, k-points or bands", false},
    {":resource/:id/content/download", Of::nodes, RouteKind::download, false, "a node as a file of another program",
     false},
};

/// The segments of a path without the ending of the last one.
struct Words {
  std::span<std::string const> segments;
  std::size_t ending;  // bytes

  std::size_t size() const { return segments.size(); }
  std::string_view operator[](std::size_t i) const {
    std::string_view const word = segments[i];
    return i + 1 == segments.size() ? word.substr(0, word.size() - ending) : word;
  }
  Words behind(std::size_t first) const { return {segments.subspan(first), ending}; }
};

// The word before the next slash; `path` is shortened by it.
std::string_view take_word(std::string_view& path) {
  auto const word = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(path.size(), word.size() + 1));
  return word;
}

bool takes(Route const& route, query::View const& view) {
  switch (route.of) {
    case Of::none:
      return false;
    case Of::all:
      return true;
    case Of::nodes:
      return view.resource->is_node;
    case Of::calculations:
      return view.name == "nodes" || view.name == "calculations";
  }
  return false;
}

// Reads /page[/<n>] off the end of a path. A number of any length is a page number, if perhaps of no page.
bool read_page(Words rest, Found& found) {
  if (rest.size() == 0) return true;
  if (!found.route->has_pages || rest[0] != "page" || rest.size() > 2) return false;
  std::int64_t number = 1;
  if (rest.size() == 2) {
    auto const text = rest[1];
    if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return false;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc{})
      number = std::numeric_limits<std::int64_t>::max();
  }
  found.page = number;
  return true;
}

// Of a route that has no placeholder for it.
query::View const* resource_in(Route const& route) {
  return route.kind == RouteKind::statistics ? &vocabulary().nodes() : nullptr;
}

std::optional<Found> match(Route const& route, Words segments) {
  Found found{&route};
  found.resource = resource_in(route);
  std::size_t used = 0;
  for (auto pattern = route.pattern; !pattern.empty(); ++used) {
    auto const word = take_word(pattern);
    if (used == segments.size()) return std::nullopt;
    auto const segment = segments[used];
    if (word == ":resource") {
      found.resource = vocabulary().find_view(segment);
      if (!found.resource || !takes(route, *found.resource)) return std::nullopt;
    } else if (word == ":id") {
      if (segment.empty()) return std::nullopt;
      found.id = segment;
    } else if (word != segment) {
      return std::nullopt;
    }
  }
  found.segments_before_page = used;
  if (!read_page(segments.behind(used), found)) return std::nullopt;
  return found;
}

std::string with_placeholders(std::string_view pattern, std::string_view resource) {
  std::string path;
  while (!pattern.empty()) {
    auto const word = take_word(pattern);
    path += "/" + (word == ":resource" ? std::string(resource) : word == ":id" ? "<id>" : std::string(word));
  }
  return path;
}

}  // namespace

std::span<Route const> routes() { return rows; }

std::string_view name_of(Route const& route) { return route.pattern.empty() ? "/" : route.pattern; }

std::optional<Found> find_route(std::span<std::string const> segments) {
  if (segments.size() < 2 || segments[0] != "api" || segments[1] != "v2") return std::nullopt;
  auto const ending = segments.size() == 2 ? std::string_view() : ending_of(segments.back(), formats());
  Words const words{segments.subspan(2), ending.size()};
  for (auto const& route : rows) {
    auto found = match(route, words);
    if (!found) continue;
    found->segments_before_page += 2;
    found->ending = ending;
    return found;
  }
  return std::nullopt;
}

std::vector<Endpoint> all_endpoints() {
  std::vector<Endpoint> all;
  auto const add = [&](Route const& route, query::View const* resource) {
    auto const path = std::string(prefix) + with_placeholders(route.pattern, resource ? resource->name : "");
    all.push_back({&route, resource, path});
    if (!route.has_pages) return;
    all.push_back({&route, resource, path + "/page", true});
    all.push_back({&route, resource, path + "/page/<n>", true});
  };
  for (auto const& route : rows)
    if (route.of == Of::none) add(route, resource_in(route));
  for (auto const& view : vocabulary().views)
    for (auto const& route : rows)
      if (takes(route, view)) add(route, &view);
  return all;
}

std::vector<std::string> endpoints() {
  std::vector<std::string> listed;
  for (auto& endpoint : all_endpoints())
    if (endpoint.route->is_listed) listed.push_back(std::move(endpoint.path));
  return listed;
}

}  // namespace restapi::api::v2
