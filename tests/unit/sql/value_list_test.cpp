// SPDX-License-Identifier: MIT
#include "sql/value_list.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace restapi;

namespace {

using Values = std::vector<model::Value>;

}  // namespace

TEST_CASE("a list of integers is one text", "[sql][value_list]") {
  using Limits = std::numeric_limits<std::int64_t>;
  Values const values{Limits::min(), std::int64_t{-1}, std::int64_t{0}, Limits::max()};
  CHECK(sql::array_literal(values) == "{-9223372036854775808,-1,0,9223372036854775807}");
  CHECK(sql::json_array(values) == "[-9223372036854775808,-1,0,9223372036854775807]");
}

TEST_CASE("a list of texts is one text, from which each comes back as it was", "[sql][value_list]") {
  struct Case {
    std::string text, array, json;
  };
  // Some mean something in one of the two languages: braces, commas, NULL, blanks at the ends, escapes.
  Case const cases[] = {
      {"water", "{\"water\"}", "[\"water\"]"},
      {"", "{\"\"}", "[\"\"]"},
      {"NULL", "{\"NULL\"}", "[\"NULL\"]"},
      {" a , b } ", "{\" a , b } \"}", "[\" a , b } \"]"},
      {"{\"}", "{\"{\\\"}\"}", "[\"{\\\"}\"]"},
      {"\\", "{\"\\\\\"}", "[\"\\\\\"]"},
      {"\\n\\u0041", "{\"\\\\n\\\\u0041\"}", "[\"\\\\n\\\\u0041\"]"},
      {"a'b", "{\"a'b\"}", "[\"a'b\"]"},
      {"é🎲", "{\"é🎲\"}", "[\"é🎲\"]"},
      {"a\tb\n\x01", "{\"a\tb\n\x01\"}", "[\"a\\u0009b\\u000a\\u0001\"]"},
  };
  for (auto const& [text, array, json] : cases) {
    CHECK(sql::array_literal(Values{text}) == array);
    CHECK(sql::json_array(Values{text}) == json);
  }
  CHECK(sql::array_literal(Values{"a", "b"}) == "{\"a\",\"b\"}");
  CHECK(sql::json_array(Values{"a", "b"}) == "[\"a\",\"b\"]");
}
