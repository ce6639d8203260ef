// SPDX-License-Identifier: MIT
#include "api/v4/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <limits>

#include "api/v4/vocabulary.hpp"

namespace restapi::api::v4 {
namespace {

// The first row that fits answers, so words stand before the placeholders that would take them for an id.
constexpr Route rows[] = {
    {"v4", RouteKind::endpoints, false, "every endpoint"},
    {"v4/server", RouteKind::server, false, "versions of the API and of AiiDA"},
    {"v4/server/endpoints", RouteKind::endpoints, false, "every endpoint"},
    {"v4/computers", RouteKind::list, true, "computers"},
    {"v4/computers/projectable_properties", RouteKind::properties, false, "the fields of computers"},
    {"v4/computers/:id", RouteKind::object, false, "one computer"},
    {"v4/groups", RouteKind::list, true, "groups"},
    {"v4/groups/projectable_properties", RouteKind::properties, false, "the fields of groups"},
    {"v4/groups/:id", RouteKind::object, false, "one group"},
    {"v4/users", RouteKind::list, true, "users"},
    {"v4/users/projectable_properties", RouteKind::properties, false, "the fields of users"},
    {"v4/users/:id", RouteKind::object, false, "one user, by pk"},
    {"v4/nodes", RouteKind::list, true, "nodes"},
    {"v4/nodes/projectable_properties", RouteKind::properties, false, "the fields of nodes"},
    {"v4/nodes/statistics", RouteKind::statistics, false, "how many nodes of which type, made on which day"},
    {"v4/nodes/full_types", RouteKind::full_types, false, "the types of the nodes, as a tree"},
    {"v4/nodes/full_types_count", RouteKind::full_types_count, false, "the same with the number of nodes"},
    {"v4/nodes/download_formats", RouteKind::download_formats, false, "the formats in which nodes can be downloaded"},
    {"v4/nodes/:id", RouteKind::object, false, "one node"},
    {"v4/nodes/:id/links/incoming", RouteKind::incoming, true, "links that end at a node, and where they begin"},
    {"v4/nodes/:id/links/outgoing", RouteKind::outgoing, true, "links that begin at a node, and where they end"},
    {"v4/nodes/:id/links/tree", RouteKind::tree, false, "a node and its neighbours"},
    {"v4/nodes/:id/contents/attributes", RouteKind::attributes, false, "the attributes of a node"},
    {"v4/nodes/:id/contents/extras", RouteKind::extras, false, "the extras of a node"},
    {"v4/nodes/:id/contents/derived_properties", RouteKind::derived_properties, false,
     "what follows from the attributes of a structure, k-points or bands"},
    {"v4/nodes/:id/contents/comments", RouteKind::comments, false, "the comments on a node"},
    {"v4/nodes/:id/repo/list", RouteKind::repo_list, false, "what is in a folder of a node's files"},
    {"v4/nodes/:id/repo/contents", RouteKind::repo_contents, false, "a file of a node"},
    {"v4/nodes/:id/download", RouteKind::download, false, "a node in a format of another program"},
    {"v4/processes/projectable_properties", RouteKind::properties, false, "the fields of processes"},
    {"v4/processes/:id/report", RouteKind::report, false, "what a process has logged"},
    {"v4/calcjobs/:id/input_files", RouteKind::input_files, false, "the files that a calculation was given"},
    {"v4/calcjobs/:id/output_files", RouteKind::output_files, false, "the files that were retrieved from it"},
    {"v4/querybuilder", RouteKind::querybuilder, false, "what a query in JSON asks for, which is posted"},
};

/// The decoded path between its slashes. One that was sent as %2F is a slash, too.
std::vector<std::string_view> words_of(std::string_view path) {
  std::vector<std::string_view> words;
  while (!path.empty()) {
    auto const word = path.substr(0, path.find('/'));
    if (!word.empty()) words.push_back(word);
    path.remove_prefix(std::min(path.size(), word.size() + 1));
  }
  return words;
}

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
bool is_hex(char byte) { return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F'); }

/// A uuid with its dashes, or how one begins.
bool is_start_of_uuid(std::string_view text) {
  constexpr std::size_t length = 36;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool const is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return text.size() <= length;
}

bool is_id_of(Found const& found) {
  if (found.view->resource->identity == model::Identity::pk) return is_number(found.id);
  // Digits alone may name a process by its pk.
  auto const resource = found.route->resource();
  return is_start_of_uuid(found.id) || ((resource == "processes" || resource == "calcjobs") && is_number(found.id));
}

query::View const* view_of(Route const& route) {
  if (route.is_of_server() || route.is_posted()) return nullptr;
  auto const* const view = vocabulary().find_view(route.resource());
  return view != nullptr ? view : &vocabulary().nodes();  // processes, calcjobs
}

// Reads /page[/<n>] off the end of a path. A number of any length is a page number, if perhaps of no page.
bool read_page(std::span<std::string_view const> rest, Found& found) {
  if (rest.empty()) return true;
  if (!found.route->has_pages || rest[0] != "page" || rest.size() > 2) return false;
  std::int64_t number = 1;
  if (rest.size() == 2) {
    auto const text = rest[1];
    if (!is_number(text)) return false;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc{})
      number = std::numeric_limits<std::int64_t>::max();
  }
  found.page = number;
  return true;
}

// Of every request: nothing is made before it fits.
std::optional<Found> match(Route const& route, std::span<std::string_view const> words) {
  std::string_view id;
  std::size_t used = 0;
  for (auto pattern = route.pattern; !pattern.empty(); ++used) {
    auto const word = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(std::min(pattern.size(), word.size() + 1));
    if (used == words.size()) return std::nullopt;
    if (word == ":id")
      id = words[used];
    else if (word != words[used])
      return std::nullopt;
  }
  Found found{&route, view_of(route), std::string(id)};
  if (!id.empty()) found.is_id = is_id_of(found);
  if (!read_page(words.subspan(used), found)) return std::nullopt;
  if (found.page) found.before_page.assign(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(used));
  return found;
}

std::string line_of(Route const& route, std::string_view page) {
  std::string path = "/api";
  for (auto const word : words_of(route.pattern)) path.append("/").append(word == ":id" ? "<id>" : word);
  auto const resource = route.is_of_server() ? "server" : route.resource();
  auto const methods = route.is_posted() ? "GET,HEAD,OPTIONS,POST" : "GET,HEAD,OPTIONS";
  return fmt::format("{:<15} {:<20} {}/{}", resource, methods, path, page);
}

}  // namespace

std::span<Route const> routes() { return rows; }

bool is_number(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }

std::string_view Route::resource() const {
  auto const slash = pattern.find('/');
  if (slash == pattern.npos) return {};
  auto const behind_version = pattern.substr(slash + 1);
  return behind_version.substr(0, behind_version.find('/'));
}

std::optional<Found> find_route(std::string_view path) {
  auto const words = words_of(path);
  if (words.empty() || words[0] != "api") return std::nullopt;
  for (auto const& route : rows) {
    auto found = match(route, std::span(words).subspan(1));
    if (!found) continue;
    if (found->page) found->before_page.insert(found->before_page.begin(), "api");
    return found;
  }
  return std::nullopt;
}

std::vector<std::string> endpoints(bool has_posting) {
  std::vector<std::string> lines;
  for (auto const& route : rows) {
    if (route.is_posted() && !has_posting) continue;
    lines.push_back(line_of(route, ""));
    if (!route.has_pages) continue;
    lines.push_back(line_of(route, "page/"));
    lines.push_back(line_of(route, "page/<int:page>/"));
  }
  std::ranges::sort(lines);
  return lines;
}

}  // namespace restapi::api::v4
