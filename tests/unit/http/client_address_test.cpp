// SPDX-License-Identifier: MIT
#include "http/client_address.hpp"

#include <catch2/catch.hpp>

using namespace restapi::http;

TEST_CASE("whose request it is", "[client_address]") {
  std::vector<AddressRange> const trusted = {*AddressRange::parse("127.0.0.0/8"), *AddressRange::parse("10.0.0.0/8"),
                                             *AddressRange::parse("fd00::/8")};
  struct Case {
    std::string peer;
    std::vector<std::string> forwarded;  // headers, in the order sent
    std::string client;
  };
  Case const cases[] = {
      {"192.0.2.7", {}, "192.0.2.7"},
      {"127.0.0.1", {}, "127.0.0.1"},
      {"", {}, ""},
      {"", {"192.0.2.7"}, ""},
      // A peer that is no proxy of ours may claim what it likes.
      {"192.0.2.7", {"203.0.113.9"}, "192.0.2.7"},
      {"192.0.2.7", {"203.0.113.9, 10.0.0.1"}, "192.0.2.7"},
      // A proxy of ours has added what it has seen.
      {"127.0.0.1", {"192.0.2.7"}, "192.0.2.7"},
      {"::ffff:10.0.0.1", {"192.0.2.7"}, "192.0.2.7"},
      {"fd00::1", {"2001:db8::7"}, "2001:db8::7"},
      {"127.0.0.1", {"203.0.113.9, 192.0.2.7"}, "192.0.2.7"},
      {"127.0.0.1", {"203.0.113.9,192.0.2.7 , 10.0.0.2,\t10.0.0.1"}, "192.0.2.7"},
      // A line of its own for each proxy is the same list.
      {"127.0.0.1", {"203.0.113.9", "192.0.2.7"}, "192.0.2.7"},
      {"127.0.0.1", {"203.0.113.9", "192.0.2.7", "10.0.0.1"}, "192.0.2.7"},
      // From within.
      {"127.0.0.1", {"10.0.0.7"}, "10.0.0.7"},
      {"127.0.0.1", {"10.0.0.7, 10.0.0.1"}, "10.0.0.7"},
      // What is no address ends the way back.
      {"127.0.0.1", {"unknown"}, "127.0.0.1"},
      {"127.0.0.1", {"192.0.2.7, unknown"}, "127.0.0.1"},
      {"127.0.0.1", {"192.0.2.7, evil\", 10.0.0.1"}, "10.0.0.1"},
      {"127.0.0.1", {"192.0.2.0/24"}, "127.0.0.1"},
      {"127.0.0.1", {"", " ", ",,"}, "127.0.0.1"},
      {"127.0.0.1", {"192.0.2.7, "}, "192.0.2.7"},
      // Some proxies add the port.
      {"127.0.0.1", {"192.0.2.7:4711"}, "192.0.2.7"},
      {"127.0.0.1", {"203.0.113.9, [2001:db8::7]:4711"}, "2001:db8::7"},
      {"127.0.0.1", {"[2001:db8::7]"}, "2001:db8::7"},
      {"127.0.0.1", {"[2001:db8::7"}, "127.0.0.1"},
      {"127.0.0.1", {"[]", "["}, "127.0.0.1"},
  };
  for (auto const& [peer, forwarded, client] : cases) {
    CAPTURE(peer, forwarded);
    Request request{"GET", "/", {{"Host", "a"}}, peer};
    for (auto const& value : forwarded) request.headers.emplace_back("x-forwarded-for", value);
    CHECK(client_address(request, trusted) == client);
    CHECK(client_address(request, {}) == peer);
  }
}

TEST_CASE("the addresses that one client may have are one network", "[client_address]") {
  using restapi::http::client_network;
  CHECK(client_network("192.0.2.7") == "192.0.2.7");
  CHECK(client_network("192.0.2.7") != client_network("192.0.2.8"));
  CHECK(client_network("::ffff:192.0.2.7") != client_network("::ffff:192.0.2.8"));
  CHECK(client_network("2001:db8:0:1::7") == client_network("2001:db8:0:1:ffff:ffff:ffff:ffff"));
  CHECK(client_network("2001:db8:0:1::7") != client_network("2001:db8:0:2::7"));
  CHECK(client_network("").empty());
}
