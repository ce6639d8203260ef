// SPDX-License-Identifier: MIT
#include "base/base64url.hpp"

#include <catch2/catch.hpp>

using namespace restapi;

TEST_CASE("bytes become base64url and come back", "[base64url]") {
  // RFC 4648, 10, without padding; the last two have the characters that differ from base64.
  std::pair<std::string, std::string> const cases[] = {
      {"", ""}, {"f", "Zg"}, {"fo", "Zm8"}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}, {"\0", ""}};
  for (auto const& [bytes, text] : cases) {
    CHECK(to_base64url(bytes) == text);
    CHECK(from_base64url(text) == bytes);
  }
}

TEST_CASE("text that nobody would write is no base64url", "[base64url]") {
  for (auto const* text : {"Z", "Zg==", "Zm8=", "Zm 9v", "Zm9v\n", "Zm9v+", "+/8", "Zh", "ü"}) {
    INFO(text);
    CHECK_FALSE(from_base64url(text));
  }
}
