// SPDX-License-Identifier: MIT
#include "api/v2/openapi/document.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/v2/limit_rows.hpp"
#include "api/v2/openapi/parameters.hpp"
#include "api/v2/openapi/responses.hpp"
#include "api/v2/openapi/schemas.hpp"
#include "api/v2/routes.hpp"
#include "api/v2/vocabulary.hpp"
#include "base/ascii.hpp"
#include "base/json_text.hpp"
#include "base/program_version.hpp"

namespace restapi::api::v2::openapi {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view tag_of_server = "server";

constexpr std::string_view introduction =
    R"(Reads a database of AiiDA. Nothing can be written.

**The query string** of a list consists of filters and reserved keys, joined by `&`:
`id>45&type=like="%data%"&orderby=-ctime&limit=5`. A filter is a key, an operator and a value. That is more than the
`key=value` that OpenAPI knows, so the parameters of this description are filters with the operator `=`.

* A value is written as in the language: text with other characters than letters, digits, `_`, `.` and `-` stands in double
  quotes.
* An operator that begins with `=` can be the beginning of a value: `in=1,2,3`, `like="%data%"`, `is=null`. An operator that
  ends with `=` can be the end of a name: `id!`, `ctime>`.
* Everything else is for a query string that is written by hand: `id>45`, `(state="killed"|state="excepted")`.

The query string is decoded once, as a whole, so any part of it may be percent-encoded. All of the language is described in
docs/query-language.md, which comes with the program, and the answers in docs/api-v2.md.

**Limits:**

)";

std::string description() {
  std::string text(introduction);
  for (auto const& row : limit_rows()) text += fmt::format("* {}: {}\n", row.what, row.at_most);
  return text;
}

/// "getNodesIdIoInputsPageN" of "/api/v2/nodes/<id>/io/inputs/page/<n>".
std::string operation_id(std::string_view path) {
  path.remove_prefix(prefix.size());
  if (path.empty()) return "getBase";
  std::string name = "get";
  bool is_begin = true;
  for (auto const byte : path) {
    bool const is_letter = ascii_lower(byte) >= 'a' && ascii_lower(byte) <= 'z';
    if (is_letter) name += is_begin ? ascii_upper(byte) : byte;
    is_begin = !is_letter;
  }
  return name;
}

/// "/nodes/{id}/io/inputs", behind the URL of the server.
std::string path_of(std::string_view path) {
  path.remove_prefix(prefix.size());
  std::string written;
  for (auto const byte : path) written += byte == '<' ? '{' : byte == '>' ? '}' : byte;
  return written.empty() ? "/" : written;
}

ordered_json operation_of(Endpoint const& endpoint) {
  auto const tag = endpoint.resource ? endpoint.resource->name : tag_of_server;
  return {{"operationId", operation_id(endpoint.path)},
          {"summary", fmt::format("{}: {}", tag, endpoint.route->help)},
          {"tags", {tag}},
          {"parameters", parameters_of(endpoint)},
          {"responses", responses_of(endpoint)}};
}

ordered_json paths() {
  auto all = ordered_json::object();
  for (auto const& endpoint : all_endpoints()) all[path_of(endpoint.path)] = {{"get", operation_of(endpoint)}};
  return all;
}

ordered_json tags() {
  ordered_json all = {{{"name", tag_of_server}, {"description", "The server itself"}}};
  for (auto const& view : vocabulary().views) all.push_back({{"name", view.name}, {"description", view.help}});
  return all;
}

/// What comes before the URL of the server.
std::string beginning() {
  return ordered_json{{"openapi", "3.1.0"},
                      {"info",
                       {{"title", "AiiDA REST API v2"},
                        {"version", program_version()},
                        {"license", {{"name", "MIT"}, {"identifier", "MIT"}}},
                        {"description", description()}}}}
      .dump();
}

/// And what comes behind it.
std::string end() {
  ordered_json const bearer{{"type", "http"},
                            {"scheme", "bearer"},
                            {"description", "Only where the server asks for a token (--token-keys)."}};
  return ordered_json{// Each of them is enough, and the first one is none.
                      {"security", ordered_json::array({ordered_json::object(), {{"bearer", ordered_json::array()}}})},
                      {"tags", tags()},
                      {"paths", paths()},
                      {"components",
                       {{"schemas", schemas()},
                        {"parameters", parameters()},
                        {"headers", headers()},
                        {"responses", error_responses()},
                        {"securitySchemes", {{"bearer", bearer}}}}}}
      .dump();
}

}  // namespace

std::string document(std::string_view url_root) {
  static auto const before = beginning();
  static auto const behind = end();
  std::string text;
  text.reserve(before.size() + url_root.size() + behind.size() + 64);
  text.append(before, 0, before.size() - 1).append(",\"servers\":[{\"url\":");
  append_json_string(text, std::string(url_root) + std::string(prefix.substr(1)));
  return text.append("}],").append(behind, 1);
}

}  // namespace restapi::api::v2::openapi
