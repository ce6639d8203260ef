// SPDX-License-Identifier: MIT
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <sstream>
#include <string>

#include "model/accepted_operators.hpp"
#include "model/catalog.hpp"
#include "model/relation.hpp"
#include "support/schemas.hpp"

using namespace restapi;
using model::Type;

namespace {

model::Resource const& resource(std::string_view name) {
  if (auto const* found = model::find_resource(name)) return *found;
  FAIL("no resource " << name);
  throw 0;
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
    CHECK_FALSE(each->id.empty());
    CHECK(each->uuid.empty() == (each->identity == model::Identity::pk));
    CHECK((each->identity == model::Identity::pk) == (each->name == "users"));
    auto const* id = model::find_column(*each, "id");
    REQUIRE(id);
    CHECK(id->type == Type::integer);
    CHECK(id->expressions[0].sql.text() == each->id.text());
    for (auto const& column : each->columns) {
      CAPTURE(column.name);
      CHECK(model::find_column(*each, column.name) == &column);
      // A expression that needs what no database has would never be read; behind one that needs nothing, none is.
      bool needs_nothing = false;
      for (auto const& expression : column.expressions) {
        if (expression.sql.empty()) continue;
        CHECK_FALSE(needs_nothing);
        std::istringstream needed{std::string(expression.needs)};
        for (std::string name; needed >> name;) CHECK((name == "json_valid.text" || known.contains(name)));
        needs_nothing = expression.needs.empty();
      }
      CHECK(needs_nothing);
    }
    CHECK(model::find_column(*each, "password") == nullptr);
  }
}

TEST_CASE("what is private is marked", "[model][resources]") {
  for (auto const* each : model::all_resources())
    for (auto const& column : each->columns) {
      CAPTURE(each->name, column.name);
      CHECK(column.is_private == (each->name == "users" && (column.name == "email" || column.name == "is_active")));
    }
}

TEST_CASE("relations lead from a resource to a resource, by tables of theirs", "[model][relation]") {
  REQUIRE_FALSE(model::relations().empty());
  for (auto const& relation : model::relations()) {
    CAPTURE(relation.from, relation.name);
    CHECK(model::find_relation(relation.from, relation.name) == &relation);
    CHECK(model::find_column(resource(relation.from), relation.name) == nullptr);  // a path is one or the other
    auto const before_conditions = std::string(relation.begin.text()) + std::string(relation.ids.text());
    for (auto const resource_name : {relation.from, relation.to}) {
      auto const table = resource(resource_name).table.text();
      auto const alias = std::string(table.substr(table.rfind(' ') + 1)) + ".";
      CHECK(before_conditions.find(alias) != std::string::npos);
    }
    CHECK(before_conditions.find(resource(relation.to).table.text()) != std::string::npos);
    CHECK_FALSE(relation.help.empty());
  }
  CHECK(model::find_relation("computers", "node")->arity == model::Arity::many);
  CHECK(model::find_relation("nodes", "node") == nullptr);
}

TEST_CASE("each type takes the operators of the documents", "[model][operators]") {
  using grammar::Family;
  for (auto const& row : grammar::operators) {
    CAPTURE(row.text);
    bool const is_of_documents =
        std::ranges::find(model::only_of_documents, row.family) != model::only_of_documents.end();
    CHECK(model::accepts(Type::text, row.comparison) == !is_of_documents);
    CHECK(model::accepts(Type::uuid, row.comparison) == !is_of_documents);
    bool const is_of_strings = row.family == Family::pattern || row.family == Family::beginning;
    CHECK(model::accepts(Type::integer, row.comparison) == (!is_of_strings && !is_of_documents));
    CHECK(model::accepts(Type::datetime, row.comparison) == (!is_of_strings && !is_of_documents));
    CHECK(model::accepts(Type::boolean, row.comparison) ==
          (row.family == Family::equality || row.family == Family::presence));
  }
}

TEST_CASE("every type has a row", "[model][type]") {
  for (auto const type : {Type::integer, Type::text, Type::uuid, Type::boolean, Type::datetime}) {
    auto const found = std::ranges::find(model::types, type, &model::TypeRow::type);
    REQUIRE(found != std::end(model::types));
    CHECK(&model::row_of(type) == found);
    CHECK(std::ranges::count(model::acceptances, type, &model::Acceptance::type) == 1);
  }
}
