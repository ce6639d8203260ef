// SPDX-License-Identifier: MIT
#include "http/target.hpp"

#include <catch2/catch.hpp>

using namespace restapi;
using http::percent_decode;
using http::percent_encode;
using http::read_target;

namespace {

std::string decoded(std::string_view text) {
  auto const result = percent_decode(text);
  return result ? *result : "error: " + result.error().message;
}

using Segments = std::vector<std::string>;

}  // namespace

TEST_CASE("the document's own URLs mean what they say", "[target][document]") {
  CHECK(decoded("id>45&type=like=\"%data%\"") == "id>45&type=like=\"%data%\"");
  CHECK(decoded("first_name=ilike=%22aii%%22") == "first_name=ilike=\"aii%\"");
  CHECK(decoded("first_name=ilike=\"aii%\"") == "first_name=ilike=\"aii%\"");
  CHECK(decoded("uuid=like=\"cdfd48%\"") == "uuid=like=\"cdfd48%\"");
  CHECK(decoded("orderby=+id") == "orderby=+id");  // never a space
  CHECK(decoded("ctime>2016-04-23T05:45+03:45") == "ctime>2016-04-23T05:45+03:45");
}

TEST_CASE("escapes are decoded where they give UTF-8", "[target]") {
  CHECK(decoded("%41%7a") == "Az");
  CHECK(decoded("%c3%A9") == "\xC3\xA9");
  CHECK(decoded("%E2%82%AC%F0%9F%98%80") == "\xE2\x82\xAC\xF0\x9F\x98\x80");
  CHECK(decoded("\xC3\xA9") == "\xC3\xA9");
  CHECK(decoded("%25") == "%");
  CHECK(decoded("%2541") == "%41");  // decoded once
  CHECK(decoded("%20%26%3D") == " &=");
  for (auto const* text : {"%", "%4", "%4g", "%g4", "%%", "%c3", "%c3%", "%c3%28x", "%ff", "%c0%80", "%ed%a0%80",
                           "%f4%90%80%80", "%80", "%e2%82"}) {
    CAPTURE(text);
    auto const result = percent_decode(text);
    REQUIRE(result);
    CHECK(result->starts_with('%'));
  }
  CHECK(decoded("%c3%28") == "%c3(");
  CHECK(decoded("%da%74%61") == "%data");
}

TEST_CASE("control characters are refused", "[target][error]") {
  struct Case {
    std::string text;
    std::size_t offset;
  };
  for (auto const& row : {Case{"%00", 0}, Case{"ab%0ac", 2}, Case{"%41%1F", 3}, Case{"%7f", 0}, Case{"a\tb", 1},
                          Case{std::string("a\0b", 3), 1}, Case{"%22%0D%0A", 3}}) {
    CAPTURE(row.text);
    auto const result = percent_decode(row.text);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Code::control_character);
    CHECK(result.error().message == "the URL has a control character");
    CHECK(result.error().offset == row.offset);
  }
}

TEST_CASE("raw bytes that are no UTF-8 are refused", "[target][error]") {
  struct Case {
    std::string text;
    std::size_t offset;
  };
  for (auto const& row : {Case{"\xFF", 0}, Case{"label=\xE9", 6}, Case{"%41\xC3", 3}, Case{"\xC3%A9", 0},
                          Case{"a\xC0\x80", 1}, Case{"\xED\xA0\x80", 0}}) {
    CAPTURE(row.offset);
    auto const result = percent_decode(row.text);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Code::bad_encoding);
    CHECK(result.error().message == "the URL is not UTF-8");
    CHECK(result.error().offset == row.offset);
  }
}

TEST_CASE("offsets are said of the text as sent", "[target]") {
  struct Case {
    std::string_view text;
    std::size_t decoded, sent;
  };
  for (auto const& row : {Case{"abc", 0, 0}, Case{"abc", 2, 2}, Case{"abc", 3, 3}, Case{"abc", 99, 3}, Case{"", 5, 0},
                          Case{"%22a%22b", 0, 0}, Case{"%22a%22b", 1, 3}, Case{"%22a%22b", 2, 4},
                          Case{"%22a%22b", 3, 7}, Case{"%22a%22b", 4, 8}, Case{"%c3%a9x", 2, 6},
                          Case{"\xC3\xA9x", 2, 2}, Case{"%data%x", 6, 6}, Case{"%%22x", 2, 4}}) {
    CAPTURE(row.text, row.decoded);
    CHECK(http::offset_before_decoding(row.text, row.decoded) == row.sent);
  }
}

TEST_CASE("a target is a path and a query, both kept as sent", "[target]") {
  auto const target = read_target("/api/v2/nodes/338357f4%2Df2/?label=%22a?b%22&x");
  REQUIRE(target);
  CHECK(target->path == "/api/v2/nodes/338357f4%2Df2/");
  CHECK(target->query == "label=%22a?b%22&x");
  CHECK(target->decoded_path == "/api/v2/nodes/338357f4-f2/");
  CHECK(target->decoded_query == "label=\"a?b\"&x");
  CHECK(target->segments == Segments{"api", "v2", "nodes", "338357f4-f2"});
}

TEST_CASE("segments lie between slashes, and a slash that was escaped is data", "[target]") {
  auto const segments = [](std::string_view text) { return read_target(text)->segments; };
  CHECK(segments("/") == Segments{});
  CHECK(segments("") == Segments{});
  CHECK(segments("*") == Segments{});
  CHECK(segments("?id=1") == Segments{});
  CHECK(segments("/api") == Segments{"api"});
  CHECK(segments("/api/") == Segments{"api"});
  CHECK(segments("//api") == Segments{"", "api"});
  CHECK(segments("/api//v2") == Segments{"api", "", "v2"});
  CHECK(segments("/api//") == Segments{"api", ""});
  CHECK(segments("/a%2Fb/c") == Segments{"a/b", "c"});
  CHECK(segments("/a%25b") == Segments{"a%b"});
  CHECK(segments(std::string(20'000, '/')).size() == 19'999);
}

TEST_CASE("an absolute form is its path", "[target]") {
  CHECK(read_target("http://localhost:5000/api/v2?id=1")->path == "/api/v2");
  CHECK(read_target("http://localhost:5000/api/v2?id=1")->query == "id=1");
  CHECK(read_target("https://localhost")->path == "/");
  CHECK(read_target("http://localhost?id=1")->query == "id=1");
  // These are no absolute forms.
  CHECK(read_target("/redirect?to=http://elsewhere/x")->path == "/redirect");
  CHECK(read_target("/http://elsewhere/x")->path == "/http://elsewhere/x");
  CHECK(read_target("?to=http://elsewhere/x")->query == "to=http://elsewhere/x");
}

TEST_CASE("offsets of a target's error count in the query", "[target][error]") {
  auto const query = read_target("/api/v2/nodes?label=%00");
  REQUIRE_FALSE(query);
  CHECK(query.error().offset == 6);
  auto const path = read_target("/api/v2/%00?label=x");
  REQUIRE_FALSE(path);
  CHECK(path.error().code == Code::control_character);
  CHECK_FALSE(path.error().offset);
}

TEST_CASE("encoded text may stand in a URI and in a header", "[target]") {
  CHECK(percent_encode("orderby=-ctime,+id&_=1") == "orderby=-ctime,+id&_=1");
  CHECK(percent_encode("a\"<>% #\\^`{|}\xC3\xA9") == "a%22%3C%3E%25%20%23%5C%5E%60%7B%7C%7D%C3%A9");
  CHECK(percent_encode("\r\n") == "%0D%0A");
  CHECK(percent_encode("").empty());
  CHECK(percent_encode("a/b?c%") == "a/b?c%25");
  CHECK(http::percent_encode_segment("a/b?c%\xC3\xA9") == "a%2Fb%3Fc%25%C3%A9");
}
