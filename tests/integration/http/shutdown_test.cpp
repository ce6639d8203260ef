#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "test_application.hpp"

using namespace restapi;
using namespace restapi::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("stop() lets answers that are being made arrive, and refuses new clients", "[http]") {
  api::ServerOptions options;
  options.workers = 9;  // eight will be held up
  TestServer server(options);
  std::vector<SocketClient> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(server.connect());
    REQUIRE(clients.back().send(get("/wait/" + std::to_string(i))));
  }
  REQUIRE(server.application.wait_for_requests(8));
  std::vector<SocketClient> idle;  // one for each I/O thread: connections go to them in turn
  for (unsigned i = 0; i < options.io_threads; ++i) {
    idle.push_back(server.connect());
    REQUIRE(idle.back().send(get("/a")));
    REQUIRE(idle.back().receive().has_value());
  }

  auto stopped = std::async(std::launch::async, [&] { server.server.stop(seconds{20}); });
  for (auto& client : idle) CHECK(client.at_end());  // so every thread knows
  CHECK_THROWS(server.connect());
  server.application.release();
  for (int i = 0; i < 8; ++i) {
    auto& client = clients[static_cast<std::size_t>(i)];
    auto const received = client.receive();
    REQUIRE(received);
    CHECK(received->body == "/wait/" + std::to_string(i));
    CHECK(received->head.find("\r\nConnection: close\r\n") != std::string::npos);
    CHECK(client.at_end());
  }
  stopped.get();
}

TEST_CASE("stop() waits until large answers have been read", "[http]") {
  TestServer server;
  SocketClient client;
  client.shrink_receive_buffer();
  client.connect(server.port);
  REQUIRE(client.send(get("/large")));
  while (server.application.answered == 0) std::this_thread::yield();
  auto stopped = std::async(std::launch::async, [&] { server.server.stop(seconds{20}); });
  auto const received = client.receive();
  REQUIRE(received);
  CHECK(received->body.size() == large_size);
  stopped.get();
}

TEST_CASE("stop() does not wait longer than its limit", "[http]") {
  TestServer server;
  auto stuck = server.connect();
  REQUIRE(stuck.send("GET /a HTT"));
  SocketClient slow;
  slow.shrink_receive_buffer();
  slow.connect(server.port);
  REQUIRE(slow.send(get("/large")));
  while (server.application.answered == 0) std::this_thread::yield();
  server.server.stop(milliseconds{50});
  CHECK(stuck.is_cut_off());
  CHECK(slow.is_cut_off());
}

TEST_CASE("stop() may be called twice, before start(), and by the destructor", "[http]") {
  TestApplication application;
  {
    api::HttpServer never_started({}, application);
    never_started.stop();
  }
  TestServer server;
  server.server.stop();
  server.server.stop();
}

TEST_CASE("a server that stopped can be followed by another on the same port", "[http]") {
  TestApplication application;
  api::ServerOptions options;
  options.port = 0;
  for (int i = 0; i < 3; ++i) {
    api::HttpServer server(options, application);
    options.port = server.start();
    SocketClient client(options.port);
    REQUIRE(client.send(get("/a")));
    REQUIRE(client.receive().has_value());
  }
}
