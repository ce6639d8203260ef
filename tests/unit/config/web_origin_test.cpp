// SPDX-License-Identifier: MIT
#include "config/web_origin.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace restapi::config {
namespace {

TEST_CASE("an origin is written as browsers do", "[options][origin]") {
  for (std::string const written : {"https://example.org", "http://localhost:3000", "http://a", "http://127.0.0.1:8888",
                                    "http://[::1]:3000", "https://xn--bcher-kva.example", "https://my_host.example",
                                    "http://example.org:443", "https://example.org:80"}) {
    CAPTURE(written);
    CHECK(web_origin(written) == written);
  }
}

TEST_CASE("what is nearly an origin is told as browsers write it", "[options][origin]") {
  struct Case {
    char const* written;
    char const* meant;
  };
  Case const cases[] = {
      {"https://Example.org", "https://example.org"},
      {"HTTPS://example.org", "https://example.org"},
      {"https://example.org/", "https://example.org"},
      {"https://example.org/path?query#part", "https://example.org"},
      {"https://example.org:443", "https://example.org"},
      {"http://example.org:80/", "http://example.org"},
      {"https://example.org:", "https://example.org"},
      {"http://example.org:08080", "http://example.org:8080"},
      {" https://example.org ", "https://example.org"},
      {"http://[2001:0DB8:0:0::1]", "http://[2001:db8::1]"},
  };
  for (auto const& [written, meant] : cases) {
    CAPTURE(written);
    CHECK(web_origin(written) == meant);
  }
}

TEST_CASE("what no browser sends is no origin", "[options][origin]") {
  for (std::string const written : {"",
                                    "*",
                                    "null",
                                    "example.org",
                                    "localhost:3000",
                                    "https://",
                                    "https:///x",
                                    "https://*.example.org",
                                    "https://user@example.org",
                                    "https://user:secret@example.org",
                                    "ftp://example.org",
                                    "chrome-extension://abc",
                                    "https://a b",
                                    "https://ex\xc3\xa4mple.org",
                                    "https://example.org:x",
                                    "https://example.org:0",
                                    "https://example.org:65536",
                                    "https://example.org:80:80",
                                    "https://[::1",
                                    "https://[::1]x",
                                    "https://[x]",
                                    "http://127.1",
                                    "http://1",
                                    "http://0x7f.1",
                                    "http://256.0.0.1",
                                    "https://.example.org",
                                    "https://a..b",
                                    "https://a\r\nX: y"}) {
    CAPTURE(written);
    CHECK_FALSE(web_origin(written).has_value());
  }
}

}  // namespace
}  // namespace restapi::config
