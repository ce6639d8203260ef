// SPDX-License-Identifier: MIT
#include "base/tokens.hpp"

#include <catch2/catch.hpp>

using restapi::without_tokens;

TEST_CASE("tokens do not stay in a text", "[tokens]") {
  struct Case {
    std::string text, expected;
  };
  std::string const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJyZWFkZXIifQ.K3x-_y7";
  Case const cases[] = {
      {"/api/v2/nodes?access_token=abc", "/api/v2/nodes?access_token=…"},
      {"/api/v2/nodes?limit=1&Access_Token=abc&id>4", "/api/v2/nodes?limit=1&Access_Token=…&id>4"},
      {"/?token=a&jwt=b;authorization=Basic%20c", "/?token=…&jwt=…;authorization=…"},
      {"token=abc", "token=…"},
      {"/?password=a%26b", "/?password=…"},
      {"/x?a=" + jwt + "&b", "/x?a=…&b"},
      {"/api/v2/nodes/" + jwt, "/api/v2/nodes/…"},
      {"/?label=\"" + jwt + "\"", "/?label=\"…\""},
      {jwt, "…"},
      {"curl " + jwt + " and " + jwt, "curl … and …"},
      {"/?q=eyJhbGciOiJIUzI1NiJ9%2eeyJzdWIiOiJyZWFkZXIifQ%2EK3x-_y7&b", "/?q=…&b"},
      {"/?acc%65ss%5Ftoken=abc&%=a", "/?acc%65ss%5Ftoken=…&%=a"},
      {"Bearer abc.def x", "Bearer … x"},
      {"/?q=bearer%20abc==&c", "/?q=bearer%20…&c"},
      {"/?Authorization=Bearer+abc", "/?Authorization=…"},
      // What is none.
      {"", ""},
      {"/api/v2/nodes?limit=1&id>45&type=like=\"%data%\"", "/api/v2/nodes?limit=1&id>45&type=like=\"%data%\""},
      {"/?token", "/?token"},
      {"/?token=", "/?token="},
      {"/?token=&a=b", "/?token=&a=b"},
      {"/?tokens=a&mytoken=b", "/?tokens=a&mytoken=b"},
      {"/?label=eyJ", "/?label=eyJ"},
      {"a bearer of news", "a bearer … news"},  // rather too much
      {"bearer", "bearer"},
      {"?&;?=&", "?&;?=&"},
  };
  for (auto const& c : cases) {
    CAPTURE(c.text);
    std::string room = "left from before";
    auto const shown = without_tokens(c.text, room);
    CHECK(shown == c.expected);
    CHECK((shown.data() == c.text.data()) == (c.text == c.expected));
  }
}

TEST_CASE("as many tokens as an address can have are no work", "[tokens]") {
  std::string room, many, none;
  while (many.size() < 4 << 20) many += "&jwt=a";
  while (none.size() < 4 << 20) none += "?=&eyJbBearer";
  CHECK(without_tokens(many, room).substr(0, 16) == "&jwt=…&jwt=…");
  CHECK(without_tokens(none, room).size() == none.size());
}
