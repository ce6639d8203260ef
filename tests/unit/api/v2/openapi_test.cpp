// SPDX-License-Identifier: MIT
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "api/v2/envelope.hpp"
#include "api/v2/formats.hpp"
#include "api/v2/keys.hpp"
#include "api/v2/limit_rows.hpp"
#include "api/v2/openapi/document.hpp"
#include "api/v2/openapi/responses.hpp"
#include "api/v2/routes.hpp"
#include "api/v2/vocabulary.hpp"
#include "base/program_version.hpp"
#include "grammar/operators.hpp"
#include "http/error_catalogue.hpp"
#include "model/accepted_operators.hpp"
#include "query/plan.hpp"

using namespace restapi;
using namespace restapi::api;
using nlohmann::json;

namespace {

json const& document() {
  static auto const document = json::parse(v2::openapi::document("http://localhost:5000/"));
  return document;
}

json const& resolved(json const& part) {
  return part.contains("$ref") ? document().at(json::json_pointer(part["$ref"].get<std::string>().substr(1))) : part;
}

json const& operation_at(std::string_view path) { return document()["paths"].at(std::string(path))["get"]; }

/// Null: it has none of that name.
json parameter_of(json const& operation, std::string_view name) {
  for (auto const& each : operation["parameters"])
    if (resolved(each)["name"] == name) return resolved(each);
  return nullptr;
}

std::string list_path(query::View const& view) { return "/" + std::string(view.name); }

json const& row_schema(query::View const& view) {
  auto const* schema = &document()["components"]["schemas"].at(std::string(view.class_name));
  while (schema->contains("$ref")) schema = &resolved(*schema);
  return *schema;
}

bool says(json const& text, std::string_view part) { return text.get<std::string>().find(part) != std::string::npos; }

}  // namespace

TEST_CASE("each endpoint of the table is described", "[v2][openapi]") {
  auto const endpoints = v2::all_endpoints();
  CHECK(document()["paths"].size() == endpoints.size());
  std::set<v2::Route const*> routes;
  for (auto const& endpoint : endpoints) {
    auto path = endpoint.path.substr(v2::prefix.size());
    std::ranges::replace(path, '<', '{');
    std::ranges::replace(path, '>', '}');
    CAPTURE(path);
    auto const& operation = operation_at(path.empty() ? "/" : path);
    CHECK(says(operation["summary"], endpoint.route->help));
    for (auto const& key : v2::keys())
      if (!endpoint.has_page && key.reserved.meaning != query::Meaning::rows_a_page)
        CHECK(parameter_of(operation, key.reserved.name).is_null() != key.belongs_to(endpoint.route->kind));
    routes.insert(endpoint.route);
  }
  CHECK(routes.size() == v2::routes().size());
}

TEST_CASE("each field is described as a filter, and each that may be shown in the rows", "[v2][openapi]") {
  for (auto const& view : v2::vocabulary().views) {
    auto const& properties = row_schema(view)["properties"];
    std::size_t shown = 0;
    for (auto const& field : view.fields) {
      CAPTURE(view.name, field.name);
      auto const filter = parameter_of(operation_at(list_path(view)), field.name);
      REQUIRE(filter.is_object());
      CHECK(says(filter["description"], field.help));
      for (auto const& row : grammar::operators)
        if (model::accepts(field.type, row.comparison)) CHECK(says(filter["description"], " " + std::string(row.text)));
      CHECK(properties.contains(std::string(field.name)) == query::may_be_shown(field));
      shown += query::may_be_shown(field) ? 1 : 0;
    }
    CHECK(properties.size() == shown);
  }
}

TEST_CASE("the neighbours of a node are filtered as nodes, whatever its kind", "[v2][openapi]") {
  for (auto const* path : {"/calculations/{id}/io/inputs", "/data/{id}/io/outputs/page"})
    for (auto const& field : v2::vocabulary().nodes().fields)
      CHECK(parameter_of(operation_at(path), field.name).is_object());
}

TEST_CASE("only the id is never null", "[v2][openapi]") {
  for (auto const& view : v2::vocabulary().views)
    for (auto const& [name, schema] : row_schema(view)["properties"].items()) {
      CAPTURE(view.name, name);
      CHECK(schema["type"].is_array() == (name != "id"));
    }
  auto const& node = row_schema(v2::vocabulary().nodes())["properties"];
  CHECK(node["id"] == json{{"type", "integer"}, {"format", "int64"}, {"description", "Id of the object"}});
  CHECK(node["ctime"] == json{{"type", {"string", "null"}},
                              {"examples", {"Fri, 29 Apr 2016 19:24:12 GMT"}},
                              {"description", "Creation time of the node"}});
}

TEST_CASE("each format of lists is described, and of other answers JSON alone", "[v2][openapi]") {
  auto const content_at = [](std::string_view path) { return operation_at(path)["responses"]["200"]["content"]; };
  for (auto const& format : v2::formats()) {
    CAPTURE(format.name);
    if (format.is_indented) continue;
    auto const type = std::string(format.asked_as);
    CHECK(content_at("/nodes").contains(type) == (format.of == FormatOf::anything || format.of == FormatOf::lists));
    CHECK(content_at("/nodes/{id}").contains(type) == (format.of == FormatOf::anything));
    CHECK(content_at("/nodes/{id}/io/graph").contains(type) ==
          (format.of == FormatOf::anything || format.of == FormatOf::graphs));
  }
}

TEST_CASE("each error of the catalogue is described, but those that no reader of an endpoint gets", "[v2][openapi]") {
  auto const elsewhere = v2::openapi::errors_elsewhere();
  json examples;
  for (auto const& [name, response] : document()["components"]["responses"].items())
    for (auto const& [type, content] : response["content"].items()) examples.update(content["examples"]);
  for (auto const& row : http::error_catalogue()) {
    CAPTURE(row.name);
    CHECK(examples.contains(std::string(row.name)) == (std::ranges::find(elsewhere, row.code) == elsewhere.end()));
  }
  CHECK(examples["internal"]["value"] == json{{"message", "Internal server error"}});
  CHECK(document()["components"]["responses"]["Error503"]["headers"].contains("Retry-After"));
}

TEST_CASE("the words of count, and the limits", "[v2][openapi]") {
  auto const& words = document()["components"]["parameters"]["key.count"]["schema"]["enum"];
  CHECK(words.size() == std::size(query::total_words));
  for (auto const& row : v2::limit_rows())
    CHECK(says(document()["info"]["description"], std::string(row.what) + ": " + std::to_string(row.at_most)));
  CHECK(document()["info"]["version"] == program_version());
}

TEST_CASE("the description stands alone, and names the address of the client", "[v2][openapi]") {
  AnswerLimits limits;
  auto const response = *v2::render_json({Description{}, "Info"}, *http::read_target("/api/v2/openapi.json"),
                                         {"https", "aiida.example.org", "/pro\"xy/main"}, limits);
  CHECK(http::find_header(response.headers, "Content-Type") == "application/json");
  auto const described = json::parse(response.body.text());
  CHECK(described["servers"] == json::array({{{"url", "https://aiida.example.org/pro\"xy/main/api/v2"}}}));
  CHECK(described["paths"] == document()["paths"]);
}
