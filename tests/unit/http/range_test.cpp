// SPDX-License-Identifier: MIT
#include "http/range.hpp"

#include <catch2/catch.hpp>

using namespace restapi::http;

namespace {

Request asking(std::vector<Header> headers, std::string method = "GET") {
  return {std::move(method), "/file", std::move(headers), {}};
}

Part const all{200, 0, 1000}, none{416, 0, 0};

}  // namespace

TEST_CASE("a range is one part, all, or nothing", "[range]") {
  struct Case {
    std::string range;
    Part part;
  };
  for (auto const& [range, part] : {
           Case{"bytes=0-0", {206, 0, 1}},
           Case{"bytes=0-999", {206, 0, 1000}},
           Case{"bytes=0-1000", {206, 0, 1000}},
           Case{"bytes=100-199", {206, 100, 100}},
           Case{"bytes=999-999", {206, 999, 1}},
           Case{"bytes=0100-0199", {206, 100, 100}},
           Case{"bytes=0-18446744073709551615", {206, 0, 1000}},
           Case{"bytes=5-99999999999999999999999", {206, 5, 995}},
           Case{"bytes=0-", {206, 0, 1000}},
           Case{"bytes=999-", {206, 999, 1}},
           Case{"bytes=-1", {206, 999, 1}},
           Case{"bytes=-1000", {206, 0, 1000}},
           Case{"bytes=-5000", {206, 0, 1000}},
           Case{"bytes=-99999999999999999999999", {206, 0, 1000}},
           Case{"BYTES=1-2", {206, 1, 2}},
           Case{"bytes= 1-2 ", {206, 1, 2}},
           Case{"bytes=,1-2,", {206, 1, 2}},
           // There are no such bytes.
           Case{"bytes=1000-", none},
           Case{"bytes=1000-2000", none},
           Case{"bytes=99999999999999999999999-", none},
           Case{"bytes=-0", none},
           // Several, or not to be understood.
           Case{"bytes=0-1,5-6", all},
           Case{"bytes=0-1,1000-", all},
           Case{"bytes=2-1", all},
           Case{"bytes=", all},
           Case{"bytes=,", all},
           Case{"bytes=-", all},
           Case{"bytes=--1", all},
           Case{"bytes=1", all},
           Case{"bytes=a-b", all},
           Case{"bytes=1-b", all},
           Case{"bytes=+1-2", all},
           Case{"bytes=1 - 2", all},
           Case{"bytes=0x1-2", all},
           Case{"bytes 0-1", all},
           Case{"bytes", all},
           Case{"lines=0-1", all},
           Case{"", all},
       }) {
    INFO(range);
    CHECK(part_of(asking({{"range", range}}), {}, 1000) == part);
  }
  CHECK(part_of(asking({}), {}, 1000) == all);
}

TEST_CASE("only a GET has parts", "[range]") {
  for (auto const* method : {"HEAD", "POST"}) CHECK(part_of(asking({{"Range", "bytes=0-1"}}, method), {}, 1000) == all);
}

TEST_CASE("an empty representation has no parts", "[range]") {
  Part const empty{200, 0, 0};
  CHECK(part_of(asking({{"Range", "bytes=0-"}}), {}, 0) == none);
  CHECK(part_of(asking({{"Range", "bytes=0-0"}}), {}, 0) == none);
  CHECK(part_of(asking({{"Range", "bytes=-0"}}), {}, 0) == none);
  CHECK(part_of(asking({{"Range", "bytes=-5"}}), {}, 0) == empty);
}

TEST_CASE("a part of what the client has is sent, and all of anything else", "[range]") {
  std::string const date = "Sun, 06 Nov 1994 08:49:37 GMT", later = "Sun, 06 Nov 1994 08:49:38 GMT";
  struct Case {
    std::string if_range;
    Validators current;
    bool is_part;
  };
  for (auto const& [if_range, current, is_part] : {
           Case{"\"a\"", {"\"a\"", date}, true},
           Case{"\"b\"", {"\"a\"", date}, false},
           Case{"W/\"a\"", {"W/\"a\"", date}, false},
           Case{"W/\"a\"", {"\"a\"", "W/\"a\""}, false},
           Case{"\"a\"", {"W/\"a\"", {}}, false},
           Case{"\"a\"", {}, false},
           Case{date, {"\"a\"", date}, true},
           Case{date, {{}, date}, true},
           Case{date, {"\"a\"", later}, false},
           Case{later, {"\"a\"", date}, false},
           Case{date, {"\"a\"", {}}, false},
           Case{"a", {"\"a\"", {}}, false},
           Case{"*", {"\"a\"", date}, false},
           Case{"", {"\"a\"", date}, false},
           Case{"", {}, false},
       }) {
    INFO(if_range << " | " << current.etag << " | " << current.last_modified);
    CHECK((part_of(asking({{"Range", "bytes=0-1"}, {"If-Range", if_range}}), current, 1000).status == 206) == is_part);
  }
  CHECK(part_of(asking({{"If-Range", "\"a\""}}), {"\"a\"", {}}, 1000) == all);
}

TEST_CASE("an answer says which part it is", "[range]") {
  CHECK(content_range({206, 0, 1}, 1000) == "bytes 0-0/1000");
  CHECK(content_range({206, 100, 900}, 1000) == "bytes 100-999/1000");
  CHECK(content_range({416, 0, 0}, 1000) == "bytes */1000");
}
