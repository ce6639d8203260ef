// SPDX-License-Identifier: MIT
#include "store/sqlite/canonical_json.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace restapi;
using namespace store;

namespace {

bool same(std::string_view one, std::string_view other) {
  return JsonComparison().is_same(*read_canonical_json(one), *read_canonical_json(other)).value();
}

bool contains(std::string_view value, std::string_view wanted) {
  return JsonComparison().contains(*read_canonical_json(value), *read_canonical_json(wanted)).value();
}

}  // namespace

TEST_CASE("values of JSON are the same whatever their notation", "[sqlite][json]") {
  CHECK(same(R"({"a":1,"b":[2.0]})", R"({"b":[2],"a":1e0})"));
  CHECK_FALSE(same("[1,2]", "[2,1]"));
  CHECK_FALSE(same("1", "true"));
  CHECK_FALSE(same(R"("1")", "1"));
  CHECK_FALSE(same("null", "false"));
  CHECK_FALSE(same("{}", "[]"));
}

TEST_CASE("what jsonb says of containment", "[sqlite][json]") {
  CHECK(contains("[1,2,3]", "[3,1]"));
  CHECK(contains("[1,2,3]", "[1,1]"));
  CHECK_FALSE(contains("[1,2,3]", "[4]"));
  CHECK(contains("[1,[2,3]]", "[[2]]"));
  CHECK_FALSE(contains("[1,[2,3]]", "[2]"));
  CHECK(contains(R"({"a":{"b":1,"c":2},"d":3})", R"({"a":{"c":2}})"));
  CHECK_FALSE(contains(R"({"a":{"b":1}})", R"({"b":1})"));
  CHECK(contains(R"([{"a":1,"b":2}])", R"([{"b":2}])"));
  CHECK(contains("[1]", "[]"));
  CHECK(contains("{}", "{}"));
  CHECK_FALSE(contains("{}", "[]"));
  CHECK_FALSE(contains(R"("a")", R"(["a"])"));
  CHECK(contains(R"(["a"])", R"("a")"));
  CHECK_FALSE(contains(R"({"a":[1]})", R"({"a":1})"));
}

TEST_CASE("a comparison of a stranger's arrays is stopped", "[sqlite][json]") {
  std::string value = "[0", wanted = "[1000000";
  for (int i = 1; i < 20'000; ++i) {
    value += "," + std::to_string(i);
    wanted += "," + std::to_string(1'000'000 + i);
  }
  auto const one = read_canonical_json(value + "]"), other = read_canonical_json(wanted + "]");
  REQUIRE((one && other));
  int questions = 0;
  JsonComparison comparison([&questions] { return ++questions == 2; });
  CHECK_FALSE(comparison.contains(*one, *other));
  CHECK(questions == 2);
  CHECK_FALSE(comparison.is_same(*one, *one));
}
