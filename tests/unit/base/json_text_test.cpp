// SPDX-License-Identifier: MIT
#include "base/json_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace restapi;

namespace {

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  TextSize size;
  append_json_string(size, text);
  CHECK(size.size() == out.size());
  return out;
}

std::optional<std::string> indented_within(std::string_view json, std::size_t most = std::string_view::npos) {
  AnswerLimits limits;
  return indented(json, most, limits);
}

}  // namespace

TEST_CASE("text becomes a JSON string", "[json_text]") {
  CHECK(json_string("") == "\"\"");
  CHECK(json_string("water") == "\"water\"");
  CHECK(json_string("5\" \\ /") == "\"5\\\" \\\\ /\"");
  CHECK(json_string("\n\r\t\b\f\x1F\x7F") == "\"\\n\\r\\t\\u0008\\u000c\\u001f\x7F\"");
  CHECK(json_string(std::string_view("\0", 1)) == "\"\\u0000\"");
  CHECK(json_string("caf\xC3\xA9 \xF0\x9F\x98\x80") == "\"caf\xC3\xA9 \xF0\x9F\x98\x80\"");
}

TEST_CASE("bytes that are no UTF-8 become replacement characters", "[json_text]") {
  std::string const replaced = "\xEF\xBF\xBD";
  CHECK(json_string("a\xFFz") == "\"a" + replaced + "z\"");
  CHECK(json_string("\xC3") == "\"" + replaced + "\"");
  CHECK(json_string("\xC3(") == "\"" + replaced + "(\"");
  CHECK(json_string("\xED\xA0\x80") == "\"" + replaced + replaced + replaced + "\"");
}

TEST_CASE("every byte gives a JSON string that a reader accepts", "[json_text]") {
  for (int byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    auto const text = json_string(std::string{'a', static_cast<char>(byte), 'b'});
    CHECK(nlohmann::json::accept(text));
  }
}

TEST_CASE("indentation is given up where it would grow beyond its limit", "[json_text]") {
  auto const deep = std::string(500, '[') + "1" + std::string(500, ']');
  CHECK(indented_within(deep)->size() > 500'000);
  CHECK_FALSE(indented_within(deep, 100'000));
  CHECK(indented_within(deep, 1'000'000));
}

TEST_CASE("people read two spaces of indentation", "[json_text]") {
  CHECK(indented_within("{}") == "{}\n");
  CHECK(indented_within("[]") == "[]\n");
  CHECK(indented_within("1") == "1\n");
  CHECK(indented_within("{\"a\":{},\"b\":[1,[],{\"c\":\"x,:{}[]\\\"y\"}],\"d\":null}") ==
        "{\n  \"a\": {},\n  \"b\": [\n    1,\n    [],\n    {\n      \"c\": \"x,:{}[]\\\"y\"\n    }\n  ],\n  \"d\": "
        "null\n}\n");
  CHECK(indented_within("\"\\\\\"") == "\"\\\\\"\n");
}

TEST_CASE("a large document is measured before it is indented", "[json_text]") {
  std::string wide = "[1";
  while (wide.size() < worth_measuring) wide += ",1";
  wide += ']';
  auto const text = indented_within(wide);
  REQUIRE(text);
  CHECK(text->size() > 2 * wide.size());
  CHECK(text->capacity() < text->size() + 64);
  CHECK(indented_within(wide, text->size()));
  CHECK_FALSE(indented_within(wide, text->size() - 1));
}
