// SPDX-License-Identifier: MIT
#include "http/response_headers.hpp"

#include <catch2/catch.hpp>

using namespace restapi::http;

TEST_CASE("response headers are kept as they are sent", "[http]") {
  ResponseHeaders headers{{"Content-Type", "application/json"}, {"X-Total-Count", "7"}};
  headers.add("Empty", "");
  CHECK(headers.text() == "Content-Type: application/json\r\nX-Total-Count: 7\r\nEmpty: \r\n");
  CHECK(headers == ResponseHeaders{{"Content-Type", "application/json"}, {"X-Total-Count", "7"}, {"Empty", ""}});
  CHECK(ResponseHeaders().text().empty());
  ResponseHeaders both{{"First", "1"}};
  both.add(headers);
  CHECK(both.text() == "First: 1\r\n" + headers.text());
}

TEST_CASE("response headers are found without regard to case, the first of a name wins", "[http]") {
  ResponseHeaders const headers{{"ETag", "\"1\""}, {"Empty", ""}, {"X", "a: b"}, {"x", "second"}};
  CHECK(find_header(headers, "etag") == "\"1\"");
  CHECK(find_header(headers, "Empty") == "");
  CHECK(find_header(headers, "x") == "a: b");
  CHECK_FALSE(find_header(headers, "ETa").has_value());
  CHECK_FALSE(find_header(headers, "").has_value());
  CHECK_FALSE(find_header(ResponseHeaders(), "ETag").has_value());
}

TEST_CASE("no field of a response begins another", "[http]") {
  ResponseHeaders const headers{{"X", "a\r\nSet-Cookie: b"}, {"Y\nZ", {"c\0d", 3}}};
  CHECK(headers.text() == "X: a  Set-Cookie: b\r\nY Z: c d\r\n");
  CHECK_FALSE(find_header(headers, "Set-Cookie").has_value());
}
