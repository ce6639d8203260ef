// SPDX-License-Identifier: MIT
#include "query/reserved_keys.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "model/catalog.hpp"

using namespace restapi;
using query::Scope;

TEST_CASE("each reserved key belongs to the endpoints of the documents", "[query][reserved_keys]") {
  static constexpr Scope scopes[] = {Scope::list,       Scope::one,    Scope::inputs,    Scope::outputs,
                                     Scope::attributes, Scope::extras, Scope::statistics};
  std::set<Scope> const lists = {Scope::list, Scope::inputs, Scope::outputs};
  struct Row {
    std::string_view key;
    std::set<Scope> scopes;
  };
  std::vector<Row> const rows = {
      {"limit", lists},
      {"offset", lists},
      {"perpage", lists},
      {"orderby", lists},
      {"alist", {Scope::attributes}},
      {"nalist", {Scope::attributes}},
      {"elist", {Scope::extras}},
      {"nelist", {Scope::extras}},
      {"user", {Scope::statistics}},
  };
  REQUIRE(query::reserved_keys().size() == rows.size());
  for (auto const& row : rows) {
    CAPTURE(row.key);
    auto const* key = query::find_reserved_key(row.key);
    REQUIRE(key);
    for (auto const scope : scopes) CHECK(key->belongs_to(scope) == row.scopes.contains(scope));
    CHECK_FALSE(key->place.empty());
    CHECK_FALSE(key->accepts.empty());
  }
  for (auto const scope : scopes) CHECK(query::is_list(scope) == lists.contains(scope));
  CHECK(query::find_reserved_key("Limit") == nullptr);
  CHECK(query::find_reserved_key("") == nullptr);
}

TEST_CASE("no column hides behind a reserved key", "[query][reserved_keys]") {
  for (auto const* resource : model::all_resources()) {
    for (auto const& key : query::reserved_keys()) CHECK(model::find_column(*resource, key.name) == nullptr);
    CHECK(model::find_column(*resource, query::ignored_key) == nullptr);
  }
}
