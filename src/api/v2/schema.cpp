// SPDX-License-Identifier: MIT
#include "api/v2/schema.hpp"

#include <nlohmann/json.hpp>

#include "api/v2/fields.hpp"

namespace restapi::api::v2 {
namespace {

nlohmann::json schema_of(query::Field const& field) {
  nlohmann::json schema{{"type", schema_name(field.type)},
                        {"is_foreign_key", !field.foreign_key.resource.empty()},
                        {"help_text", field.help},
                        {"display_name", field.display_name},
                        {"is_display", query::is_shown(field)}};
  if (!field.foreign_key.resource.empty()) {
    schema["related_resource"] = field.foreign_key.resource;
    schema["related_column"] = field.foreign_key.column;
  }
  return schema;
}

}  // namespace

std::string schema_json(query::View const& view) {
  auto fields = nlohmann::json::object();
  auto ordering = nlohmann::json::array();
  for (auto const& field : view.fields) {
    if (!query::may_be_shown(field)) continue;
    fields[std::string(field.name)] = schema_of(field);
    if (query::is_shown(field)) ordering.push_back(field.name);
  }
  return nlohmann::json{{"fields", fields}, {"ordering", ordering}}.dump();
}

}  // namespace restapi::api::v2
