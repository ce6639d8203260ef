// SPDX-License-Identifier: MIT
// Bodies that come with a request, over real sockets.
#include <catch2/catch.hpp>
#include <optional>

#include "test_application.hpp"

using namespace restapi;
using namespace restapi::test;
using std::chrono::milliseconds;

namespace {

std::string head_of(std::size_t length, std::string const& more = "") {
  return "POST /echo HTTP/1.1\r\nHost: h\r\n" + more + "Content-Length: " + std::to_string(length) + "\r\n\r\n";
}

std::string varied(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; text.size() < size; ++i) text += std::to_string(i) + ' ';
  text.resize(size);
  return text;
}

}  // namespace

TEST_CASE("a body arrives whole, with a length or in chunks, and what follows it is another request",
          "[http][bodies]") {
  TestServer server;
  auto client = server.connect();
  auto const body = varied(largest_echo);
  std::string chunked = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < body.size(); at += 0x8000) chunked += "8000\r\n" + body.substr(at, 0x8000) + "\r\n";
  chunked += "0\r\n\r\n";
  for (auto const& request : {head_of(body.size()) + body, chunked}) {
    REQUIRE(client.send(request + get("/next")));
    auto const received = client.receive();
    REQUIRE(received);
    CHECK(received->status == 200);
    CHECK(received->body == body);
    auto const next = client.receive();
    REQUIRE(next);
    CHECK(next->body == "/next");
  }
}

TEST_CASE("a body is asked for before it is sent, or refused", "[http][bodies]") {
  TestServer server;
  auto client = server.connect();
  REQUIRE(client.send(head_of(5, "Expect: 100-continue\r\n")));
  auto const interim = client.receive();
  REQUIRE(interim);
  CHECK(interim->status == 100);
  REQUIRE(client.send("hello"));
  auto const received = client.receive();
  REQUIRE(received);
  CHECK(received->body == "hello");

  REQUIRE(client.send(head_of(largest_echo + 1, "Expect: 100-continue\r\n")));
  auto const refused = client.receive();
  REQUIRE(refused);
  CHECK(refused->status == 413);
  CHECK(refused->body == "the body of the request is larger than 1048576 bytes");
  CHECK(client.at_end());
}

TEST_CASE("a body that is too large and on its way does not cut the refusal off", "[http][bodies]") {
  TestServer server;
  auto client = server.connect();
  client.send(head_of(largest_echo + 100'000) + std::string(largest_echo / 2, 'x'));
  auto const refused = client.receive();
  REQUIRE(refused);
  CHECK(refused->status == 413);
}

TEST_CASE("a body that trickles in has the time of its request and no more", "[http][bodies]") {
  TestServer server({.request_timeout = milliseconds{200}});
  auto client = server.connect();
  REQUIRE(client.send(head_of(100'000)));
  for (int i = 0; i < 20'000 && client.send("x"); ++i) std::this_thread::sleep_for(milliseconds{1});
  CHECK(server.application.answered == 0);
  CHECK(client.is_cut_off());
}

TEST_CASE("bodies on their way are bounded together, and who leaves makes room", "[http][bodies]") {
  constexpr std::size_t size = 900 * 1024;
  TestServer server({.max_kept_bodies = 1536 * 1024});  // room is doubled: each takes a MiB
  std::string const body(size, 'x');
  // Once the first is there for the most part, there is no room for another; where the other is quicker, there is none
  // for the first.
  std::optional<SocketClient> slow;
  REQUIRE(comes_true([&] {
    slow.emplace(server.connect());
    slow->send(head_of(size) + body.substr(1));
    auto other = server.connect();
    other.send(head_of(size) + body);
    auto const received = other.receive();
    return received && received->status == 503;
  }));
  auto small = server.connect();
  REQUIRE(small.send(head_of(5) + "hello"));
  CHECK(small.receive().has_value());

  slow->reset();
  REQUIRE(comes_true([&] { return server.server.counts().connections == 1; }));
  for (int i = 0; i < 3; ++i) {  // and so do bodies that have been answered
    CHECK(comes_true([&] {
      auto other = server.connect();
      other.send(head_of(size) + body);
      auto const received = other.receive();
      return received && received->body == body;
    }));
  }
}
