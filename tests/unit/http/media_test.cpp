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
