// SPDX-License-Identifier: MIT
#include "base/json_value.hpp"

#include <catch2/catch.hpp>

using namespace restapi;
using Kind = JsonValue::Kind;

namespace {

std::string again(std::string_view text) {
  auto const value = read_json(text, 64);
  if (!value) return value.error().message;
  std::string json;
  append_json(json, *value);
  return json;
}

}  // namespace

TEST_CASE("JSON is read as it is written", "[json]") {
  CHECK(again(R"( {"a" : [1, -2.50, 1E3, true, null, "é\n"], "b": {}} )") ==
        R"({"a":[1,-2.50,1E3,true,null,"é\n"],"b":{}})");
  CHECK(again("123456789012345678901234567890") == "123456789012345678901234567890");
  CHECK(again("1e400") == "1e400");
  CHECK(again(R"("😀")") == "\"😀\"");
}

TEST_CASE("of a repeated key the last value counts, in the place of the first", "[json]") {
  CHECK(again(R"({"a":1,"b":2,"a":3,"c":4,"b":5})") == R"({"a":3,"b":5,"c":4})");
}

TEST_CASE("what is no JSON is refused", "[json]") {
  for (auto const* text : {"", "{", "[1,]", "nul", "{\"a\":NaN}", "\"\\ud800\"", "\"\xff\"", "1 2", "{'a':1}"}) {
    auto const value = read_json(text, 64);
    REQUIRE_FALSE(value);
    CHECK(value.error().code == Code::syntax);
    CHECK_THAT(value.error().message, Catch::StartsWith("the body is no JSON"));
  }
  CHECK_THAT(again(R"("a\u0000")"), Catch::Contains("\\u0000"));
  CHECK_THAT(again(R"({"a\u0000":1})"), Catch::Contains("\\u0000"));
}

TEST_CASE("JSON has a limit of depth", "[json]") {
  auto const nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(read_json(nested(64), 64));
  auto const refused = read_json(nested(65), 64);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::out_of_range);
  CHECK_FALSE(read_json(nested(1'000'000), 64));
}
