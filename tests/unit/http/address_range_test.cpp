// SPDX-License-Identifier: MIT
#include "http/address_range.hpp"

#include <catch2/catch.hpp>

using restapi::http::AddressRange;

TEST_CASE("addresses and ranges are read strictly", "[options][address]") {
  for (auto const* text : {"127.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "192.168.1.7/32", "::1", "fd00::/8", "::/0",
                           "2001:db8::/32", "::1/128", "[::1]", "[fd00::]/8"}) {
    CAPTURE(text);
    CHECK(AddressRange::parse(text));
  }
  for (auto const* text :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ", "10.1.0.0/8", "10.0.0/8",
        "proxy.example.org", "fd00::/129", "fd00::1/8", "127.0.0.1:80", "[::1", "[10.0.0.1]", "1.2.3.4/8/8"}) {
    CAPTURE(text);
    CHECK_FALSE(AddressRange::parse(text));
  }
  CHECK_FALSE(AddressRange::parse(std::string("10.0.0.0\0", 9)));
}

TEST_CASE("a range contains its addresses and no others", "[options][address]") {
  struct Case {
    char const* range;
    char const* address;
    bool is_inside;
  };
  Case const cases[] = {
      {"127.0.0.0/8", "127.255.255.255", true},
      {"127.0.0.0/8", "128.0.0.0", false},
      {"127.0.0.0/8", "126.255.255.255", false},
      {"10.0.0.0/9", "10.127.0.1", true},
      {"10.0.0.0/9", "10.128.0.1", false},
      {"0.0.0.0/0", "8.8.8.8", true},
      {"0.0.0.0/0", "::1", false},
      {"::1", "::1", true},
      {"::1", "::2", false},
      {"fd00::/8", "fdff::1", true},
      {"fd00::/8", "fe00::1", false},
      {"10.0.0.0/8", "::ffff:10.1.2.3", true},
      {"127.0.0.0/8", "", false},
      {"127.0.0.0/8", "localhost", false},
      {"127.0.0.0/8", "127.0.0.1:5000", false},
  };
  for (auto const& [range, address, is_inside] : cases) {
    CAPTURE(range, address);
    CHECK(AddressRange::parse(range)->contains(address) == is_inside);
  }
}
