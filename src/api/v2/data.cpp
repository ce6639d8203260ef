#include "api/v2/data.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "api/http_date.hpp"
#include "api/json_text.hpp"

namespace restapi::api::v2 {
namespace {

using model::Type;

std::vector<model::Column const*> shown_columns(model::Resource const& resource) {
  std::vector<model::Column const*> shown;
  shown.reserve(resource.columns.size());
  for (auto const& column : resource.columns)
    if (model::is_shown(column)) shown.push_back(&column);
  return shown;
}

bool is_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  bool const has_digits = std::ranges::all_of(text, [](char byte) { return byte >= '0' && byte <= '9'; });
  return has_digits && !text.empty() && (text.front() != '0' || text.size() == 1);
}

void append_value(std::string& out, Type type, std::optional<std::string_view> cell) {
  if (!cell) {
    out += "null";
    return;
  }
  switch (type) {
    case Type::integer:
      // SQLite keeps any text in an integer column: one that is no number is shown as what it is, not as JSON.
      if (is_integer(*cell))
        out += *cell;
      else
        append_json_string(out, *cell);
      return;
    case Type::boolean:
      out += *cell == "t" || *cell == "1" ? "true" : "false";
      return;  // PostgreSQL, SQLite
    case Type::datetime: {
      out += '"';
      auto const is_date = append_http_date(out, *cell);
      if (is_date) {
        out += '"';
      } else {  // "infinity", or a year that HTTP dates do not have: as stored
        out.pop_back();
        append_json_string(out, *cell);
      }
      return;
    }
    case Type::text:
    case Type::uuid:
      append_json_string(out, *cell);
      return;
  }
}

nlohmann::json field_schema(model::Column const& column) {
  nlohmann::json field{{"type", model::schema_name(column.type)},
                       {"is_foreign_key", !column.foreign_key.resource.empty()},
                       {"help_text", column.help},
                       {"display_name", column.display_name},
                       {"is_display", model::is_shown(column)}};
  if (!column.foreign_key.resource.empty()) {
    field["related_resource"] = column.foreign_key.resource;
    field["related_column"] = column.foreign_key.column;
  }
  return field;
}

}  // namespace

std::string rows_data(std::string_view name, model::Layout const& layout, store::Rows const& rows,
                      std::size_t first_column) {
  auto const shown = shown_columns(*layout.resource);
  std::string data = "{\"" + std::string(name) + "\":[";
  data.reserve(rows.size() * 256 + 64);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (row > 0) data += ',';
    for (std::size_t i = 0; i < shown.size(); ++i) {
      data += i == 0 ? "{\"" : ",\"";
      data += shown[i]->name;
      data += "\":";
      append_value(data, shown[i]->type, rows.at(row, first_column + i));
    }
    data += '}';
  }
  data += "]}";
  return data;
}

Result<std::string> content_data(std::string_view name, std::optional<std::string_view> stored,
                                 query::Members const& members) {
  using Choice = query::Members::Choice;
  std::string data;
  data.reserve(name.size() + (stored ? stored->size() : 0) + 16);
  data.append("{\"").append(name).append("\":");
  auto const is_wanted = [&](std::string_view key) {
    return (std::ranges::find(members.names, key) != members.names.end()) == (members.choice == Choice::only);
  };
  auto const json = stored && *stored != "null" ? *stored : std::string_view("{}");
  bool const is_object = json.starts_with('{');
  bool const done = is_object && (members.choice == Choice::all ? append_sorted_json(data, json)
                                                                : append_sorted_json(data, json, is_wanted));
  if (!done)
    return Error{Code::store_failed,
                 "the stored document cannot be read",
                 "",
                 {},
                 "not a JSON object: " + std::string(json.substr(0, 80))};
  data += '}';
  return data;
}

std::string schema_data(model::Resource const& resource) {
  auto fields = nlohmann::json::object();
  auto ordering = nlohmann::json::array();
  for (auto const& column : resource.columns) {
    if (!model::is_shown(column)) continue;
    fields[std::string(column.name)] = field_schema(column);
    ordering.push_back(column.name);
  }
  return nlohmann::json{{"fields", fields}, {"ordering", ordering}}.dump();
}

std::string statistics_data(store::Rows const& rows) {
  std::map<std::string, std::int64_t> types, days;
  std::int64_t total = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    auto const number = rows.integer_at(row, 2);
    total += number;
    if (auto const type = rows.at(row, 0)) types[std::string(*type)] += number;
    if (auto const day = rows.at(row, 1)) days[std::string(*day)] += number;
  }
  return nlohmann::json{{"ctime_by_day", days}, {"total", total}, {"types", types}}.dump(
      -1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace restapi::api::v2
