// SPDX-License-Identifier: MIT
#include "http/media.hpp"

#include <catch2/catch.hpp>

using restapi::http::accepts_gzip;

TEST_CASE("what an Accept-Encoding header says of gzip", "[media]") {
  struct Case {
    std::string_view accept_encoding;
    bool accepted;
  };
  for (auto const& row : {
           Case{"gzip", true},
           Case{"GZip", true},
           Case{"gzip, deflate, br", true},
           Case{"deflate,gzip;q=1.0", true},
           Case{" br ; q=1 , gzip ; q=0.001 ", true},
           Case{"*", true},
           Case{"*;q=0.5", true},
           Case{"gzip, *;q=0", true},
           Case{"identity;q=0, gzip", true},
           // not wanted
           Case{"", false},  // absent, or empty: nothing but plain
           Case{"identity", false},
           Case{"br, deflate", false},
           Case{"gzip;q=0", false},
           Case{"gzip; q=0.000", false},
           Case{"gzip;Q=0", false},
           Case{"gzip;q=0, *", false},
           Case{"*, gzip;q=0.0", false},
           Case{"*;q=0", false},
           // not gzip
           Case{"gzippy", false},
           Case{"not-gzip", false},
           Case{",;,", false},
           Case{";q=1", false},
       }) {
    CAPTURE(row.accept_encoding);
    CHECK(accepts_gzip(row.accept_encoding) == row.accepted);
  }
}

TEST_CASE("the weight of a media type is that of the most specific range", "[media]") {
  CHECK(restapi::http::weight_of("", "text/html") == 0);
  CHECK(restapi::http::weight_of("*/*", "text/html") == 1000);
  CHECK(restapi::http::weight_of("text/*;q=0.3, text/html;level=1;q=0.75, */*;q=0.9", "text/html") == 750);
  CHECK(restapi::http::weight_of("text/*;q=0.3, */*;q=0.9", "text/html") == 300);
  CHECK(restapi::http::weight_of("text/html;q=0, */*", "text/html") == 0);
  CHECK(restapi::http::weight_of("TEXT/HTML;Q=0.001", "text/html") == 1);
  CHECK(restapi::http::weight_of("text/html;q=x", "text/html") == 1000);
  CHECK(restapi::http::weight_of("application/json", "text/html") == 0);
}
