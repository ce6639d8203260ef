// SPDX-License-Identifier: MIT
#include "api/v2/openapi/responses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "api/v2/errors.hpp"
#include "api/v2/formats.hpp"
#include "api/v2/openapi/schemas.hpp"
#include "http/error_catalogue.hpp"
#include "http/preferences.hpp"

namespace restapi::api::v2::openapi {
namespace {

using nlohmann::ordered_json;

// ---- 200 -----------------------------------------------------------------------------------------------------------

bool is_any(Endpoint const&) { return true; }
bool is_of_database(Endpoint const& endpoint) {
  return endpoint.resource != nullptr && endpoint.route->kind != RouteKind::schema;
}
bool is_list_of_resource(Endpoint const& endpoint) { return endpoint.route->kind == RouteKind::list; }
bool is_counted(Endpoint const& endpoint) { return is_list_of_resource(endpoint) || endpoint.route->has_pages; }
bool has_neighbours(Endpoint const& endpoint) {
  return endpoint.has_page || is_list_of_resource(endpoint) || endpoint.route->kind == RouteKind::graph;
}

struct HeaderRow {
  std::string_view name;
  std::string_view type;
  bool (*belongs_to)(Endpoint const&);
  std::string_view help;
};

// The headers of docs/api-v2.md that an answer has because of what it says.
constexpr HeaderRow header_rows[] = {
    {"X-Total-Count", "integer", is_any, "How many rows match, before limit, offset or page; 1 if it is no list"},
    {"X-Total-Counts", "integer", is_any, "The same"},
    {"X-Total-Count-Kind", "string", is_list_of_resource, "`estimated`, with count=estimated"},
    {http::total_age_header, "number", is_counted, "If the total is older than the rows: its age in seconds"},
    {"X-Hint", "string", is_counted, "If there are no rows: what was probably meant, for people"},
    {"Link", "string", has_neighbours, "The URLs of other pages, and of the rows behind these with `after` (RFC 8288)"},
    {"ETag", "string", is_of_database, "For If-None-Match"},
    {"X-Request-Id", "string", is_any, "The id of the request in the logs"},
};

ordered_json header_references(Endpoint const& endpoint) {
  auto all = ordered_json::object();
  for (auto const& row : header_rows)
    if (row.belongs_to(endpoint))
      all[std::string(row.name)] = {{"$ref", fmt::format("#/components/headers/{}", row.name)}};
  return all;
}

ordered_json content_of(Endpoint const& endpoint) {
  auto content = ordered_json::object();
  auto const kind = endpoint.route->kind;
  bool const is_file = kind == RouteKind::download;
  for (auto const& format : formats()) {
    if (format.is_indented) continue;  // the same as another one
    auto& schema = content[std::string(format.asked_as)]["schema"];
    if (format.of == FormatOf::anything && !is_file)
      schema = schema_of(endpoint);
    else if (format.of == FormatOf::files && may_be_file(kind))
      schema = {{"type", "string"}, {"format", "binary"}};
    else if (format.of == FormatOf::graphs && endpoint.route->kind == RouteKind::graph)
      schema = {
          {"type", "string"},
          {"description", fmt::format("{}, also where the path ends in `.{}`: `limit` nodes, which may be any number",
                                      format.name, format.ending)}};
    else if (format.of == FormatOf::lists && is_list_of_resource(endpoint) && !endpoint.has_page)
      schema = {{"type", "string"},
                {"description", fmt::format("{}, also where the path ends in `.{}`: all rows, unless `limit` says less",
                                            format.name, format.ending)}};
    else
      content.erase(std::string(format.asked_as));
  }
  return content;
}

// ---- errors --------------------------------------------------------------------------------------------------------

constexpr Code elsewhere[] = {
    Code::method_not_allowed,  // GET is allowed
    Code::source_refused,      // at start
    Code::cancelled,           // nobody receives it
    Code::standby_behind,      // the live feed
};

using Rows = std::vector<http::ErrorRow const*>;

/// Whether it is about bytes that the program has not read as a request: any server may answer so.
bool is_of_wire(http::ErrorRow const* row) { return static_cast<int>(row->code) / 100 == 5; }

std::map<int, Rows> by_status() {
  std::map<int, Rows> all;
  for (auto const& row : http::error_catalogue())
    if (std::ranges::find(elsewhere, row.code) == std::end(elsewhere)) all[row.status].push_back(&row);
  return all;
}

bool is_of_endpoints(Rows const& rows) { return !std::ranges::all_of(rows, is_of_wire); }

std::string name_of(int status) { return fmt::format("Error{}", status); }

constexpr std::string_view otherwise = "ErrorOfBytes";

ordered_json reference_to(std::string_view name) { return {{"$ref", fmt::format("#/components/responses/{}", name)}}; }

/// An answer as it is sent, with what the catalogue says in place of the message.
http::Response example_of(http::ErrorRow const& row) {
  if (row.code == Code::no_such_route) return no_such_route("http://localhost:5000/", {});
  return render({row.code, std::string(row.when)});
}

void add_example(ordered_json& response, http::ErrorRow const& row) {
  auto const example = example_of(row);
  for (std::string_view const name : {"Retry-After", "WWW-Authenticate"})
    if (http::find_header(example.headers, name))
      response["headers"][std::string(name)] = {{"schema", {{"type", "string"}}}};
  auto const full_type = http::find_header(example.headers, "Content-Type").value_or("");
  auto const type = std::string(full_type.substr(0, full_type.find(';')));
  auto const body = example.body.text();
  bool const is_json = type == "application/json";
  auto& content = response["content"][type];
  content["schema"] = is_json ? schema_of_error() : ordered_json{{"type", "string"}};
  content["examples"][std::string(row.name)] = {
      {"summary", fmt::format("{} ({}): {}", row.name, static_cast<int>(row.code), row.when)},
      {"value", is_json ? ordered_json::parse(body) : ordered_json(body)}};
}

ordered_json response_of(std::string_view description, Rows const& rows) {
  ordered_json response{{"description", description}};
  for (auto const* row : rows) add_example(response, *row);
  return response;
}

std::string names_of(Rows const& rows) {
  std::string names;
  for (auto const* row : rows) names += (names.empty() ? "" : ", ") + std::string(row->name);
  return names;
}

}  // namespace

ordered_json headers() {
  auto all = ordered_json::object();
  for (auto const& row : header_rows)
    all[std::string(row.name)] = {{"description", row.help}, {"schema", {{"type", row.type}}}};
  return all;
}

ordered_json error_responses() {
  auto all = ordered_json::object();
  Rows of_wire;
  for (auto const& [status, rows] : by_status())
    if (is_of_endpoints(rows))
      all[name_of(status)] = response_of(names_of(rows), rows);
    else
      of_wire.insert(of_wire.end(), rows.begin(), rows.end());
  all[std::string(otherwise)] = response_of("The bytes that came are too many, or came too slowly", of_wire);
  return all;
}

ordered_json responses_of(Endpoint const& endpoint) {
  auto all = ordered_json::object();
  all["200"] = {{"description", endpoint.route->help},
                {"headers", header_references(endpoint)},
                {"content", content_of(endpoint)}};
  for (auto const& [status, rows] : by_status())
    if (is_of_endpoints(rows)) all[std::to_string(status)] = reference_to(name_of(status));
  all["default"] = reference_to(otherwise);
  return all;
}

std::span<Code const> errors_elsewhere() { return elsewhere; }

}  // namespace restapi::api::v2::openapi
