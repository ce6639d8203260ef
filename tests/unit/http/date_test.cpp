// SPDX-License-Identifier: MIT
#include "http/date.hpp"

#include <catch2/catch.hpp>

namespace {

std::string written(std::string_view stored) {
  std::string out = "> ";
  return restapi::http::append_http_date(out, stored) ? out.substr(2) : out == "> " ? "none" : "spoilt";
}

}  // namespace

TEST_CASE("stored date-times become HTTP dates", "[http_date][document]") {
  CHECK(written("2016-04-29 19:24:12") == "Fri, 29 Apr 2016 19:24:12 GMT");
  CHECK(written("2016-04-29 19:24:12+00") == "Fri, 29 Apr 2016 19:24:12 GMT");
  CHECK(written("2016-04-29 19:24:12.999999+00") == "Fri, 29 Apr 2016 19:24:12 GMT");
  CHECK(written("2016-04-29T19:24:12.5Z") == "Fri, 29 Apr 2016 19:24:12 GMT");
  CHECK(written("2016-04-29 19:24:12.+00:00") == "Fri, 29 Apr 2016 19:24:12 GMT");
  CHECK(written("2016-01-25 14:34:59.000000") == "Mon, 25 Jan 2016 14:34:59 GMT");
  CHECK(written("2015-08-14 13:18:04") == "Fri, 14 Aug 2015 13:18:04 GMT");
  CHECK(written("2016-02-29 00:00:00") == "Mon, 29 Feb 2016 00:00:00 GMT");
  CHECK(written("1969-12-31 23:59:59") == "Wed, 31 Dec 1969 23:59:59 GMT");
  CHECK(written("0001-01-01 00:00:00") == "Mon, 01 Jan 0001 00:00:00 GMT");
  CHECK(written("9999-12-31 23:59:59") == "Fri, 31 Dec 9999 23:59:59 GMT");
}

TEST_CASE("a moment becomes an HTTP date", "[http_date]") {
  CHECK(restapi::http::http_date(784'111'777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(restapi::http::http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST_CASE("what is no date-time is left to the caller", "[http_date]") {
  for (auto const* text : {"",
                           "infinity",
                           "-infinity",
                           "2016-04-29",
                           "2016-04-29 19:24",
                           "2016-02-30 00:00:00",
                           "2016-13-01 00:00:00",
                           "2016-00-01 00:00:00",
                           "2016-01-00 00:00:00",
                           "2016-04-29 24:00:00",
                           "2016-04-29 00:60:00",
                           "2016-04-29 00:00:60",
                           "10000-01-01 00:00:00+00",
                           "0044-03-15 00:00:00+00 BC",
                           "2016/04/29 19:24:12",
                           "2016-04-29 19:24:12+05:00",
                           "2016-04-29T19:24:12.5-01",
                           "2016-04-29 19:24:12 x",
                           "2016-04-29x19:24:12",
                           "2016-4-029 19:24:12",
                           "2016--4-29 19:24:12",
                           "aaaa-bb-cc dd:ee:ff",
                           "2016-04-29 -1:24:12"}) {
    CAPTURE(text);
    CHECK(written(text) == "none");
  }
}
