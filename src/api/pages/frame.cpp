// SPDX-License-Identifier: MIT
// What stands around the main part of each page: where it is, and how a program gets the same.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "api/pages/files.hpp"
#include "api/pages/kinds.hpp"
#include "api/pages/query_text.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

constexpr std::size_t longest_crumb = 60;

// In a shell, within single quotes (POSIX.1 §2.2.2).
std::string for_shell(std::string const& text) {
  std::string quoted = "'";
  for (char const c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// A string of Python: that of JSON is one.
std::string for_python(std::string const& text) {
  return json(text).dump(-1, ' ', true, json::error_handler_t::replace);
}

json crumbs(http::Target const& target, std::string const& root, std::string const& within) {
  auto list = json::array();
  if (target.segments.empty() || target.segments[0] != "api") return list;
  std::string path = root + "api";
  // "api" alone is no address, and the start page is that of /api/v2.
  for (std::size_t i = 1; i < target.segments.size(); ++i) {
    auto const& segment = target.segments[i];
    path += "/" + http::percent_encode_segment(segment);
    if (i == 1 && segment == "v2") continue;
    // The version, a resource, an object; words below that are parts of a path.
    constexpr std::size_t last_address = 3;
    if (segment == "io" || segment == "content") continue;
    bool const is_address = i <= last_address && segment != "calcjobs" && segment != "processes" && segment != "page";
    list.push_back(
        {{"crumb", segment.size() == 36 ? segment.substr(0, 8) : segment},
         {"crumb_href", is_address && (i + 1 < target.segments.size() || !within.empty()) ? json(path) : json(false)}});
  }
  if (!within.empty()) list.push_back({{"crumb", short_text(within, longest_crumb)}, {"crumb_href", false}});
  return list;
}

/// What the feed calls the objects of a list: those of data, of structures are nodes.
std::string told_resource(std::string const& resource) {
  for (auto const* other : {"computers", "groups", "users"})
    if (resource == other) return resource;
  return "nodes";
}

/// Where a browser gets the same as JSON: with the ending of /api/v2 that says so; false: there is no such address.
json json_address(std::string const& asked, std::string const& root) {
  auto const query = std::min(asked.find('?'), asked.size());
  auto path = asked.substr(0, query);
  while (path.ends_with('/')) path.pop_back();
  if (!path.starts_with("/api/v2/")) return false;
  return root + path.substr(1) + ".json" + asked.substr(query);
}

/// An address without what says that a page is wanted, with everything encoded that a shell or a program could change.
std::string asked_of(std::string_view address) {
  auto const end = std::min(address.find('?'), address.size());
  auto path = address.substr(0, end);
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  constexpr std::string_view ending = ".html";
  if (path.ends_with(ending) && !path.ends_with("/.html")) path.remove_suffix(ending.size());
  auto const whole = std::string(path).append(address.substr(end));
  std::string asked;
  for (char const c : whole) {
    if (c > ' ' && c < '\x7f')
      asked += c;
    else
      fmt::format_to(std::back_inserter(asked), "%{:02X}", static_cast<unsigned char>(c));
  }
  return asked;
}

/// How a program gets the same.
json program(Part const& part, std::string const& root, http::Target const& target,
             http::PublicAddress const& address) {
  auto const whole = target.path + (target.query.empty() ? "" : "?") + target.query;
  auto const asked = asked_of(part.address.empty() ? whole : part.address);
  auto const url = address.root() + asked.substr(asked.starts_with('/') ? 1 : 0);
  bool const is_file = !part.is_error && asked.find("/repo/contents") != asked.npos,
             is_bare = asked.ends_with("/openapi");
  return {{"json_href", is_file ? json(false) : json(json_address(asked, root))},
          {"curl", "curl -g " + for_shell(url) + (is_file ? " -o file" : "")},
          {"python", "import requests\nanswer = requests.get(" + for_python(url) + ")\n" +
                         (part.is_error ? "print(answer.status_code, answer.text)"
                          : is_file     ? "answer.raise_for_status()\ndata = answer.content"
                          : is_bare     ? "answer.raise_for_status()\ndata = answer.json()"
                                        : "answer.raise_for_status()\ndata = answer.json()[\"data\"]")}};
}

}  // namespace

std::string root_of(http::PublicAddress const& address) { return address.prefix + "/"; }

std::string framed(Part const& part, std::string const& root, http::Target const& target,
                   http::PublicAddress const& address) {
  json view{{"title", part.title},
            {"root", root},
            {"assets", root + asset_folder()},
            {"crumbs", crumbs(target, root, part.within)},
            {"main", part.html},
            {"start", root + (address.mount.empty() ? "" : "api/v2")},
            {"has_search", part.has_search},
            {"live", false},
            {"profile", false}};
  if (!address.profile.empty()) {
    auto const all = address.prefix.substr(0, address.prefix.size() - address.mount.size()) + "/";
    view["profile"] = {{"profiles_href", address.mount.empty() ? json(false) : json(all)},
                       {"profile_name", std::string(address.profile)}};
  }
  if (part.is_live) {
    auto& live = view["live"];
    auto const told = part.about.empty() ? told_resource(part.resource) : "nodes,links,logs,comments";
    live = {{"events", root + "api/v2/events?resource=" + told},
            {"about", part.about},
            {"about_pk", part.about_pk},
            {"counted", false}};
    if (part.counted) live["counted"] = {{"counted_href", part.counted->address}, {"now", part.counted->now}};
  }
  view.update(program(part, root, target, address));
  return fill("frame", view);
}

}  // namespace restapi::api::pages
