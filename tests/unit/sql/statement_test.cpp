// SPDX-License-Identifier: MIT
#include "sql/statement.hpp"

#include <catch2/catch.hpp>
#include <type_traits>

using restapi::sql::Fragment;
using restapi::sql::Statement;

TEST_CASE("placeholders are numbered in the order of their values", "[sql][statement]") {
  Statement statement("list", 3);
  statement.add("SELECT 1 WHERE a = ").bind(std::int64_t{45}).add(" AND b = ").bind(std::string("x'; --"));
  CHECK(statement.text() == "SELECT 1 WHERE a = :p1 AND b = :p2");
  REQUIRE(statement.values().size() == 2);
  CHECK(std::get<std::int64_t>(statement.values()[0]) == 45);
  CHECK(std::get<std::string>(statement.values()[1]) == "x'; --");
  CHECK(statement.name() == "list");
  CHECK(statement.width() == 3);
}

TEST_CASE("text of a request cannot become SQL", "[sql][statement]") {
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Fragment, std::string>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Fragment, std::string_view>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Fragment, char const*>);
  STATIC_REQUIRE(Fragment("a").text() == "a");
  STATIC_REQUIRE(Fragment().empty());
}
