#include "api/json_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace restapi::api;

namespace {

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string sorted(std::string_view json, std::function<bool(std::string_view)> const& wanted = {}) {
  std::string out;
  return append_sorted_json(out, json, wanted) ? out : "malformed";
}

std::string nested(int depth, std::string const& inside = "") {
  return std::string(static_cast<std::size_t>(depth), '[') + inside + std::string(static_cast<std::size_t>(depth), ']');
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

TEST_CASE("keys are sorted at every depth and white space goes", "[json_text]") {
  CHECK(sorted("{}") == "{}");
  CHECK(sorted(" { } ") == "{}");
  CHECK(sorted("[]") == "[]");
  CHECK(sorted("[ ]") == "[]");
  CHECK(sorted("{\"b\": 1, \"a\": [ {\"d\": null, \"c\": {}} , 2 ]}") == "{\"a\":[{\"c\":{},\"d\":null},2],\"b\":1}");
  CHECK(sorted("\r\n\t{\"a\" :\n1 }\t") == "{\"a\":1}");
  CHECK(sorted("{\"ab\":1,\"a\":2,\"a!\":3,\"\":4}") == "{\"\":4,\"a\":2,\"a!\":3,\"ab\":1}");
  CHECK(sorted("{\"B\":1,\"a\":2,\"\xC3\xA9\":3}") == "{\"B\":1,\"a\":2,\"\xC3\xA9\":3}");
  CHECK(sorted("\"x\"") == "\"x\"");
  CHECK(sorted("true") == "true");
  CHECK(sorted(" null ") == "null");
}

TEST_CASE("numbers, strings and escapes stay byte for byte", "[json_text]") {
  for (auto const* text : {"0", "-0", "3.0", "1e400", "1E+2", "-1.50e-07", "123456789012345678901234567890",
                           "0.1000000000000000055511151231257827", "\"\\u00e9\"", "\"\\/\"", "\"\\ud83d\\ude00\"",
                           "\"a  b\"", "\"\\b\\f\\n\\r\\t\\\\\\\"\"", "\"{[,:]}\""}) {
    CAPTURE(text);
    CHECK(sorted(text) == text);
    CHECK(sorted(std::string("{\"k\":") + text + "}") == std::string("{\"k\":") + text + "}");
  }
}

TEST_CASE("members of the outermost object are chosen by their key", "[json_text]") {
  auto const only_a = [](std::string_view key) { return key == "a"; };
  auto const nothing = [](std::string_view) { return false; };
  CHECK(sorted("{\"b\":{\"a\":1},\"a\":{\"b\":2,\"a\":1}}", only_a) == "{\"a\":{\"a\":1,\"b\":2}}");
  CHECK(sorted("{\"b\":1,\"a\":2,\"c\":3}", only_a) == "{\"a\":2}");
  CHECK(sorted("{\"b\":1,\"a\":2}", nothing) == "{}");
  CHECK(sorted("{}", only_a) == "{}");
  // Escapes in a key mean what they say.
  CHECK(sorted("{\"\\u0061\":1,\"b\":2}", only_a) == "{\"\\u0061\":1}");
  CHECK(sorted("{\"a\\\"\":1}", [](std::string_view key) { return key == "a\""; }) == "{\"a\\\"\":1}");
  CHECK(sorted("{\"\xC3\xA9\":1}", [](std::string_view key) { return key == "\xC3\xA9"; }) == "{\"\xC3\xA9\":1}");
  // What is left out must be well-formed all the same.
  CHECK(sorted("{\"b\":tru,\"a\":1}", only_a) == "malformed");
  // Only objects have members.
  CHECK(sorted("[{\"b\":1}]", nothing) == "[{\"b\":1}]");
}

TEST_CASE("members with the same key stay in their order", "[json_text]") {
  CHECK(sorted("{\"b\":1,\"a\":1,\"b\":2,\"a\":2}") == "{\"a\":1,\"a\":2,\"b\":1,\"b\":2}");
  CHECK(sorted("{\"b\":1,\"a\":1,\"a\":2}", [](std::string_view key) { return key == "a"; }) == "{\"a\":1,\"a\":2}");
}

TEST_CASE("what is not one well-formed value is refused", "[json_text][error]") {
  for (auto const* text : {"",
                           " ",
                           "{",
                           "}",
                           "[",
                           "]",
                           "[1,]",
                           "{\"a\":1,}",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{a:1}",
                           "{1:2}",
                           "[1 2]",
                           "1 2",
                           "{}{}",
                           "nul",
                           "nulll",
                           "True",
                           "NaN",
                           "Infinity",
                           "-",
                           "-Infinity",
                           "+1",
                           ".5",
                           "1.",
                           "1e",
                           "1e+",
                           "01",
                           "-01",
                           "[00]",
                           "0x10",
                           "'a'",
                           "\"a",
                           "\"a\\\"",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\u12g4\"",
                           "\"\\",
                           "\"a\nb\"",
                           "[,1]",
                           "{,}",
                           "{\"a\":1 \"b\":2}",
                           "[1}",
                           "{\"a\":1]",
                           "\xEF\xBB\xBF{}",
                           "\"\xFF\"",
                           "\"\xC3\"",
                           "{\"\xC3\":1}"}) {
    CAPTURE(text);
    CHECK(sorted(text) == "malformed");
    CHECK_FALSE(nlohmann::json::accept(std::string(text).starts_with("\xEF") ? "-" : text));
  }
  CHECK(sorted(std::string_view("{}\0", 3)) == "malformed");
}

TEST_CASE("depth has a limit that protects the stack", "[json_text]") {
  CHECK(sorted(nested(max_json_depth)) == nested(max_json_depth));
  CHECK(sorted(nested(max_json_depth, "1")) == nested(max_json_depth, "1"));
  CHECK(sorted(nested(max_json_depth + 2)) == "malformed");
  CHECK(sorted(std::string(1'000'000, '[')) == "malformed");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  CHECK(sorted(objects) == "malformed");
}

TEST_CASE("indentation is given up where it would grow beyond its limit", "[json_text]") {
  auto const deep = std::string(500, '[') + "1" + std::string(500, ']');
  CHECK(indented(deep)->size() > 500'000);
  CHECK_FALSE(indented(deep, 100'000));
  CHECK(indented(deep, 1'000'000));
}

TEST_CASE("people read two spaces of indentation", "[json_text]") {
  CHECK(indented("{}") == "{}\n");
  CHECK(indented("[]") == "[]\n");
  CHECK(indented("1") == "1\n");
  CHECK(indented("{\"a\":{},\"b\":[1,[],{\"c\":\"x,:{}[]\\\"y\"}],\"d\":null}") ==
        "{\n  \"a\": {},\n  \"b\": [\n    1,\n    [],\n    {\n      \"c\": \"x,:{}[]\\\"y\"\n    }\n  ],\n  \"d\": "
        "null\n}\n");
  CHECK(indented("\"\\\\\"") == "\"\\\\\"\n");
}
