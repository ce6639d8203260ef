// SPDX-License-Identifier: MIT
#include "api/media.hpp"

#include <catch2/catch.hpp>

using restapi::api::accepts_gzip;
using restapi::api::read_accept;

TEST_CASE("what an Accept header leaves room for", "[media]") {
  struct Case {
    std::string_view accept;
    bool json, indented;
  };
  for (auto const& row : {
           Case{"", true, false},  // absent
           Case{"*/*", true, false},
           Case{"application/json", true, false},
           Case{"Application/JSON", true, false},  // types ignore case
           Case{"application/*", true, false},
           Case{"application/json; charset=utf-8", true, false},
           Case{"application/json;q=0.1", true, false},
           Case{"application/json, text/plain, */*", true, false},
           Case{"text/plain, */*;q=0.1", true, false},
           // browsers
           Case{"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", true, true},
           Case{"text/html", true, true},
           Case{"TEXT/HTML", true, true},
           // no room
           Case{"text/plain", false, false},
           Case{"application/xml, text/csv", false, false},
           Case{"image/*", false, false},
           Case{"application/json;q=0", false, false},
           Case{"application/json; Q=0.000", false, false},
           Case{"application/json;q=0, */*", false, false},
           Case{"*/*;q=0", false, false},
           Case{"text/html;q=0", false, false},
           Case{"application/jsonp", false, false},
           // nothing well-formed: as if absent
           Case{"foo", true, false},
           Case{",,;;,", true, false},
           Case{"/", true, false},
           Case{"application/", true, false},
           Case{"foo, text/plain", false, false},
       }) {
    CAPTURE(row.accept);
    auto const preference = read_accept(row.accept);
    CHECK(preference.json == row.json);
    if (row.json) CHECK(preference.indented == row.indented);
  }
}

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
