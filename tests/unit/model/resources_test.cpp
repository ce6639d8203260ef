// SPDX-License-Identifier: MIT
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "model/catalog.hpp"
#include "model/operators.hpp"
#include "tests/support/schemas.hpp"

using namespace restapi;
using model::Type;
using model::Use;

namespace {

model::Resource const& resource(std::string_view name) {
  for (auto const* each : model::all_resources())
    if (each->name == name) return *each;
  FAIL("no resource " << name);
  throw 0;
}

std::string_view document_type(Type type) {
  return type == Type::integer    ? "integer"
         : type == Type::boolean  ? "bool"
         : type == Type::datetime ? "datetime"
                                  : "string";
}

}  // namespace

TEST_CASE("every resource of the documents is there, once, in their order", "[model][resources]") {
  std::vector<std::string_view> names;
  for (auto const* each : model::all_resources()) names.push_back(each->name);
  CHECK(names == std::vector<std::string_view>{"nodes", "calculations", "codes", "data", "structures", "kpoints",
                                               "bands", "cifs", "upfs", "computers", "users", "groups"});
}

TEST_CASE("the tables are consistent", "[model][resources]") {
  std::set<std::string, std::less<>> known;
  for (auto const* name : test::schema_names) known.merge(test::schema_of(name));
  for (auto const* each : model::all_resources()) {
    CAPTURE(each->name);
    CHECK(model::is_consistent(each->columns));
    CHECK_FALSE(each->help.empty());
    CHECK_FALSE(each->class_name.empty());
    CHECK_FALSE(each->id.empty());
    CHECK(each->uuid.empty() == (each->identity == model::Identity::pk));
    CHECK((each->identity == model::Identity::pk) == (each->name == "users"));
    auto const* id = model::find_column(*each, "id");
    REQUIRE(id);
    CHECK(id->type == Type::integer);
    CHECK(id->places[0].sql.text() == each->id.text());
    for (auto const& column : each->columns) {
      CAPTURE(column.name);
      CHECK(model::find_column(*each, column.name) == &column);
      CHECK(column.related_begin.empty() == column.related_end.empty());
      if (!column.foreign_key.resource.empty())
        CHECK(model::find_column(resource(column.foreign_key.resource), column.foreign_key.column));
      // A place that needs what no database has would never be read; behind one that needs nothing, none is.
      bool needs_nothing = false;
      for (auto const& place : column.places) {
        if (place.sql.empty()) continue;
        CHECK_FALSE(needs_nothing);
        if (!place.needs.empty()) CHECK((place.needs == "json_valid.text" || known.contains(place.needs)));
        needs_nothing = place.needs.empty();
      }
      CHECK(needs_nothing);
    }
    CHECK(model::find_column(*each, "pk") == nullptr);
    CHECK(model::find_column(*each, "password") == nullptr);
  }
}

TEST_CASE("the key table of the user's document holds", "[model][resources]") {
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
  std::size_t columns = 0;
  for (auto const& row : rows) {
    for (auto const name : row.resources) {
      CAPTURE(row.key, name);
      auto const* column = model::find_column(resource(name), row.key);
      REQUIRE(column);
      CHECK(document_type(column->type) == row.type);
      ++columns;
    }
  }
  // And no key that the document does not know.
  std::size_t all = 0;
  for (auto const* each : model::all_resources()) all += each->columns.size();
  CHECK(columns == all);
}

TEST_CASE("the answers show the fields of the documents and nothing private", "[model][resources]") {
  auto const shown = [](std::string_view name) {
    std::string names;
    for (auto const& column : resource(name).columns)
      if (model::is_shown(column)) names += (names.empty() ? "" : " ") + std::string(column.name);
    return names;
  };
  for (auto const* each : model::all_resources())
    if (each->is_node) CHECK(shown(each->name) == "ctime id label mtime state type uuid");
  CHECK(shown("computers") ==
        "description enabled hostname id name scheduler_type transport_params transport_type uuid");
  CHECK(shown("groups") == "description id name type user_id uuid");
  CHECK(shown("users") == "date_joined first_name id institution last_name");

  auto const use_of = [](std::string_view key) { return model::find_column(resource("users"), key)->use; };
  CHECK(use_of("email") == Use::private_filter);
  CHECK(use_of("is_active") == Use::private_filter);
  CHECK(use_of("last_login") == Use::filter_only);
  CHECK(model::find_column(resource("computers"), "state")->use == Use::filter_only);
}

TEST_CASE("each type takes the operators of the documents", "[model][operators]") {
  using ast::Operator;
  auto const accepted = [](Type type) {
    std::vector<Operator> operators;
    std::ranges::copy_if(model::all_operators, std::back_inserter(operators),
                         [&](auto each) { return model::accepts(type, each); });
    return operators;
  };
  using enum Operator;
  std::vector<Operator> const everything = {equal,         not_equal, less,  greater, less_equal,
                                            greater_equal, like,      ilike, in,      not_in};
  std::vector<Operator> const without_patterns = {equal,      not_equal,     less, greater,
                                                  less_equal, greater_equal, in,   not_in};
  CHECK(accepted(Type::text) == everything);
  CHECK(accepted(Type::uuid) == everything);
  CHECK(accepted(Type::integer) == without_patterns);
  CHECK(accepted(Type::datetime) == without_patterns);
  CHECK(accepted(Type::boolean) == std::vector<Operator>{equal, not_equal});
}

TEST_CASE("types have the names of the documents", "[model][type]") {
  CHECK(model::schema_name(Type::integer) == "int");
  CHECK(model::schema_name(Type::text) == "str");
  CHECK(model::schema_name(Type::uuid) == "str");
  CHECK(model::schema_name(Type::boolean) == "bool");
  CHECK(model::schema_name(Type::datetime) == "datetime");
}
