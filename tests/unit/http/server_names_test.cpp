// SPDX-License-Identifier: MIT
// Which requests are for this server, by the name that they call it.
#include "http/server_names.hpp"

#include <catch2/catch.hpp>

using namespace restapi;
using namespace restapi::http;

namespace {

Request asking(std::string const& host, std::string target = "/api/v2/nodes") {
  return {"GET", std::move(target), {{"Host", host}}, "127.0.0.1"};
}

bool passes(ServerNames const& names, Request const& request) { return !names.refusal_of(request); }

}  // namespace

TEST_CASE("who listens on this machine alone answers to the names of this machine", "[server_names]") {
  struct Case {
    std::string hostname;
    std::vector<std::string> names;
    std::string host;
    bool passes;
  };
  Case const cases[] = {
      {"127.0.0.1", {}, "localhost:5000", true},
      {"127.0.0.1", {}, "localhost", true},
      {"127.0.0.1", {}, "LocalHost:5000", true},
      {"127.0.0.1", {}, "localhost.:5000", true},
      {"127.0.0.1", {}, "aiida.localhost", true},
      {"127.0.0.1", {}, "127.0.0.1:5000", true},
      {"127.0.0.1", {}, "127.9.8.7", true},
      {"127.0.0.1", {}, "[::1]:5000", true},
      {"127.0.0.1", {}, "[::ffff:127.0.0.1]", true},
      {"127.0.0.1", {}, "[0:0:0:0:0:0:0:1]", true},
      {"127.0.0.1", {}, "", true},  // nobody is named, as in HTTP/1.0
      {"::1", {}, "localhost:5000", true},
      {"[::1]", {}, "127.0.0.1", true},
      {"localhost", {}, "127.0.0.1:5000", true},
      {"127.0.0.2", {}, "127.0.0.1:5000", true},
      {"127.0.0.1", {}, "evil.example", false},
      {"127.0.0.1", {}, "evil.example:5000", false},
      {"127.0.0.1", {}, "localhost.evil.example", false},
      {"127.0.0.1", {}, "evillocalhost", false},
      {"127.0.0.1", {}, "localhost:5000.evil.example", false},
      {"127.0.0.1", {}, "localhost@evil.example", false},
      {"127.0.0.1", {}, "127.0.0.1.evil.example", false},
      {"127.0.0.1", {}, "0.0.0.0:5000", false},
      {"127.0.0.1", {}, "[::]", false},
      {"127.0.0.1", {}, "192.0.2.1", false},
      {"127.0.0.1", {}, "[::1", false},
      {"127.0.0.1", {}, "[::1]x", false},
      {"127.0.0.1", {}, "[::1]x:1", false},
      {"127.0.0.1", {}, "127.0.0.0/8", false},
      {"127.0.0.1", {}, ":5000", false},
      {"127.0.0.1", {}, ".", false},
      {"127.0.0.1", {}, "a b", false},
      {"127.0.0.1", {}, std::string("localhost\0", 10), false},
      {"::1", {}, "evil.example", false},
      {"localhost", {}, "evil.example", false},
      // Names that somebody has given.
      {"127.0.0.1", {"aiida.example.org"}, "AiiDA.example.org:80", true},
      {"127.0.0.1", {"aiida.example.org"}, "aiida.example.org.", true},
      {"127.0.0.1", {"a.example", "192.0.2.1", "[2001:db8::1]"}, "192.0.2.1:5000", true},
      {"127.0.0.1", {"a.example", "192.0.2.1", "[2001:db8::1]"}, "[2001:db8::1]:5000", true},
      {"127.0.0.1", {"aiida.example.org"}, "localhost", true},
      {"127.0.0.1", {"aiida.example.org"}, "www.aiida.example.org", false},
      {"127.0.0.1", {"*"}, "evil.example", true},
      // Who listens to others.
      {"0.0.0.0", {}, "evil.example", true},
      {"::", {}, "evil.example", true},
      {"192.0.2.1", {}, "aiida.example.org", true},
      {"0.0.0.0", {"aiida.example.org"}, "aiida.example.org", true},
      {"0.0.0.0", {"aiida.example.org"}, "192.0.2.1:5000", true},
      {"0.0.0.0", {"aiida.example.org"}, "[2001:db8::1]:5000", true},
      {"0.0.0.0", {"aiida.example.org"}, "localhost:5000", true},
      {"0.0.0.0", {"aiida.example.org"}, "evil.example", false},
  };
  for (auto const& c : cases) {
    CAPTURE(c.hostname, c.names, c.host);
    ServerNames const names(c.hostname, c.names);
    CHECK(passes(names, asking(c.host)) == c.passes);
    // An absolute target names the host as well.
    auto const target = "http://" + c.host + "/api/v2/nodes";
    if (c.host.find_first_of("/ ") == c.host.npos && c.host.find('\0') == c.host.npos)
      CHECK(passes(names, asking("localhost", target)) == c.passes);
    CHECK(passes(names, {"GET", "/", {}, "127.0.0.1"}));
  }
  CHECK(passes(ServerNames(), asking("evil.example")));
}

TEST_CASE("whoever is refused learns which option helps", "[server_names]") {
  auto const error = ServerNames("127.0.0.1", {}).refusal_of(asking("aiida.example.org:8080"));
  REQUIRE(error);
  CHECK(error->code == Code::no_such_server);
  CHECK(error->message == "this server is not called \"aiida.example.org\"");
  CHECK(error->hint == "the option --server-name aiida.example.org lets in requests that call it so");
  auto const long_name = ServerNames("127.0.0.1", {}).refusal_of(asking(std::string(30000, 'x') + "\x1b"));
  REQUIRE(long_name);
  CHECK(long_name->message.size() < 200);
}

TEST_CASE("a host in a query is no host", "[server_names]") {
  ServerNames const names("127.0.0.1", {});
  CHECK(passes(names, asking("localhost", "/api/v2/nodes?label=http://evil.example/")));
  CHECK(passes(names, asking("localhost", "*")));
  CHECK_FALSE(passes(names, asking("localhost", "http://evil.example")));
  CHECK_FALSE(passes(names, asking("localhost", "http://evil.example?x")));
}
