// SPDX-License-Identifier: MIT
#include <malloc.h>

#include <catch2/catch.hpp>
#include <thread>

#include "test_application.hpp"

using namespace restapi;
using namespace restapi::test;
using namespace std::string_literals;

TEST_CASE("what is refused is answered, then closed, and nothing behind it is read", "[http]") {
  struct Case {
    std::string situation;
    std::string bytes;
    int status;
  };
  std::vector<Case> const cases{
      {"no version", "GET /\r\n\r\n", 400},
      {"NUL", "GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"s, 400},
      {"bare line feeds", "GET / HTTP/1.1\nHost: h\n\n", 400},
      {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"length and coding",
       "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"two lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400},
      {"scientific length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1e12\r\n\r\n", 400},
      {"a terabyte", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000000\r\n\r\n", 413},
      {"long target", "GET /" + std::string(16'384, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
      {"endless target", "GET /" + std::string(200'000, 'a'), 414},
      {"large headers", "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(33'000, 'a') + "\r\n\r\n", 431},
  };
  TestServer server;
  for (auto const& [situation, bytes, status] : cases) {
    INFO(situation);
    auto client = server.connect();
    REQUIRE(client.send(bytes));
    client.send(get("/smuggled"));
    auto const received = client.receive();
    REQUIRE(received);
    CHECK(received->status == status);
    CHECK(received->head.find("\r\nConnection: close\r\n") != std::string::npos);
    client.end();
    CHECK(client.at_end());
  }
  CHECK(server.application.answered == 0);
}

TEST_CASE("a client that goes on sending still reads why it was refused", "[http]") {
  TestServer server;
  auto client = server.connect();
  REQUIRE(client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\n"));
  // A server that closes at once would answer this with a reset, which destroys the answer on its way.
  client.send(std::string(500'000, 'x'));
  auto const received = client.receive();
  REQUIRE(received);
  CHECK(received->status == 413);
  CHECK(client.at_end());
}

TEST_CASE("strange but well-formed headers are the application's business", "[http]") {
  TestServer server;
  auto client = server.connect();
  REQUIRE(
      client.send("GET /a HTTP/1.1\r\nHost: ]:99999999\r\nDate: yesterday\r\nAccept: foo\r\nContent-Type: //\r\n"
                  "Cookie: =;=\r\nAuthorization: x\r\n\r\n"));
  auto const received = client.receive();
  REQUIRE(received);
  CHECK(received->status == 200);
}

TEST_CASE("a client that leaves while its answer is made harms nobody", "[http]") {
  http::ServerOptions options;
  options.workers = 8;
  TestServer server(options);
  for (int i = 0; i < 4; ++i) {
    auto client = server.connect();
    REQUIRE(client.send(get("/wait")));
    REQUIRE(server.application.wait_for_requests(i + 1));
    i % 2 == 0 ? client.reset() : client.close();
  }
  // These get the descriptors of those who left, and must not get their answers.
  std::vector<SocketClient> others;
  for (int i = 0; i < 4; ++i) {
    others.push_back(server.connect());
    REQUIRE(others.back().send(get("/other")));
  }
  server.application.release();
  for (auto& other : others) {
    auto const received = other.receive();
    REQUIRE(received);
    CHECK(received->body == "/other");
  }
}

TEST_CASE("no answer reaches another client while connections come and go", "[http]") {
  TestServer server;
  std::atomic<int> wrong{0};
  std::atomic<int> right{0};
  std::vector<std::thread> clients;
  for (int number = 0; number < 4; ++number) {
    clients.emplace_back([&, number] {
      for (int i = 0; i < 1'000; ++i) {
        auto const target = "/" + std::to_string(number) + "/" + std::to_string(i);
        SocketClient client(server.port);
        client.send(get(target));
        if (i % 3 == 0) {
          client.reset();
        } else if (i % 3 == 1) {
          auto const received = client.receive();
          ++(received && received->body == target ? right : wrong);
        }  // else it just leaves
      }
    });
  }
  for (auto& client : clients) client.join();
  CHECK(wrong == 0);
  CHECK(right == 4 * 333);
}

TEST_CASE("slow readers of large answers stop nobody, and get every byte", "[http]") {
  http::ServerOptions options;
  options.io_threads = 1;
  TestServer server(options);
  std::vector<SocketClient> slow;
  for (int i = 0; i < 8; ++i) {
    SocketClient client;
    client.shrink_receive_buffer();
    client.connect(server.port);
    REQUIRE(client.send(get("/large")));
    slow.push_back(std::move(client));
  }
  for (int i = 0; i < 200; ++i) {
    auto quick = server.connect();
    REQUIRE(quick.send(get("/quick")));
    auto const received = quick.receive();
    REQUIRE(received);
    REQUIRE(received->body == "/quick");
  }
  for (auto& client : slow) {
    auto const received = client.receive();
    REQUIRE(received);
    CHECK(received->body == std::string(large_size, 'x'));
    REQUIRE(client.send(get("/again")));
    CHECK(client.receive().has_value());
  }
}

TEST_CASE("a slow answer delays nobody on its I/O thread", "[http]") {
  http::ServerOptions options;
  options.io_threads = 1;
  options.workers = 2;
  TestServer server(options);
  auto slow = server.connect();
  REQUIRE(slow.send(get("/wait")));
  REQUIRE(server.application.wait_for_requests(1));
  auto quick = server.connect();
  for (int i = 0; i < 100; ++i) {
    REQUIRE(quick.send(get("/quick")));
    REQUIRE(quick.receive().has_value());
  }
  server.application.release();
  CHECK(slow.receive().has_value());
}

TEST_CASE("a pipeline that is not being answered is not read either", "[http]") {
  TestServer server;
  auto client = server.connect();
  REQUIRE(client.send(get("/wait")));
  REQUIRE(server.application.wait_for_requests(1));
  std::string many;
  while (many.size() < 64 * 1024) many += get("/b");
  std::size_t sent = 0;
  constexpr std::size_t far_beyond_all_socket_buffers = 256 * 1024 * 1024;
  for (int refused = 0; refused < 50 && sent < far_beyond_all_socket_buffers;) {
    auto const size = client.send_some(many);
    sent += size;
    refused = size == 0 ? refused + 1 : 0;
    if (size == 0) std::this_thread::sleep_for(std::chrono::milliseconds{1});  // the kernel moves bytes on
  }
  CHECK(sent < far_beyond_all_socket_buffers);
}

#ifndef __SANITIZE_ADDRESS__  // whose allocator mallinfo2() does not know
TEST_CASE("a large answer does not stay in memory while its connection is idle", "[http]") {
  TestServer server;
  auto const allocated = [] { return mallinfo2().uordblks + mallinfo2().hblkhd; };
  auto const before = allocated();
  std::vector<SocketClient> clients;
  for (int i = 0; i < 20; ++i) {
    auto& client = clients.emplace_back(server.connect());
    REQUIRE(client.send(get("/large")));
    REQUIRE(client.receive()->body.size() == large_size);
    client.forget();
    REQUIRE(client.send(get("/small")));  // answered after the memory of the first was given back
    REQUIRE(client.receive().has_value());
    client.forget();
  }
  CHECK(allocated() < before + 10 * large_size);
}
#endif

TEST_CASE("many idle connections cost the busy ones nothing but memory", "[http]") {
  TestServer server;
  std::vector<SocketClient> idle;
  for (int i = 0; i < 300; ++i) idle.push_back(server.connect());
  auto busy = server.connect();
  REQUIRE(busy.send(get("/a")));
  CHECK(busy.receive().has_value());
  for (auto& client : idle) {
    REQUIRE(client.send(get("/b")));
    REQUIRE(client.receive().has_value());
  }
}
