// SPDX-License-Identifier: MIT
#include "api/v2/fields.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/v2/vocabulary.hpp"
#include "model/catalog.hpp"

using namespace restapi;
using namespace restapi::api;
using model::Type;
using query::Use;

namespace {

query::View const& view(std::string_view name) {
  auto const* found = v2::vocabulary().find_view(name);
  REQUIRE(found);
  return *found;
}

std::string_view document_type(Type type) {
  return type == Type::integer    ? "integer"
         : type == Type::boolean  ? "bool"
         : type == Type::datetime ? "datetime"
                                  : "string";
}

}  // namespace

TEST_CASE("v2 has every resource, in the order of the documents", "[v2][fields]") {
  std::vector<std::string_view> names, of_model;
  for (auto const& each : v2::vocabulary().views) {
    names.push_back(each.name);
    CHECK(each.resource->name == each.name);
    CHECK_FALSE(each.help.empty());
    CHECK_FALSE(each.class_name.empty());
  }
  for (auto const* each : model::all_resources()) of_model.push_back(each->name);
  CHECK(names == of_model);
  CHECK(v2::vocabulary().nodes().name == "nodes");
  CHECK(v2::vocabulary().find_view("node") == nullptr);
}

TEST_CASE("fields are columns that there are, and what is private stays so", "[v2][fields]") {
  for (auto const& each : v2::vocabulary().views) {
    for (auto const& field : each.fields) {
      CAPTURE(each.name, field.name);
      CHECK(each.find(field.name) == &field);
      CHECK_FALSE(field.help.empty());
      CHECK_FALSE(field.display_name.empty());
      auto const relation = field.relation ? std::string(field.relation->name) + "." : "";
      CHECK(relation + std::string(field.model().name) == field.column);
      CHECK(field.model().is_private == (field.use == Use::private_filter));
      if (!field.foreign_key.resource.empty()) CHECK(view(field.foreign_key.resource).find(field.foreign_key.column));
    }
    CHECK(each.find("pk") == nullptr);
    CHECK(each.find("password") == nullptr);
  }
  CHECK(view("nodes").find("type")->model().name == "node_type");
  CHECK(view("computers").find("name")->model().name == "label");
  CHECK(view("computers").find("state")->resource == view("nodes").resource);
}

TEST_CASE("the key table of the user's document holds", "[v2][fields]") {
  struct Row {
    std::string_view key, type;
    std::vector<std::string_view> resources;
  };
  static std::vector<std::string_view> const nodes = {"nodes",   "calculations", "codes", "data", "structures",
                                                      "kpoints", "bands",        "cifs",  "upfs"};
  auto const and_nodes = [](std::vector<std::string_view> others) {
    others.insert(others.end(), nodes.begin(), nodes.end());
    return others;
  };
  std::vector<Row> const rows = {
      {"id", "integer", and_nodes({"users", "computers", "groups"})},
      {"user_id", "integer", {"groups"}},
      {"uuid", "string", and_nodes({"computers", "groups"})},
      {"name", "string", {"computers", "groups"}},
      {"first_name", "string", {"users"}},
      {"last_name", "string", {"users"}},
      {"institution", "string", {"users"}},
      {"email", "string", {"users"}},
      {"label", "string", nodes},
      {"description", "string", {"computers", "groups"}},
      {"transport_type", "string", {"computers"}},
      {"transport_params", "string", {"computers"}},
      {"scheduler_type", "string", {"computers"}},
      {"enabled", "bool", {"computers"}},
      {"is_active", "bool", {"users"}},
      {"ctime", "datetime", nodes},
      {"mtime", "datetime", nodes},
      {"last_login", "datetime", {"users"}},
      {"date_joined", "datetime", {"users"}},
      {"type", "string", and_nodes({"groups"})},
      // computers: not in the table, but in the document's query `computers/?scheduler_type=in=…&state="FINISHED"`
      {"state", "string", and_nodes({"computers"})},
      {"hostname", "string", {"computers"}},
  };
  for (auto const& row : rows) {
    for (auto const name : row.resources) {
      CAPTURE(row.key, name);
      auto const* field = view(name).find(row.key);
      REQUIRE(field);
      CHECK(document_type(field->model().type) == row.type);
    }
  }
  // And no key that the document does not know, but what is only shown where somebody asks for it.
  for (auto const& each : v2::vocabulary().views) {
    for (auto const& field : each.fields) {
      if (field.use == Use::on_request) continue;
      CAPTURE(each.name, field.name);
      CHECK(std::ranges::any_of(rows, [&](Row const& row) {
        return row.key == field.name && std::ranges::find(row.resources, each.name) != row.resources.end();
      }));
    }
  }
}

TEST_CASE("all fields are shown but four and those that are asked for", "[v2][fields]") {
  std::set<std::string_view> const on_request{"computer_id",  "description", "exit_status", "node_count",
                                              "process_type", "time",        "user_id"};
  for (auto const& each : v2::vocabulary().views) {
    for (auto const& field : each.fields) {
      if (field.use == Use::on_request) {
        CHECK(on_request.contains(field.name));
        continue;
      }
      CAPTURE(each.name, field.name);
      auto const is_of = [&](std::string_view resource) { return each.name == resource; };
      auto const use = is_of("users") && (field.name == "email" || field.name == "is_active") ? Use::private_filter
                       : is_of("users") && field.name == "last_login"                         ? Use::filter_only
                       : is_of("computers") && field.name == "state"                          ? Use::filter_only
                                                                                              : Use::everywhere;
      CHECK(field.use == use);
    }
  }
}
