// SPDX-License-Identifier: MIT
#include "api/v2/openapi/parameters.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "api/v2/keys.hpp"
#include "api/v2/limits.hpp"
#include "api/v2/openapi/schemas.hpp"
#include "api/v2/vocabulary.hpp"
#include "grammar/operators.hpp"
#include "grammar/parse.hpp"
#include "model/accepted_operators.hpp"
#include "model/relation.hpp"
#include "query/plan.hpp"

namespace restapi::api::v2::openapi {
namespace {

using nlohmann::ordered_json;
using query::Field;
using query::Meaning;
using query::View;

// Names of components. A point cannot be in the name of a key.
std::string name_of_placeholder(std::string_view name) { return fmt::format("path.{}", name); }
std::string name_of_key(Key const& key) { return fmt::format("key.{}", key.reserved.name); }
std::string name_of_filter(View const& view, std::string_view field) {
  return fmt::format("{}.{}", first_like(view).name, field);
}
constexpr std::string_view all_others = "-";  // in place of a field

ordered_json reference_to(std::string_view name) { return {{"$ref", fmt::format("#/components/parameters/{}", name)}}; }

ordered_json integer_from(int least) { return {{"type", "integer"}, {"format", "int64"}, {"minimum", least}}; }

ordered_json schema_of(Key const& key) {
  switch (key.reserved.meaning) {
    case Meaning::limit:  // lists as CSV and NDJSON have no largest one
    case Meaning::offset:
      return integer_from(0);
    case Meaning::rows_a_page: {
      auto schema = integer_from(1);
      schema["maximum"] = limits.rows;
      schema["default"] = limits.default_rows_a_page;
      return schema;
    }
    case Meaning::total: {
      ordered_json schema{{"type", "string"}};
      for (auto const& row : query::total_words) schema["enum"].push_back(row.word);
      return schema;
    }
    case Meaning::levels: {
      auto schema = integer_from(0);
      schema["maximum"] = query::max_levels;
      schema["default"] = limits.default_levels;
      return schema;
    }
    case Meaning::direction: {
      ordered_json schema{{"type", "string"}};
      for (auto const& row : query::direction_words) schema["enum"].push_back(row.word);
      schema["default"] = query::direction_words[0].word;
      return schema;
    }
    case Meaning::owner:
      return {{"type", "integer"}, {"format", "int64"}};
    case Meaning::own:
      if (key.example.find_first_not_of("0123456789") == key.example.npos) return integer_from(0);
      return {{"type", "string"}};
    case Meaning::after:
      return {{"type", "string"}};
    case Meaning::order:
    case Meaning::fields:
    case Meaning::facets:
    case Meaning::members:
    case Meaning::members_left_out:
      break;
  }
  return {{"type", "array"}, {"items", {{"type", "string"}}}};
}

ordered_json parameter_of(Key const& key) {
  ordered_json parameter{
      {"name", key.reserved.name}, {"in", "query"}, {"description", key.accepts}, {"schema", schema_of(key)}};
  if (parameter["schema"]["type"] == "array") {
    parameter["style"] = "form";
    parameter["explode"] = false;  // names are separated by commas
  }
  if (key.reserved.meaning == Meaning::after) parameter["allowEmptyValue"] = true;
  if (auto const& schema = parameter["schema"]; !key.example.empty())
    parameter["example"] = schema["type"] == "integer" ? ordered_json::parse(key.example) : ordered_json(key.example);
  return parameter;
}

ordered_json parameter_of(Field const& field) {
  auto const& type = model::row_of(field.type);
  auto const operators =
      grammar::list_operators([&](auto const& row) { return model::accepts(field.type, row.comparison); });
  auto description = fmt::format("{}. Type: {}. Operators: {}", field.help, type.page, operators);
  if (field.use == query::Use::private_filter) description += ". Only where the server allows it (--private-filters)";
  return {{"name", field.name},
          {"in", "query"},
          {"description", description},
          {"schema", {{"type", "string"}}},
          {"example", type.example}};
}

/// The keys that are not fields. The name is never sent: each property is a key and its value.
ordered_json parameter_of_others(View const& view) {
  std::string keys;
  auto const add = [&](std::string_view key) { keys += fmt::format("{}`{}.…`", keys.empty() ? "" : ", ", key); };
  for (auto const& document : view.resource->documents) add(document.name);
  for (auto const& relation : model::relations())
    if (relation.from == view.name) add(relation.name);
  return {{"name", "filters"},
          {"in", "query"},
          {"description", fmt::format("Any other filters: on related rows and on paths into documents ({})", keys)},
          {"style", "form"},
          {"explode", true},
          {"schema", {{"type", "object"}, {"additionalProperties", {{"type", "string"}}}}}};
}

ordered_json placeholder(std::string_view name, std::string_view description, ordered_json schema) {
  return {{"name", name}, {"in", "path"}, {"required", true}, {"description", description}, {"schema", schema}};
}

/// What the endpoint itself would say to it.
bool may_stand(Key const& key, RouteKind kind, bool has_page) {
  auto const query = grammar::parse(std::string(key.reserved.name) + "=1");
  auto const clauses = query::sort_out(*query, vocabulary());
  return !find_conflict(*clauses, kind, has_page);
}

std::string_view placeholder_of(model::Identity identity) { return identity == model::Identity::uuid ? "uuid" : "pk"; }

}  // namespace

ordered_json parameters() {
  using model::Identity;
  auto all = ordered_json::object();
  all[name_of_placeholder(placeholder_of(Identity::uuid))] =
      placeholder("id", "The uuid of the object, or an unambiguous start of it", {{"type", "string"}});
  all[name_of_placeholder(placeholder_of(Identity::pk))] =
      placeholder("id", "The `id` of the object", {{"type", "integer"}, {"format", "int64"}});
  all[name_of_placeholder("n")] = placeholder("n", "The number of the page", integer_from(1));
  for (auto const& key : keys()) all[name_of_key(key)] = parameter_of(key);
  for (auto const& view : vocabulary().views) {
    if (&first_like(view) != &view) continue;
    for (auto const& field : view.fields) all[name_of_filter(view, field.name)] = parameter_of(field);
    all[name_of_filter(view, all_others)] = parameter_of_others(view);
  }
  return all;
}

ordered_json parameters_of(Endpoint const& endpoint) {
  auto const kind = endpoint.route->kind;
  auto all = ordered_json::array();
  auto const add = [&](std::string_view name) { all.push_back(reference_to(name)); };
  auto const has = [&](std::string_view word) { return endpoint.path.find(word) != std::string::npos; };
  if (has("<id>")) add(name_of_placeholder(placeholder_of(endpoint.resource->resource->identity)));
  if (has("<n>")) add(name_of_placeholder("n"));
  for (auto const& key : keys())
    if (may_stand(key, kind, endpoint.has_page)) add(name_of_key(key));
  if (!has_filters(kind)) return all;
  auto const& rows = rows_of(endpoint);
  for (auto const& field : rows.fields) add(name_of_filter(rows, field.name));
  add(name_of_filter(rows, all_others));
  return all;
}

}  // namespace restapi::api::v2::openapi
