// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "inherited_socket.hpp"
#include "test_application.hpp"

using namespace restapi;
using namespace restapi::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("stop() lets answers that are being made arrive, and refuses new clients", "[http]") {
  http::ServerOptions options;
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

TEST_CASE("stop() answers what idle clients still ask, with the word that it was the last", "[http]") {
  TestServer server;
  std::vector<SocketClient> clients;
  for (int i = 0; i < 4; ++i) clients.push_back(server.connect());
  auto stopped = std::async(std::launch::async, [&] { server.server.stop(seconds{20}); });
  for (auto& client : clients) {
    for (bool is_last = false; !is_last;) {
      REQUIRE(client.send(get("/a")));
      auto const received = client.receive();
      REQUIRE(received);
      is_last = received->head.find("\r\nConnection: close\r\n") != std::string::npos;
    }
    CHECK(client.at_end());
    CHECK(server.server.draining());
  }
  stopped.get();
}

TEST_CASE("hurry() ends the patience of stop()", "[http]") {
  http::ServerOptions options;
  options.request_timeout = std::chrono::hours{1};
  TestServer server(options);
  CHECK_FALSE(server.server.draining());
  auto stuck = server.connect();
  REQUIRE(stuck.send("GET /a HTT"));
  auto stopped = std::async(std::launch::async, [&] { server.server.stop(std::chrono::hours{1}); });
  REQUIRE(comes_true([&] { return server.server.draining(); }));
  server.server.hurry();
  stopped.get();
  CHECK(stuck.is_cut_off());
}

TEST_CASE("servers on one inherited socket come and go without losing a request", "[http]") {
  InheritedSocket const socket;
  TestApplication application;
  auto const started = [&] {
    auto server = std::make_unique<http::HttpServer>(http::ServerOptions(), application);
    server->start(socket.passed());
    return server;
  };
  std::atomic<bool> done{false};
  std::atomic<int> served{0};
  std::atomic<int> lost{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back([&] {
      while (!done) {
        try {
          SocketClient client(socket.port());
          auto const received = client.send(get("/a")) ? client.receive() : std::nullopt;
          ++(received && received->body == "/a" ? served : lost);
        } catch (std::runtime_error const&) {
          ++lost;
        }
      }
    });
  }
  auto const some_are_served = [&] {
    auto const before = served.load();
    return comes_true([&] { return served > before + 50; });
  };
  auto server = started();
  for (int i = 0; i < 3; ++i) {  // one after the other
    CHECK(some_are_served());
    server->stop(seconds{20});
    server = started();
  }
  for (bool const newer_leaves : {false, true, false}) {  // two at once
    auto other = started();
    CHECK(some_are_served());
    if (newer_leaves) std::swap(server, other);
    server->stop(seconds{20});
    server = std::move(other);
  }
  CHECK(some_are_served());
  done = true;
  for (auto& client : clients) client.join();
  CHECK(lost == 0);
}

TEST_CASE("stop() leaves who waits at an inherited socket to the next server", "[http]") {
  InheritedSocket const socket;
  http::ServerOptions options;
  options.max_connections = 1;
  auto passed = socket.passed();
  auto const descriptor = passed.descriptor();
  TestServer first(options, std::move(passed));
  auto busy = first.connect();
  REQUIRE(busy.send(get("/wait")));
  REQUIRE(first.application.wait_for_requests(1));
  auto waiting = first.connect();  // in the queue: there is no room
  REQUIRE(waiting.send(get("/before")));

  auto stopped = std::async(std::launch::async, [&] { first.server.stop(seconds{20}); });
  REQUIRE(comes_true([&] { return ::fcntl(descriptor, F_GETFD) < 0; }));  // it accepts no more
  auto later = first.connect();
  REQUIRE(later.send(get("/after")));
  first.application.release();
  CHECK(busy.receive().has_value());
  stopped.get();
  CHECK(first.application.answered == 1);

  TestServer second({}, socket.passed());
  for (auto* client : {&waiting, &later}) CHECK(client->receive().has_value());
  CHECK(second.application.answered == 2);
}

TEST_CASE("stop() does not wait for a client where somebody has made the socket blocking", "[http]") {
  InheritedSocket const socket;
  TestServer server({}, socket.passed());
  socket.make_blocking();
  auto client = server.connect();  // the server accepts it, and then tries to accept another
  REQUIRE(client.send(get("/a")));
  CHECK(client.receive().has_value());
  auto stopped = std::async(std::launch::async, [&] { server.server.stop(seconds{20}); });
  bool const has_stopped = stopped.wait_for(seconds{20}) == std::future_status::ready;
  CHECK(has_stopped);
  if (!has_stopped) server.connect();  // which frees it
}

TEST_CASE("stop() may be called twice, before start(), and by the destructor", "[http]") {
  TestApplication application;
  {
    http::HttpServer never_started({}, application);
    never_started.stop();
  }
  TestServer server;
  server.server.stop();
  server.server.stop();
}

TEST_CASE("a server that stopped can be followed by another on the same port", "[http]") {
  TestApplication application;
  http::ServerOptions options;
  options.port = 0;
  for (int i = 0; i < 3; ++i) {
    http::HttpServer server(options, application);
    options.port = server.start();
    SocketClient client(options.port);
    REQUIRE(client.send(get("/a")));
    REQUIRE(client.receive().has_value());
  }
}
