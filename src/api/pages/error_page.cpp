// SPDX-License-Identifier: MIT
#include "api/pages/error_page.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "api/pages/file_view.hpp"
#include "api/pages/kinds.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"
#include "base/suggest.hpp"
#include "base/utf8.hpp"
#include "http/target.hpp"

namespace restapi::api::pages {
namespace {

/// What stands in quotes behind "did you mean"; empty: nothing.
std::string_view meant(std::string_view hint) {
  constexpr std::string_view words = "did you mean \"";
  auto const begin = hint.find(words);
  if (begin == hint.npos) return {};
  hint.remove_prefix(begin + words.size());
  return hint.substr(0, hint.find('"'));
}

/// A key with the part of it that is most like the word replaced: "computer.name" of "computer.nam".
std::string mended(std::string const& key, std::string_view word) {
  std::size_t best = 0, best_end = key.size(), least = std::string::npos;
  for (std::size_t begin = 0; begin <= key.size();) {
    auto const end = std::min(key.find('.', begin), key.size());
    auto const far = distance(std::string_view(key).substr(begin, end - begin), word);
    if (far < least) {
      least = far;
      best = begin;
      best_end = end;
    }
    begin = end + 1;
  }
  return key.substr(0, best) + std::string(word) + key.substr(best_end);
}

// Media types, and what comes behind the id of a node.
constexpr std::string_view no_resources[] = {"application", "text", "image", "io", "content"};

/// Whether it is a path of /api/v2, as hints name it: "groups?id=1", "nodes/statistics".
bool is_address(std::string_view word) {
  auto const end = std::min(word.find_first_of("/?"), word.size());
  auto const first = word.substr(0, end);
  bool const is_word = end > 0 && first.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == word.npos;
  bool const is_resource = is_word && std::ranges::find(no_resources, first) == std::end(no_resources);
  return is_resource && end + 1 < word.size();
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

/// Whether it is the page of a node: the files of others are none.
bool is_node(http::Target const& target) {
  auto const& segments = target.segments;
  constexpr std::string_view others[] = {"computers", "groups", "users"};
  return segments.size() == 4 && segments[1] == "v2" && std::ranges::find(others, segments[2]) == std::end(others);
}

/// Of "=like=" in a query; its beginning: there is none.
std::size_t end_of_operator(std::string_view query, std::size_t begin) {
  if (query.substr(begin, 1) != "=") return begin;
  auto const end = query.find_first_not_of("abcdefghijklmnopqrstuvwxyz", begin + 1);
  return end != query.npos && end > begin + 1 && query[end] == '=' ? end + 1 : begin;
}

/// A sentence with its addresses as links; paths are those of /api/v2. `query`: what was meant for the nearest
/// endpoint.
nlohmann::json linked(std::string const& message, http::PublicAddress const& address, std::string const& query) {
  auto const start = address.root() + "api/v2/";
  auto parts = nlohmann::json::array();
  std::string_view rest = message;
  while (!rest.empty()) {
    auto const size = std::min(rest.find(' '), rest.size());
    auto word = rest.substr(0, size);
    while (!word.empty() && std::string_view(";,?.\n").find(word.back()) != std::string_view::npos)
      word.remove_suffix(1);
    bool const is_url = word.starts_with("http://") || word.starts_with("https://");
    nlohmann::json href = false;
    bool const is_endpoint = word.starts_with(start);
    if (is_url) href = std::string(word) + (is_endpoint && !query.empty() ? "?" + query : "");
    if (is_address(word)) href = root_of(address) + "api/v2/" + std::string(word);
    if (!word.empty()) parts.push_back({{"words", std::string(word)}, {"part_href", href}});
    rest.remove_prefix(word.size());
    auto const space = rest.substr(0, std::min(rest.find_first_not_of(" ;,?.\n"), rest.size()));
    parts.push_back({{"words", std::string(space)}, {"part_href", false}});
    rest.remove_prefix(space.size());
  }
  return parts;
}

}  // namespace

http::Response error_page(http::Response said, Error const* error, std::string_view sent,
                          http::PublicAddress const& address) {
  constexpr std::size_t most_shown = 2000;
  sent.remove_prefix(http::origin_of(sent).size());
  auto const target = http::read_target(sent);
  http::Target const nothing{"/", "", "/", "", {}};
  auto const& shown = target ? *target : nothing;
  auto const root = root_of(address);
  nlohmann::json view{{"status", said.status},
                      {"reason", std::string(http::reason_phrase(said.status))},
                      {"parts", linked(message_in(said.body.text()), address, error == nullptr ? shown.query : "")},
                      {"query", short_text(shown.decoded_query, most_shown)},
                      {"mended", false},
                      {"place", false}};
  auto const& query = shown.decoded_query;
  if (error != nullptr && error->offset && *error->offset <= query.size()) {
    auto begin = *error->offset;
    if (begin < query.size() && (query[begin] == '-' || query[begin] == '+')) ++begin;  // of orderby
    auto end = begin;
    while (end < query.size() && is_of_word(query[end])) ++end;
    if (end == begin) end = end_of_operator(query, begin);
    if (end == begin) end += utf8::first_character(std::string_view(query).substr(begin));
    view["place"] = {{"before", query.substr(0, begin)},
                     {"marked", begin == query.size() ? "␣" : query.substr(begin, end - begin)},
                     {"behind", short_text(query.substr(end), most_shown)}};
    if (auto const word = meant(error->hint); !word.empty()) {
      auto const better = query.substr(0, begin) + mended(query.substr(begin, end - begin), word) + query.substr(end);
      view["mended"] = {{"mended_href", root + shown.path.substr(1) + "?" + http::percent_encode(better)},
                        {"mended_text", "?" + better}};
    }
  }
  if (auto const word = error == nullptr ? "" : meant(error->hint);
      error != nullptr && error->code == Code::no_such_profile && !word.empty()) {
    auto const rest = std::string_view(shown.path).substr(std::min(shown.path.find('/', 1), shown.path.size()));
    auto const better = http::percent_encode_segment(word) + std::string(rest);
    view["mended"] = {{"mended_href", root + better + (shown.query.empty() ? "" : "?") + shown.query},
                      {"mended_text", "/" + better}};
  }
  Part part{std::to_string(said.status) + " " + std::string(http::reason_phrase(said.status)), fill("error", view)};
  part.is_error = true;
  part.address = sent;
  if (auto const file = file_asked(shown.query); file && is_node(shown)) {
    auto id = shown.segments[3];
    if (id.ends_with(".html")) id.resize(id.size() - std::string_view(".html").size());
    part.within = file->path;
    part.address = file_address("/api/v4/nodes/" + id, file->path);
  }
  http::Response response{said.status, {}, framed(part, root, shown, address)};
  // The rest of what the version says (Retry-After, WWW-Authenticate) stays.
  response.headers.add("Content-Type", "text/html; charset=utf-8");
  for (auto const* name : {"Retry-After", "WWW-Authenticate"})
    if (auto const value = http::find_header(said.headers, name)) response.headers.add(name, *value);
  return response;
}

}  // namespace restapi::api::pages
