// SPDX-License-Identifier: MIT
#include "api/pages/error_page.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "api/pages/kinds.hpp"
#include "api/pages/template.hpp"
#include "http/target.hpp"

namespace restapi::api::pages {
namespace {

/// The way from an address to the profile: "../../" of "/api/v2/nodes". Whoever stands before us need not be known.
std::string way_up(std::string_view path) {
  auto const slashes = std::ranges::count(path, '/');
  std::string way = "./";
  for (auto i = slashes; i > 1; --i) way += "../";
  return way;
}

/// What stands in quotes behind "did you mean"; empty: nothing.
std::string_view meant(std::string_view hint) {
  constexpr std::string_view words = "did you mean \"";
  auto const begin = hint.find(words);
  if (begin == hint.npos) return {};
  hint.remove_prefix(begin + words.size());
  return hint.substr(0, hint.find('"'));
}

bool is_of_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

std::string message_in(std::string const& body) {
  auto const json = nlohmann::json::parse(body, nullptr, false);
  if (json.is_object())
    for (auto const* key : {"message", "error"})
      if (auto const found = json.find(key); found != json.end() && found->is_string())
        return found->get<std::string>();
  return json.is_discarded() ? body : json.dump();
}

/// A sentence with its addresses as links.
nlohmann::json linked(std::string const& message) {
  auto parts = nlohmann::json::array();
  std::string_view rest = message;
  while (!rest.empty()) {
    auto const begin = std::min(rest.find("http"), rest.size());
    bool const is_url = rest.substr(begin).starts_with("http://") || rest.substr(begin).starts_with("https://");
    auto const text = is_url ? begin : std::min(begin + 1, rest.size());
    parts.push_back({{"words", std::string(rest.substr(0, text))}, {"part_href", false}});
    rest.remove_prefix(text);
    if (!is_url) continue;
    auto const url = rest.substr(0, rest.find_first_of(" ;,\n"));
    parts.push_back({{"words", std::string(url)}, {"part_href", std::string(url)}});
    rest.remove_prefix(url.size());
  }
  return parts;
}

}  // namespace

http::Response error_page(http::Response said, Error const* error, std::string_view sent) {
  constexpr std::size_t most_shown = 2000;
  auto const target = http::read_target(sent.substr(0, most_shown));
  http::Target const nothing{"/", "", "/", "", {}};
  auto const& shown = target ? *target : nothing;
  nlohmann::json view{{"status", said.status},
                      {"reason", std::string(http::reason_phrase(said.status))},
                      {"parts", linked(message_in(said.body.text()))},
                      {"mended", false},
                      {"place", false}};
  auto const& query = shown.decoded_query;
  if (error != nullptr && error->offset && *error->offset <= query.size()) {
    auto const begin = *error->offset;
    auto end = begin;
    while (end < query.size() && is_of_word(query[end])) ++end;
    if (end == begin && end < query.size()) ++end;
    view["place"] = {{"before", query.substr(0, begin)},
                     {"marked", begin == query.size() ? "␣" : query.substr(begin, end - begin)},
                     {"behind", query.substr(end)}};
    if (auto const word = meant(error->hint); !word.empty()) {
      auto const better = query.substr(0, begin) + std::string(word) + query.substr(end);
      auto const slash = shown.path.rfind('/');
      view["mended"] = {{"mended_href", "./" + shown.path.substr(slash + 1) + "?" + http::percent_encode(better)},
                        {"mended_text", "?" + better}};
    }
  }
  auto const root = way_up(http::path_of(sent));
  Part const part{std::to_string(said.status) + " " + std::string(http::reason_phrase(said.status)),
                  fill("error", view)};
  http::Response response{said.status, {}, framed(part, root, shown, nullptr)};
  // The rest of what the version says (Retry-After, WWW-Authenticate) stays.
  response.headers.add("Content-Type", "text/html; charset=utf-8");
  for (auto const* name : {"Retry-After", "WWW-Authenticate"})
    if (auto const value = http::find_header(said.headers, name)) response.headers.add(name, *value);
  return response;
}

}  // namespace restapi::api::pages
