// SPDX-License-Identifier: MIT
#include "http/message.hpp"

#include <catch2/catch.hpp>

using namespace restapi::http;

TEST_CASE("headers of a name are one list", "[http]") {
  std::string room;
  CHECK(find_list({{"accept", "text/html;q=0.5"}, {"Host", "a"}}, "Accept", room) == "text/html;q=0.5");
  CHECK(room.empty());
  CHECK(find_list({{"Accept", "a/b"}, {"X", "y"}, {"accept", "c/d, e/f"}}, "Accept", room) == "a/b, c/d, e/f");
  CHECK(find_list({}, "Accept", room).empty());
}

TEST_CASE("headers are found without regard to case, the first of a name wins", "[http]") {
  std::vector<Header> const headers{{"Host", "a"}, {"ACCEPT", "text/html"}, {"accept", "second"}};
  CHECK(find_header(headers, "accept") == "text/html");
  CHECK(find_header(headers, "hOST") == "a");
  CHECK_FALSE(find_header(headers, "Hos").has_value());
  CHECK_FALSE(find_header(headers, "").has_value());
  CHECK_FALSE(find_header(std::vector<Header>{}, "Host").has_value());
}

TEST_CASE("headers of one name may be more than one", "[http]") {
  std::vector<Header> const headers{{"Host", "a"}, {"ORIGIN", "b"}, {"origin", "b"}};
  CHECK(is_repeated(headers, "Origin"));
  CHECK_FALSE(is_repeated(headers, "host"));
  CHECK_FALSE(is_repeated(headers, "Accept"));
}

TEST_CASE("statuses have the reason phrases of RFC 9110", "[http]") {
  CHECK(reason_phrase(200) == "OK");
  CHECK(reason_phrase(404) == "Not Found");
  CHECK(reason_phrase(431) == "Request Header Fields Too Large");
  CHECK(reason_phrase(504) == "Gateway Timeout");
  CHECK(reason_phrase(299) == "Unknown");
  CHECK(reason_phrase(999) == "Unknown");
}
