// SPDX-License-Identifier: MIT
// Too many requests, too many connections, readers that are too slow: who pays, and who does not.
#include <catch2/catch.hpp>

#include "test_application.hpp"

using namespace restapi;
using namespace restapi::test;
using std::chrono::milliseconds;

namespace {

SocketClient ask(TestServer const& server, std::string const& target) {
  auto client = server.connect();
  REQUIRE(client.send(get(target)));
  return client;
}

/// With a receive buffer that does not take the answer.
SocketClient ask_slowly(TestServer const& server, std::string const& target) {
  SocketClient client;
  client.shrink_receive_buffer();
  client.connect(server.port);
  REQUIRE(client.send(get(target)));
  return client;
}

int status_of(SocketClient& client) {
  auto const received = client.receive();
  return received ? received->status : 0;
}

}  // namespace

TEST_CASE("too much work is refused at once, while the rest is answered", "[http][limits]") {
  TestServer server({.workers = 3, .max_requests = 4});
  std::vector<SocketClient> accepted;
  for (int i = 0; i < 4; ++i) accepted.push_back(ask(server, "/wait"));
  REQUIRE(comes_true([&] {
    auto const counts = server.server.counts();
    return counts.working == 2 && counts.queued == 2;
  }));
  for (int i = 0; i < 10; ++i) {
    auto client = ask(server, "/wait");
    CHECK(status_of(client) == 503);
    REQUIRE(client.send(get("/quick")));  // the connection is as good as before
    CHECK(status_of(client) == 200);
  }
  CHECK(server.server.counts().shed == 10);
  server.application.release();
  for (auto& client : accepted) CHECK(status_of(client) == 200);
  auto late = ask(server, "/wait");
  CHECK(status_of(late) == 200);
}

TEST_CASE("clients that left give their places in the queue to others", "[http][limits]") {
  TestServer server({.io_threads = 1, .workers = 2, .max_requests = 3});
  auto third = server.connect();
  // One I/O thread and one worker for attempts: with this answer both are through with all that came before.
  auto const all_is_noticed = [&] {
    REQUIRE(third.send(get("/quick")));
    REQUIRE(status_of(third) == 200);
  };
  auto worked_on = ask(server, "/wait");
  REQUIRE(server.application.wait_for_requests(1));
  auto const comes_to = [&](auto count, std::size_t value) {
    return comes_true([&] { return server.server.counts().*count == value; });
  };
  auto first = ask(server, "/wait");
  auto second = ask(server, "/wait");
  REQUIRE(comes_to(&http::ServerCounts::queued, 2));
  all_is_noticed();
  first.reset();
  second.reset();
  REQUIRE(comes_to(&http::ServerCounts::connections, 2));
  all_is_noticed();
  REQUIRE(third.send(get("/wait")));
  REQUIRE(comes_to(&http::ServerCounts::queued, 1));
  server.application.release();
  CHECK(status_of(third) == 200);
  CHECK(status_of(worked_on) == 200);
  CHECK(server.server.counts().shed == 0);
}

TEST_CASE("a new connection takes the place of the one that has been idle longest", "[http][limits]") {
  TestServer server({.io_threads = 1, .max_connections = 4});
  std::vector<SocketClient> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(ask(server, "/a"));
    REQUIRE(status_of(clients.back()) == 200);
  }
  REQUIRE(clients[0].send(get("/again")));
  REQUIRE(status_of(clients[0]) == 200);
  for (int i = 0; i < 2; ++i) {
    clients.push_back(ask(server, "/new"));
    CHECK(status_of(clients.back()) == 200);
  }
  CHECK(clients[1].at_end());
  CHECK(clients[2].at_end());
  for (std::size_t const served : {0u, 3u, 4u, 5u}) {
    REQUIRE(clients[served].send(get("/still")));
    CHECK(status_of(clients[served]) == 200);
  }
  auto const counts = server.server.counts();
  CHECK(counts.connections == 4);
  CHECK(counts.evicted == 2);
  CHECK(counts.accepted == 6);
}

TEST_CASE("a connection that has just come is not closed for the next one", "[http][limits]") {
  TestServer server({.max_connections = 1, .least_idle = std::chrono::hours{1}});
  auto first = server.connect();
  REQUIRE(comes_true([&] { return server.server.counts().accepted == 1; }));
  auto second = ask(server, "/b");
  // Its next answer is the last and says so, once the server knows that somebody waits.
  for (bool is_last = false; !is_last;) {
    REQUIRE(first.send(get("/a")));
    auto const received = first.receive();
    REQUIRE(received);
    CHECK(received->body == "/a");
    is_last = received->head.find("\r\nConnection: close\r\n") != std::string::npos;
  }
  CHECK(status_of(second) == 200);
  CHECK(first.at_end());
  CHECK(server.server.counts().evicted == 0);
}

TEST_CASE("where nobody is idle, requests that have begun and do not go on give way", "[http][limits]") {
  TestServer server({.max_connections = 2, .least_idle = std::chrono::hours{1}, .least_asking = milliseconds{50}});
  std::vector<SocketClient> half;
  for (int i = 0; i < 2; ++i) {
    half.push_back(server.connect());
    REQUIRE(half.back().send("GET /half HTTP/1.1\r\nHost:"));
  }
  auto asking = ask(server, "/whole");
  CHECK(status_of(asking) == 200);
  CHECK(server.server.counts().evicted == 1);
}

TEST_CASE("answers that nobody reads give way, but not those that are read", "[http][limits]") {
  // Longer than it takes to look at the readers, every half second.
  TestServer server({.max_connections = 3, .least_idle = std::chrono::hours{1}, .least_waiting = milliseconds{700}});
  auto read = ask_slowly(server, "/large");
  std::vector<SocketClient> unread;
  for (int i = 0; i < 2; ++i) unread.push_back(ask_slowly(server, "/large"));
  std::atomic<bool> is_over = false;
  std::size_t taken = 0;
  std::thread reader([&] {
    for (; !is_over && taken < large_size; std::this_thread::sleep_for(milliseconds{1}))
      taken += read.receive_some(64 * 1024);
    while (taken < large_size) {
      auto const size = read.receive_some(1 << 20);
      if (size == 0) return;
      taken += size;
    }
  });
  auto asking = ask(server, "/whole");
  CHECK(status_of(asking) == 200);
  CHECK(server.server.counts().evicted == 1);
  is_over = true;
  reader.join();
  CHECK(taken >= large_size);
}

TEST_CASE("a flood of connections keeps nobody from being served", "[http][limits]") {
  TestServer server({.max_connections = 20, .least_idle = milliseconds{5}});
  std::vector<SocketClient> flood;
  for (int i = 0; i < 200; ++i) {
    flood.push_back(server.connect());
    if (i % 10 == 0) {
      auto client = ask(server, "/a");
      CHECK(status_of(client) == 200);
    }
  }
  CHECK(comes_true([&] { return server.server.counts().accepted == 220; }));
  CHECK(server.server.counts().connections <= 20);
}

TEST_CASE("where nobody is idle, new connections wait until an answer makes room", "[http][limits]") {
  TestServer server({.workers = 4, .max_connections = 2});
  auto first = ask(server, "/wait");
  auto second = ask(server, "/wait");
  REQUIRE(server.application.wait_for_requests(2));
  auto third = ask(server, "/late");  // the kernel takes the connection; the server does not
  auto fourth = server.connect();
  REQUIRE(comes_true([&] { return server.server.counts().waited > 0; }));
  CHECK(server.server.counts().accepted == 2);
  server.application.release();
  int closed = 0;
  for (auto* client : {&first, &second}) {
    auto const received = client->receive();
    REQUIRE(received);
    CHECK(received->status == 200);
    closed += received->head.find("\r\nConnection: close\r\n") != std::string::npos ? 1 : 0;
  }
  CHECK(status_of(third) == 200);
  CHECK(closed >= 1);
  REQUIRE(fourth.send(get("/a")));
  CHECK(status_of(fourth) == 200);
  CHECK(server.server.counts().connections <= 2);
}

TEST_CASE("a reader that always takes a little is closed when all has taken too long", "[http][limits]") {
  TestServer server({.write_timeout = milliseconds{400}, .least_bytes_per_second = 100 * large_size});
  auto client = ask_slowly(server, "/large");
  std::size_t taken = 0;
  // Every piece is progress, and the whole would take this client at least 8 seconds.
  while (server.server.counts().too_slow == 0 && taken < large_size) {
    auto const size = client.receive_some(4096);
    REQUIRE(size > 0);
    taken += size;
    std::this_thread::sleep_for(milliseconds{8});
  }
  CHECK(server.server.counts().too_slow == 1);
  CHECK(taken < large_size);
}

TEST_CASE("an answer within the limit is not cut, however many threads share it", "[http][limits]") {
  TestServer server({.io_threads = 4, .idle_timeout = milliseconds{100}, .max_unread = large_size + large_size / 2});
  auto slow = ask_slowly(server, "/large");
  // Each thread has looked at its connections twice when those that came one after the other have been closed.
  for (int round = 0; round < 2; ++round) {
    std::vector<SocketClient> idle;
    for (int i = 0; i < 4; ++i) idle.push_back(server.connect());
    for (auto& client : idle) CHECK(client.at_end());
  }
  auto const received = slow.receive();
  REQUIRE(received);
  CHECK(received->body.size() == large_size);
  CHECK(server.server.counts().too_slow == 0);
}

TEST_CASE("answers that nobody takes are bounded, and those whose time is over first go first", "[http][limits]") {
  TestServer server({.io_threads = 1, .max_unread = large_size + large_size / 2});
  std::vector<SocketClient> slow;
  for (std::uint64_t i = 0; i < 5; ++i) {
    slow.push_back(ask_slowly(server, "/large"));
    REQUIRE(comes_true([&] { return server.server.counts().too_slow == i; }));
  }
  auto const last = slow.back().receive();
  REQUIRE(last);
  CHECK(last->body.size() == large_size);
  for (std::size_t i = 0; i < 4; ++i) CHECK_FALSE(slow[i].receive());
}

TEST_CASE("an answer that many read is counted once", "[http][limits]") {
  TestServer server({.io_threads = 1, .max_unread = large_size + large_size / 2});
  std::vector<SocketClient> slow;
  for (int i = 0; i < 8; ++i) slow.push_back(ask_slowly(server, "/shared"));
  auto probe = ask(server, "/large");
  REQUIRE(probe.receive());
  for (auto& client : slow) {
    auto const received = client.receive();
    REQUIRE(received);
    CHECK(received->body.size() == large_size);
  }
  CHECK(server.server.counts().too_slow == 0);
}
