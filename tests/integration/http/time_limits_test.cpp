// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <thread>

#include "test_application.hpp"

using namespace restapi;
using namespace restapi::test;
using std::chrono::milliseconds;

TEST_CASE("a request that does not end in time is refused with 408", "[http]") {
  http::ServerOptions options;
  options.request_timeout = milliseconds{100};
  TestServer server(options);
  for (std::string const begun :
       {"G", "GET /a HTTP/1.1\r\nHost: h\r\n", "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabc"}) {
    auto client = server.connect();
    REQUIRE(client.send(begun));
    auto const received = client.receive();
    REQUIRE(received);
    CHECK(received->status == 408);
    CHECK(client.at_end());
  }
  CHECK(server.application.answered == 0);
}

TEST_CASE("bytes that trickle in do not prolong the time for a request", "[http]") {
  http::ServerOptions options;
  options.request_timeout = milliseconds{200};
  TestServer server(options);
  auto client = server.connect();
  REQUIRE(client.send("GET /a HTTP/1.1\r\nX: "));
  // The server closes its side at 408; sending fails some time after it stopped lingering.
  for (int i = 0; i < 20'000 && client.send("x"); ++i) std::this_thread::sleep_for(milliseconds{1});
  CHECK(server.application.answered == 0);
  CHECK(client.is_cut_off());
}

TEST_CASE("an idle connection is closed silently", "[http]") {
  http::ServerOptions options;
  options.idle_timeout = milliseconds{100};
  TestServer server(options);
  auto fresh = server.connect();
  CHECK(fresh.at_end());
  auto used = server.connect();
  REQUIRE(used.send(get("/a")));
  CHECK(used.receive().has_value());
  CHECK(used.at_end());
  auto silly = server.connect();
  REQUIRE(silly.send("\r\n\r\n"));
  CHECK(silly.at_end());
}

TEST_CASE("a slow answer is not an idle connection", "[http]") {
  http::ServerOptions options;
  options.idle_timeout = milliseconds{50};
  options.request_timeout = milliseconds{50};
  TestServer server(options);
  auto client = server.connect();
  REQUIRE(client.send(get("/wait")));
  REQUIRE(server.application.wait_for_requests(1));
  auto probe = server.connect();
  CHECK(probe.at_end());  // so much time has passed now
  server.application.release();
  CHECK(client.receive().has_value());
}

TEST_CASE("a reader that takes nothing is closed", "[http]") {
  http::ServerOptions options;
  options.write_timeout = milliseconds{100};
  options.idle_timeout = milliseconds{400};
  TestServer server(options);
  SocketClient client;
  client.shrink_receive_buffer();
  client.connect(server.port);
  REQUIRE(client.send(get("/large")));
  auto probe = server.connect();
  CHECK(probe.at_end());  // so much time has passed now
  CHECK_FALSE(client.receive().has_value());
}
