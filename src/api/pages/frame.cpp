// SPDX-License-Identifier: MIT
// What stands around the main part of each page: where it is, and how a program gets the same.
#include <string>

#include "api/pages/files.hpp"
#include "api/pages/kinds.hpp"
#include "api/pages/query_text.hpp"
#include "api/pages/template.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

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

json crumbs(http::Target const& target, std::string const& root) {
  auto list = json::array();
  std::string path = root + "api";
  // "api" alone is no address.
  for (std::size_t i = 1; i < target.segments.size(); ++i) {
    auto const& segment = target.segments[i];
    path += "/" + http::percent_encode_segment(segment);
    // The version, a resource, an object; words below that are parts of a path.
    constexpr std::size_t last_address = 3;
    bool const is_address = i <= last_address && segment != "calcjobs" && segment != "processes" && segment != "page";
    list.push_back({{"crumb", segment.size() == 36 ? segment.substr(0, 8) : segment},
                    {"crumb_href", is_address && i + 1 < target.segments.size() ? json(path) : json(false)}});
  }
  return list;
}

}  // namespace

std::string framed(Part const& part, std::string const& root, http::Target const& target,
                   http::PublicAddress const* address) {
  json view{
      {"title", part.title}, {"root", root},    {"assets", root + asset_folder()}, {"crumbs", crumbs(target, root)},
      {"main", part.html},   {"program", false}};
  if (address != nullptr) {
    auto path = target.path;
    if (path.ends_with(".html")) path.resize(path.size() - std::string_view(".html").size());
    auto const url = address->root() + path.substr(1) + (target.query.empty() ? "" : "?" + target.query);
    auto const shown_query = target.query.empty() ? "" : "?" + http::percent_encode(target.decoded_query);
    auto const encoded = address->root() + path.substr(1) + shown_query;
    bool const is_v2 = target.segments.size() > 2 && target.segments[1] == "v2" && !path.ends_with("/");
    bool const is_paged = target.segments.size() > 2 && target.segments[target.segments.size() - 2] == "page";
    view["program"] = {
        {"json_href", is_v2 && !is_paged ? json(address->prefix + path + ".json" + shown_query) : json(false)},
        {"curl", "curl -g " + for_shell(encoded)},
        {"python", "import requests\nanswer = requests.get(" + for_python(encoded) + ")\nanswer.raise_for_status()\n" +
                       "data = answer.json()[\"data\"]"}};
  }
  return fill("frame", view);
}

}  // namespace restapi::api::pages
