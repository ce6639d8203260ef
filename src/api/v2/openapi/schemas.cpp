// SPDX-License-Identifier: MIT
#include "api/v2/openapi/schemas.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "api/v2/fields.hpp"
#include "api/v2/vocabulary.hpp"

namespace restapi::api::v2::openapi {
namespace {

using model::Type;
using nlohmann::ordered_json;
using query::Field;
using query::View;

ordered_json reference_to(std::string_view name) { return {{"$ref", fmt::format("#/components/schemas/{}", name)}}; }

ordered_json list_of(ordered_json items) { return {{"type", "array"}, {"items", std::move(items)}}; }

/// All of its properties are there.
ordered_json object_with(ordered_json properties) {
  auto required = ordered_json::array();
  for (auto const& [name, schema] : properties.items()) required.push_back(name);
  return {{"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
}

constexpr std::string_view text = "string";

ordered_json schema_of(Type type) {
  switch (type) {
    case Type::integer:
      return {{"type", "integer"}, {"format", "int64"}};
    case Type::boolean:
      return {{"type", "boolean"}};
    case Type::uuid:
      return {{"type", text}, {"format", "uuid"}};
    case Type::datetime:
      return {{"type", text}, {"examples", {"Fri, 29 Apr 2016 19:24:12 GMT"}}};
    case Type::text:
      break;
  }
  return {{"type", text}};
}

/// Of all columns only the id is one that every database of every age has in every row.
bool may_be_null(Field const& field) {
  return field.relation != nullptr || field.model().expressions.front().sql.text() != field.resource->id.text();
}

ordered_json schema_of(Field const& field) {
  auto schema = schema_of(field.type);
  if (may_be_null(field)) schema["type"] = {schema["type"], "null"};
  schema["description"] = field.help;
  if (!query::is_shown(field)) schema["description"] = fmt::format("{}. Only with `fields`", field.help);
  return schema;
}

/// With `fields` a row has fewer properties, or others, so none is required.
ordered_json row_of(View const& view) {
  if (&first_like(view) != &view) {
    auto schema = reference_to(first_like(view).class_name);
    schema["description"] = view.help;
    return schema;
  }
  auto properties = ordered_json::object();
  for (auto const& field : view.fields)
    if (query::may_be_shown(field)) properties[std::string(field.name)] = schema_of(field);
  return {{"type", "object"}, {"description", view.help}, {"properties", properties}};
}

ordered_json envelope() {
  return object_with({{"method", {{"const", "GET"}}},
                      {"path", {{"type", text}, {"description", "As sent, without the name of the profile"}}},
                      {"pk", {{"type", {"integer", "null"}}, {"description", "The id of the object in the path"}}},
                      {"query_string", {{"type", text}, {"description", "As sent"}}},
                      {"resource_type", {{"type", text}, {"description", "The resource in the path, or Info"}}},
                      {"url", {{"type", text}, {"description", "The whole URL, percent-decoded"}}},
                      {"url_root", {{"type", text}, {"description", "Where the URL begins"}}}});
}

/// An entry of `fields` in the answer of /schema.
ordered_json field() {
  ordered_json const boolean{{"type", "boolean"}}, string{{"type", text}};
  std::set<std::string_view> types;
  for (auto const& row : model::types) types.insert(schema_name(row.type));
  auto schema = object_with({{"type", {{"enum", types}}},
                             {"help_text", string},
                             {"display_name", string},
                             {"is_display", boolean},
                             {"is_foreign_key", boolean}});
  schema["properties"]["related_resource"] = string;
  schema["properties"]["related_column"] = string;
  return schema;
}

ordered_json counts() { return {{"type", "object"}, {"additionalProperties", {{"type", "integer"}}}}; }

ordered_json rows(std::string_view name, View const& of) {
  return object_with({{std::string(name), list_of(reference_to(of.class_name))}});
}

ordered_json data_of(Endpoint const& endpoint) {
  auto strings = list_of({{"type", text}});
  ordered_json document{{"type", "object"}};
  auto const* const resource = endpoint.resource;
  switch (endpoint.route->kind) {
    case RouteKind::endpoints:
      return object_with({{"available_endpoints", strings}});
    case RouteKind::server:
      return strings;
    case RouteKind::schema:
      return object_with(
          {{"fields", {{"type", "object"}, {"additionalProperties", reference_to("Field")}}}, {"ordering", strings}});
    case RouteKind::list:
    case RouteKind::object:
      return rows(resource->name, *resource);
    case RouteKind::inputs:
      return rows("inputs", rows_of(endpoint));
    case RouteKind::outputs:
      return rows("outputs", rows_of(endpoint));
    case RouteKind::graph: {
      ordered_json const integer{{"type", "integer"}};
      auto level = object_with({{"level", integer}, {"shown", integer}, {"total", integer}});
      auto link = object_with({{"id", integer},
                               {"input_id", integer},
                               {"label", {{"type", text}}},
                               {"output_id", integer},
                               {"type", {{"type", text}}}});
      auto node =
          ordered_json{{"allOf", {reference_to(rows_of(endpoint).class_name), object_with({{"level", integer}})}}};
      return object_with({{"graph", object_with({{"levels", list_of(std::move(level))},
                                                 {"links", list_of(std::move(link))},
                                                 {"next", {{"type", {text, "null"}}}},
                                                 {"nodes", list_of(std::move(node))}})}});
    }
    case RouteKind::tree: {
      auto const objects = list_of(ordered_json{{"type", "object"}});
      return object_with({{"metadata", objects}, {"nodes", objects}});
    }
    case RouteKind::attributes:
      return object_with({{"attributes", document}});
    case RouteKind::extras:
      return object_with({{"extras", document}});
    case RouteKind::statistics:
      return object_with({{"total", {{"type", "integer"}}}, {"types", counts()}, {"ctime_by_day", counts()}});
    case RouteKind::facets: {
      auto values = list_of(object_with({{"count", {{"type", "integer"}}}, {"value", ordered_json::object()}}));
      auto facet = object_with({{"other", {{"type", "integer"}}}, {"values", std::move(values)}});
      facet["properties"]["by"] = {{"enum", {"day", "month", "year"}}, {"description", "Of dates"}};
      return object_with({{"facets", {{"type", "object"}, {"additionalProperties", std::move(facet)}}}});
    }
    case RouteKind::retrieved_inputs:
    case RouteKind::retrieved_outputs:
      return list_of(object_with({{"name", {{"type", text}}}, {"type", {{"enum", {"DIRECTORY", "FILE"}}}}}));
    case RouteKind::visualization:
    case RouteKind::download:  // a file
    case RouteKind::openapi:
      break;
  }
  return document;
}

}  // namespace

View const& first_like(View const& view) {
  auto const columns = [](View const& each) { return each.resource->columns.data(); };
  return *std::ranges::find(vocabulary().views, columns(view), columns);
}

View const& rows_of(Endpoint const& endpoint) {
  bool const is_own = endpoint.route->kind == RouteKind::list || endpoint.route->kind == RouteKind::facets;
  return is_own ? *endpoint.resource : vocabulary().nodes();
}

ordered_json schemas() {
  auto all = ordered_json::object();
  for (auto const& view : vocabulary().views) all[std::string(view.class_name)] = row_of(view);
  all["Field"] = field();
  all["Envelope"] = envelope();
  all["Error"] = object_with({{"message", {{"type", text}}}});
  return all;
}

ordered_json schema_of(Endpoint const& endpoint) {
  auto data = data_of(endpoint);
  if (endpoint.route->kind == RouteKind::openapi) return data;
  return {{"allOf", ordered_json::array({reference_to("Envelope"), object_with({{"data", std::move(data)}})})}};
}

ordered_json schema_of_error() { return reference_to("Error"); }

}  // namespace restapi::api::v2::openapi
