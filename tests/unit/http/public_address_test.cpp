// SPDX-License-Identifier: MIT
#include "http/public_address.hpp"

#include <catch2/catch.hpp>

using namespace restapi::http;

namespace {

std::string root(std::vector<Header> headers, std::string peer = "127.0.0.1") {
  static std::vector<AddressRange> const trusted = {*AddressRange::parse("127.0.0.0/8"),
                                                    *AddressRange::parse("10.0.0.0/8")};
  Request const request{"GET", "/", std::move(headers), std::move(peer)};
  auto const address = public_address(request, trusted, "fallback:5000");
  CHECK_FALSE(address.prefix.ends_with('/'));
  return address.root();
}

}  // namespace

TEST_CASE("the Host header names this server", "[public_address]") {
  CHECK(root({{"Host", "localhost:5000"}}) == "http://localhost:5000/");
  CHECK(root({{"host", "[::1]:5000"}}) == "http://[::1]:5000/");
  CHECK(root({}) == "http://fallback:5000/");
  CHECK(root({{"Host", ""}}) == "http://fallback:5000/");
}

TEST_CASE("a trusted proxy says how clients reach it", "[public_address]") {
  std::vector<Header> const headers = {{"Host", "127.0.0.1:5000"},
                                       {"X-Forwarded-Proto", "https"},
                                       {"X-Forwarded-Host", "aiida.example.org"},
                                       {"X-Forwarded-Prefix", "/django"}};
  CHECK(root(headers) == "https://aiida.example.org/django/");
  CHECK(root(headers, "10.1.2.3") == "https://aiida.example.org/django/");
  CHECK(root(headers, "::ffff:10.1.2.3") == "https://aiida.example.org/django/");
  CHECK(root({{"Host", "a"}, {"X-Forwarded-Prefix", "/django//"}}) == "http://a/django/");
  CHECK(root({{"Host", "a"}, {"X-Forwarded-Prefix", "/"}}) == "http://a/");
  CHECK(root({{"Host", "a"}, {"X-Forwarded-Proto", "https , http"}, {"X-Forwarded-Host", " b , c"}}) == "https://b/");
}

TEST_CASE("nobody else is believed", "[public_address]") {
  std::vector<Header> const headers = {{"Host", "a"},
                                       {"X-Forwarded-Proto", "https"},
                                       {"X-Forwarded-Host", "evil.example.org"},
                                       {"X-Forwarded-Prefix", "/x"}};
  for (auto const* peer : {"192.0.2.7", "11.0.0.1", "", "::1", "not an address", "127.0.0.1 "}) {
    CAPTURE(peer);
    CHECK(root(headers, peer) == "http://a/");
  }
  Request const request{"GET", "/", headers, "127.0.0.1"};
  CHECK(public_address(request, {}, "f").root() == "http://a/");
}

TEST_CASE("hostile values are passed over", "[public_address]") {
  for (std::string const value :
       {"", " ", "a b", "a/b", "a\r\nX: y", "a@b", "<a>", "\"a\"", "a?b", "a#b", "caf\xC3\xA9", "a%41", "a\\b"}) {
    CAPTURE(value);
    CHECK(root({{"Host", value}}) == "http://fallback:5000/");
    CHECK(root({{"Host", "a"}, {"X-Forwarded-Host", value}}) == "http://a/");
    CHECK(root({{"Host", "a"}, {"X-Forwarded-Proto", value}}) == "http://a/");
    auto const prefixed = root({{"Host", "a"}, {"X-Forwarded-Prefix", value}});
    CHECK(prefixed.starts_with("http://a/"));
    CHECK(prefixed.find_first_of(" \r\n<>\"?#\\\xC3\xA9") == std::string::npos);
  }
  CHECK(root({{"Host", std::string(256, 'a')}}) == "http://fallback:5000/");
  CHECK(root({{"Host", "a"}, {"X-Forwarded-Proto", "javascript"}}) == "http://a/");
  CHECK(root({{"Host", "a"}, {"X-Forwarded-Prefix", "//evil.example.org"}}) == "http://a/");
  CHECK(root({{"Host", "a"}, {"X-Forwarded-Prefix", "/" + std::string(255, 'a')}}) == "http://a/");
}

TEST_CASE("hosts and prefixes are taken as URLs have them", "[public_address]") {
  for (std::string const host : {"a", "a:80", "[::1]", "[2001:db8::1]:8080", "10.0.0.1:5000"})
    CHECK(root({{"Host", "x"}, {"X-Forwarded-Host", host}}) == "http://" + host + "/");
  for (std::string const host : {"2001:db8::1", "[::1", "::1]", "[::1]x", "[a]", "a:", "a:b", "a:80:80", "[::/8]",
                                 "a:99999", "a:65536", "a:0", "a:000080"})
    CHECK(root({{"Host", "x"}, {"X-Forwarded-Host", host}}) == "http://x/");
  for (std::string const prefix : {"/my%20files", "/caf%C3%A9", "/a+b", "/~user", "/a:b@c"})
    CHECK(root({{"Host", "x"}, {"X-Forwarded-Prefix", prefix}}) == "http://x" + prefix + "/");
  for (std::string const prefix :
       {"/a%", "/a%2", "/a%2g", "/a?b", "/a#b", "a\r\nX: y", "/a\tb", "/a\x7f", "/\xE9", "?", "//a"})
    CHECK(root({{"Host", "x"}, {"X-Forwarded-Prefix", prefix}}) == "http://x/");
}

TEST_CASE("a prefix is written as a URL has it", "[public_address]") {
  auto const prefixed = [](std::string const& prefix) { return root({{"Host", "x"}, {"X-Forwarded-Prefix", prefix}}); };
  CHECK(prefixed("/our site") == "http://x/our%20site/");
  CHECK(prefixed("/caf\xC3\xA9/") == "http://x/caf%C3%A9/");
  CHECK(prefixed("p") == "http://x/p/");
  CHECK(prefixed("p/q") == "http://x/p/q/");
  CHECK(prefixed("/<a>\"\\[b]") == "http://x/%3Ca%3E%22%5C%5Bb%5D/");
  CHECK(prefixed("/our%20site") == "http://x/our%20site/");
}

TEST_CASE("a scheme is meant in capitals, too", "[public_address]") {
  CHECK(root({{"Host", "a"}, {"X-Forwarded-Proto", "HTTPS"}, {"X-Forwarded-Port", "443"}}) == "https://a/");
  CHECK(root({{"Host", "a"}, {"X-Forwarded-Proto", "Http"}}) == "http://a/");
}

TEST_CASE("a proxy says its port where the host has none", "[public_address]") {
  CHECK(root({{"Host", "a"}, {"X-Forwarded-Port", "8443"}, {"X-Forwarded-Proto", "https"}}) == "https://a:8443/");
  CHECK(root({{"Host", "[::1]"}, {"X-Forwarded-Port", "8080"}}) == "http://[::1]:8080/");
  CHECK(root({{"Host", "a:1"}, {"X-Forwarded-Port", "8080"}}) == "http://a:1/");
  CHECK(root({{"Host", "a"}, {"X-Forwarded-Port", "443"}, {"X-Forwarded-Proto", "https"}}) == "https://a/");
  CHECK(root({{"Host", "a"}, {"X-Forwarded-Port", "80"}}) == "http://a/");
  for (auto const* port : {"", "x", "-1", "123456", "99999", "0", "80 80"})
    CHECK(root({{"Host", "a"}, {"X-Forwarded-Port", port}}) == "http://a/");
}
