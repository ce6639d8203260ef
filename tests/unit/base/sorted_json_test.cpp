// SPDX-License-Identifier: MIT
#include "base/sorted_json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>

using namespace restapi;

namespace {

std::string sorted(std::string_view json, std::function<bool(std::string_view)> const& wanted = {}) {
  AnswerLimits limits;
  std::string out;
  return append_sorted_json(out, json, wanted, limits) ? out : "malformed";
}

std::string nested(int depth, std::string const& inside = "") {
  return std::string(static_cast<std::size_t>(depth), '[') + inside + std::string(static_cast<std::size_t>(depth), ']');
}

/// The work that sorting takes, for each byte of the text.
std::size_t work_for_a_byte(std::string const& json) {
  AnswerLimits limits;
  std::string out;
  REQUIRE(append_sorted_json(out, json, {}, limits));
  CHECK(out.size() == json.size());
  return limits.work() / json.size();
}

/// Objects in objects, each with its keys in the wrong order.
std::string deep_in_disorder(int depth, std::size_t width) {
  std::string json = "\"" + std::string(width, 'x') + '"';
  for (int i = 0; i < depth; ++i) json = "{\"b\":" + json + ",\"a\":1}";
  return json;
}

nlohmann::json invented(std::mt19937& random, int depth) {
  auto const kind = depth == 0 ? 2 + random() % 2 : random() % 4;
  if (kind == 2) return random() % 1000;
  if (kind == 3) return std::string(random() % 5, 'x');
  nlohmann::json made = kind == 0 ? nlohmann::json::object() : nlohmann::json::array();
  for (auto count = random() % 6; count > 0; --count) {
    auto const key = std::string(random() % 12, static_cast<char>('a' + random() % 2)) + std::to_string(random() % 20);
    if (kind == 0)
      made[key] = invented(random, depth - 1);
    else
      made.push_back(invented(random, depth - 1));
  }
  return made;
}

/// The document with the members of its objects in any order.
std::string shuffled(nlohmann::json const& json, std::mt19937& random) {
  if (!json.is_structured()) return json.dump();
  std::vector<std::string> parts;
  for (auto const& [key, value] : json.items())
    parts.push_back((json.is_object() ? '"' + key + "\": " : "") + shuffled(value, random));
  if (json.is_object()) std::shuffle(parts.begin(), parts.end(), random);
  std::string text;
  for (auto const& part : parts) text += (text.empty() ? "" : ", ") + part;
  return json.is_object() ? '{' + text + '}' : '[' + text + ']';
}

}  // namespace

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
                           "-",
                           "-NaN",
                           "-Inf",
                           "+Infinity",
                           "NaNa",
                           "nan",
                           "Infinity1",
                           "{NaN:1}",
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
                           "\xFF",
                           "[\xFF]",
                           "\"\xFF"}) {
    CAPTURE(text);
    CHECK(sorted(text) == "malformed");
    CHECK_FALSE(nlohmann::json::accept(std::string(text).starts_with("\xEF") ? "-" : text));
  }
  CHECK(sorted(std::string_view("{}\0", 3)) == "malformed");
}

TEST_CASE("numbers that JSON does not have are null, outside of strings", "[json_text]") {
  CHECK(sorted("NaN") == "null");
  CHECK(sorted("[NaN, Infinity,-Infinity , 1]") == "[null,null,null,1]");
  CHECK(sorted("{\"b\":-Infinity,\"a\":{\"d\":NaN,\"c\":Infinity}}") == "{\"a\":{\"c\":null,\"d\":null},\"b\":null}");
  CHECK(sorted("{\"NaN\":\"NaN, Infinity, -Infinity\"}") == "{\"NaN\":\"NaN, Infinity, -Infinity\"}");
  CHECK(sorted("{\"b\":NaN,\"a\":1.5}", [](std::string_view key) { return key == "a"; }) == "{\"a\":1.5}");
}

TEST_CASE("bytes that are no UTF-8 become U+FFFD, each", "[json_text]") {
  CHECK(sorted("\"\xFF\"") == "\"\xEF\xBF\xBD\"");
  CHECK(sorted("\"\xC3\"") == "\"\xEF\xBF\xBD\"");
  CHECK(sorted("\"a\xED\xA0\x80z\xC3\xA9\"") == "\"a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\xC3\xA9\"");
  CHECK(sorted("\"\xFF\\\"\xFF\"") == "\"\xEF\xBF\xBD\\\"\xEF\xBF\xBD\"");
  // A key sorts, and is chosen, as it is shown.
  CHECK(sorted("{\"\xFF\":1,\"\xC3\xA9\":2}") == "{\"\xC3\xA9\":2,\"\xEF\xBF\xBD\":1}");
  CHECK(sorted("{\"\xFF\":1,\"a\":2}", [](std::string_view key) { return key == "\xEF\xBF\xBD"; }) ==
        "{\"\xEF\xBF\xBD\":1}");
}

TEST_CASE("a document that grows by being mended takes memory for that", "[sorted_json][limits]") {
  auto const budget = std::make_shared<restapi::MemoryBudget>(std::size_t{64} << 20);
  std::string const bytes = '"' + std::string(std::size_t{8} << 20, '\xFF') + '"';
  auto const code = [&](std::size_t taken_before) {
    AnswerLimits limits(budget, std::chrono::hours(1), {});
    std::string out;
    out.reserve(bytes.size());
    limits.take(bytes.size() + taken_before);
    try {
      bool const is_done = append_sorted_json(out, bytes, {}, limits);
      CHECK(is_done);
      CHECK(out.size() == 3 * (bytes.size() - 2) + 2);
      CHECK(budget->taken() >= out.size());
    } catch (Interrupted const& interrupted) {
      return interrupted.error.code;
    }
    return restapi::Code::internal;
  };
  CHECK(code(0) == restapi::Code::internal);
  CHECK(budget->taken() == 0);
  CHECK(code(std::size_t{40} << 20) == restapi::Code::answer_too_large);
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

TEST_CASE("any document in any order comes out as a library would sort it", "[sorted_json][property]") {
  std::mt19937 random(20261126);
  for (int round = 0; round < 500; ++round) {
    auto const json = invented(random, 5);
    REQUIRE(sorted(shuffled(json, random)) == json.dump());
  }
}

TEST_CASE("a byte is not written again at each depth", "[sorted_json][limits]") {
  CHECK(sorted(deep_in_disorder(3, 1)) == R"({"a":1,"b":{"a":1,"b":{"a":1,"b":"x"}}})");
  CHECK(work_for_a_byte(deep_in_disorder(max_json_depth, 1'000'000)) < 10);
  std::string many;
  for (int i = 0; i < 2000; ++i) many += (i > 0 ? "," : "") + deep_in_disorder(max_json_depth / 2, 1);
  CHECK(work_for_a_byte('[' + many + ']') < 20);
}

TEST_CASE("keys that begin alike take no more work than their bytes, but for the sorting", "[sorted_json][limits]") {
  std::string json;
  for (int i = 100'000; i > 0; --i)
    json += (json.empty() ? "{" : ",") + ("\"same_start_" + std::to_string(100'000 + i)) + "\":1";
  CHECK(work_for_a_byte(json + '}') < 50);
}

TEST_CASE("sorting ends where nobody waits for it, and when its time is over", "[sorted_json][limits]") {
  auto const code = [](AnswerLimits limits) {
    std::string out;
    try {
      append_sorted_json(out, deep_in_disorder(max_json_depth, 1'000'000), {}, limits);
    } catch (Interrupted const& interrupted) {
      return interrupted.error.code;
    }
    return restapi::Code::internal;
  };
  std::stop_source gone;
  CHECK(code({nullptr, std::chrono::hours(1), gone.get_token()}) == restapi::Code::internal);
  CHECK(code({nullptr, std::chrono::hours(0), gone.get_token()}) == restapi::Code::store_too_slow);
  gone.request_stop();
  CHECK(code({nullptr, std::chrono::hours(1), gone.get_token()}) == restapi::Code::cancelled);
}

TEST_CASE("memory for sorting is taken before it is used, and given back", "[sorted_json][limits]") {
  std::string json = "{\"z\":1";
  for (int i = 0; i < 500'000; ++i) json += ",\"a\":1";
  json += '}';
  auto const code = [&](std::size_t mebibytes) {
    auto const budget = std::make_shared<restapi::MemoryBudget>(mebibytes << 20);
    AnswerLimits limits(budget, std::chrono::hours(1), {});
    std::string out;
    try {
      bool const is_done = append_sorted_json(out, json, {}, limits);
      CHECK(is_done);
      CHECK(budget->taken() == 0);
    } catch (Interrupted const& interrupted) {
      return interrupted.error.code;
    }
    return restapi::Code::internal;
  };
  CHECK(code(64) == restapi::Code::internal);
  CHECK(code(8) == restapi::Code::answer_too_large);
}
