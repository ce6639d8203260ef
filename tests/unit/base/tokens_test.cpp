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
      {"/?q=%65%79%4AhbGciOiJIUzI1NiJ9%2eeyJzdWIiOiJyZWFkZXIifQ.K3x-_y7&b", "/?q=…&b"},
      {"/?q=e%79JhbGciOiJIUzI1NiJ9%252EeyJzdWIiOiJyZWFkZXIifQ%252eK3x-_y7&b", "/?q=…&b"},
      {"/?accessToken=abc&Access-Token=abc&auth=abc&access_token%253Dabc",
       "/?accessToken=…&Access-Token=…&auth=…&access_token%253D…"},
      {"/?acc%65ss%5Ftoken=abc&%=a", "/?acc%65ss%5Ftoken=…&%=a"},
      {"/?access_token%3DS&a", "/?access_token%3D…&a"},
      {"/?q=1%26access_token%3dS&a", "/?q=1%26access_token%3d…&a"},
      {"/?next=http%3A%2F%2Fh%2F%3Ftoken%3DS", "/?next=http%3A%2F%2Fh%2F%3Ftoken%3D…"},
      {"/?token[]=S&token%5B0%5D=S", "/?token[]=…&token%5B0%5D=…"},
      {"/?a[token]=S&a%5Bjwt%5D%5B%5D=S&token[a][b]=S", "/?a[token]=…&a%5Bjwt%5D%5B%5D=…&token[a][b]=…"},
      {"/?#access_token=S", "/?#access_token=…"},
      {"/?x=access_token=S", "/?x=access_token=…"},
      {"/?client_secret=S&id_token:S&key=S", "/?client_secret=…&id_token:…&key=…"},
      {"/token=S/nodes", "/token=…"},
      {"/?session_token=S&x-access-token=S&my_token=S&tokens=S",
       "/?session_token=…&x-access-token=…&my_token=…&tokens=…"},
      {"/socket.io/?EIO=4&sid=S", "/socket.io/?EIO=4&sid=…"},
      {"/?sig=S&X-Amz-Signature=S&signature=S", "/?sig=…&X-Amz-Signature=…&signature=…"},
      {"/?pass=S&passphrase=S&user_password=S&credentials=S", "/?pass=…&passphrase=…&user_password=…&credentials=…"},
      {"/?token!=S&token>S&token>=S&token=like=S&token%3C%3DS", "/?token!=…&token>…&token>…&token=…&token%3C…"},
      {"/?a_name_that_is_longer_than_a_name_should_be_token=S",
       "/?a_name_that_is_longer_than_a_name_should_be_token=…"},
      {"{\"access_token\":\"S\"}", "{\"access_token\":…"},
      {"{\"a\": 1, \"token\" : \"S\"}", "{\"a\": 1, \"token\" :…"},
      {"curl token=S", "curl token=…"},
      {"Authorization: Basic S", "Authorization:…"},
      {"http://user:S@localhost:6100/open", "http://…@localhost:6100/open"},
      {"HTTP://S@localhost", "HTTP://…@localhost"},
      {"http://user:a@b@localhost/", "http://…@localhost/"},
      {"http://user%3aS%40localhost/", "http://…%40localhost/"},
      {"/?next=https%3a%2f%2fuser:S@h%2f", "/?next=https%3a%2f%2f…@h%2f"},
      {"///user:S@h", "///…@h"},
      {"user:S@h:443", "…@h:443"},
      {"a http://user:S@h b http://user:T@h", "a http://…@h b http://…@h"},
      {"Bearer abc.def x", "Bearer … x"},
      {"/?q=bearer%20abc==&c", "/?q=bearer%20…&c"},
      {"/?Authorization=Bearer+abc", "/?Authorization=…"},
      // What is none.
      {"", ""},
      {"/api/v2/nodes?limit=1&id>45&type=like=\"%data%\"", "/api/v2/nodes?limit=1&id>45&type=like=\"%data%\""},
      {"/?token", "/?token"},
      {"/?token=", "/?token="},
      {"/?token=&a=b", "/?token=&a=b"},
      {"/?signal=a&passage=b&author=c&monkey=d&design=e", "/?signal=a&passage=b&author=c&monkey=d&design=e"},
      {"/?label=eyJ", "/?label=eyJ"},
      {"http://localhost:5000/api/v2/users/a@b", "http://localhost:5000/api/v2/users/a@b"},
      {"/api/v2/users?email=\"a@b\"", "/api/v2/users?email=\"a@b\""},
      {"bot@example.org", "bot@example.org"},
      {"Mozilla/5.0 (compatible; bot; +http://example.org/bot; me@example.org)",
       "Mozilla/5.0 (compatible; bot; +http://example.org/bot; me@example.org)"},
      {"/?token%", "/?token%"},
      {"/?token%3D", "/?token%3D"},
      {"http://@h/", "http://@h/"},
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
  std::string room, many, none, users;
  while (users.size() < 4 << 20) users += "//a@b:@@";
  while (many.size() < 4 << 20) many += "&jwt=a";
  while (none.size() < 4 << 20) none += "?=&eyJbBearer";
  CHECK(without_tokens(many, room).substr(0, 16) == "&jwt=…&jwt=…");
  CHECK(without_tokens(none, room).size() == none.size());
  CHECK(without_tokens(users, room).substr(0, 12) == "//…@//…@");
}
