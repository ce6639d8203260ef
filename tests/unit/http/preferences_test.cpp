// SPDX-License-Identifier: MIT
#include "http/preferences.hpp"

#include <catch2/catch.hpp>

using namespace restapi::http;

namespace {

bool prefers_timing(std::vector<Header> const& headers) { return preferences_of(headers).server_timing; }

}  // namespace

TEST_CASE("who prefers server-timing", "[preferences]") {
  for (std::string const value : {"server-timing", "Server-Timing", "respond-async, server-timing", "server-timing;x=1",
                                  "wait=10 ,\tserver-timing , a", "server-timing=yes"}) {
    INFO(value);
    CHECK(prefers_timing({{"Host", "h"}, {"pReFer", value}}));
  }
  for (std::string const value :
       {"", ",", "timing", "server-timings", "xserver-timing", "a=server-timing", "a;server-timing", "server timing"}) {
    INFO(value);
    CHECK_FALSE(prefers_timing({{"Prefer", value}}));
  }
  CHECK(prefers_timing({{"Prefer", "wait=1"}, {"Prefer", "server-timing"}}));
  CHECK_FALSE(prefers_timing({}));
  CHECK_FALSE(prefers_timing({{"Preferred", "server-timing"}}));
}

TEST_CASE("who prefers an exact count", "[preferences]") {
  for (std::string const value :
       {"count=exact", "Count=exact", "count = \"exact\"", "wait=10, count=exact;a=b", "server-timing,count=exact"}) {
    INFO(value);
    CHECK(preferences_of({{"Prefer", value}}).exact_count);
  }
  for (std::string const value : {"count", "count=", "count=estimated", "count=exactly", "exact", "a=count=exact"}) {
    INFO(value);
    CHECK_FALSE(preferences_of({{"Prefer", value}}).exact_count);
  }
}

TEST_CASE("what is said of preferences", "[preferences]") {
  CHECK(applied({}) == "");
  CHECK(applied({.server_timing = true}) == "server-timing");
  CHECK(applied({.exact_count = true}) == "count=exact");
  CHECK(applied({true, true}) == "server-timing, count=exact");
}
