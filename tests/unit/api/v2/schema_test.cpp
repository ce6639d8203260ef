// SPDX-License-Identifier: MIT
#include "api/v2/schema.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "api/v2/vocabulary.hpp"

using namespace restapi;
using namespace restapi::api::v2;

TEST_CASE("schemas show what is shown", "[schema]") {
  for (auto const& each : vocabulary().views) {
    CAPTURE(each.name);
    auto const schema = nlohmann::json::parse(schema_json(each));
    CHECK(schema.size() == 2);
    std::vector<std::string> shown;
    for (auto const& field : each.projection->fields) shown.emplace_back(field.name);
    CHECK(schema["ordering"] == shown);
    CHECK(schema["fields"].size() == static_cast<std::size_t>(std::ranges::count_if(each.fields, query::may_be_shown)));
    for (auto const& [name, field] : schema["fields"].items()) {
      CAPTURE(name);
      auto const type = field.at("type").get<std::string>();
      CHECK((type == "int" || type == "str" || type == "bool" || type == "datetime" || type == "dict"));
      CHECK(field.at("is_display") == (std::ranges::find(shown, name) != shown.end()));
      CHECK_FALSE(field.at("help_text").get<std::string>().empty());
      CHECK_FALSE(field.at("display_name").get<std::string>().empty());
      CHECK(field.at("is_foreign_key").get<bool>() == field.contains("related_resource"));
      CHECK(field.contains("related_resource") == field.contains("related_column"));
    }
  }
  auto const groups = nlohmann::json::parse(schema_json(*vocabulary().find_view("groups")));
  CHECK(groups["fields"]["user_id"] ==
        nlohmann::json::parse(R"({"type": "int", "is_foreign_key": true, "related_resource": "users",
                                  "related_column": "id", "help_text": "Id of the user who made the group",
                                  "display_name": "Id of owner", "is_display": true})"));
}
