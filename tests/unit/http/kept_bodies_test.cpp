// SPDX-License-Identifier: MIT
// Bodies of requests that are kept: which, how much of them, and what they take of memory.
#include <catch2/catch.hpp>
#include <cstdio>

#include "connection_driver.hpp"

using namespace restapi;
using namespace restapi::http;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

/// "POST /keep": 40 bytes, "POST /large": a MiB; nothing else.
struct Keeping {
  std::shared_ptr<MemoryBudget> memory = std::make_shared<MemoryBudget>(4 * mebibyte);
  KeptBodies bodies{[](Request const& head) -> std::size_t {
                      if (head.method != "POST" || !find_header(head.headers, "Host")) return 0;
                      return head.target == "/keep" ? 40 : head.target == "/large" ? mebibyte : 0;
                    },
                    memory};
  HttpLimits limits{64, 256, 32, &bodies};
};

std::string with_length(std::string const& target, std::string const& body, std::string const& headers = "") {
  return "POST " + target + " HTTP/1.1\r\nHost: h\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

std::string in_chunks(std::string const& target, std::vector<std::string> const& chunks) {
  std::string bytes = "POST " + target + " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (auto const& chunk : chunks) {
    char size[20];
    std::snprintf(size, sizeof size, "%zx", chunk.size());
    bytes += size + ("\r\n" + chunk) + "\r\n";
  }
  return bytes + "0\r\nX-Trailer: t\r\n\r\n";
}

}  // namespace

TEST_CASE("a body is kept where its route asks for it, however it arrives", "[http]") {
  struct Case {
    std::string situation, bytes;
    std::vector<std::string> bodies;  // of the requests
  };
  std::string const next = "GET /b HTTP/1.1\r\nHost: h\r\n\r\n", digits = "0123456789";
  std::string const all = digits + digits + digits + digits;
  for (auto const& [situation, bytes, bodies] : {
           Case{"with a length", with_length("/keep", "hello"), {"hello"}},
           Case{"another request behind it", with_length("/keep", "hello") + next, {"hello", ""}},
           Case{"what looks like a request", with_length("/keep", next) + next, {next, ""}},
           Case{"in chunks", in_chunks("/keep", {"hel", "lo"}), {"hello"}},
           Case{"in chunks, with another request behind", in_chunks("/keep", {digits}) + next, {digits, ""}},
           Case{"exactly the limit", with_length("/keep", all), {all}},
           Case{"exactly the limit, in chunks", in_chunks("/keep", {all.substr(1), "9"}), {all.substr(1) + "9"}},
           Case{"none", with_length("/keep", ""), {""}},
           Case{"an empty one in chunks", in_chunks("/keep", {}), {""}},
           Case{"no length at all", "POST /keep HTTP/1.1\r\nHost: h\r\n\r\n", {""}},
           Case{"another address", with_length("/drop", "hello"), {""}},
           Case{"another address, in chunks", in_chunks("/drop", {"hello"}), {""}},
           Case{"another method", "PUT" + with_length("/keep", "hello").substr(4), {""}},
           Case{"two of them", with_length("/keep", "one") + with_length("/keep", "two"), {"one", "two"}},
           Case{
               "bytes of any kind", with_length("/keep", std::string("\0\r\n\xff", 4)), {std::string("\0\r\n\xff", 4)}},
       }) {
    INFO(situation);
    Keeping keeping;
    for (std::size_t split = 0; split <= bytes.size(); ++split) {
      Driver driver(keeping.limits);
      driver.feed(std::string_view(bytes).substr(0, split));
      driver.feed(std::string_view(bytes).substr(split));
      REQUIRE(driver.requests.size() == bodies.size());
      for (std::size_t i = 0; i < bodies.size(); ++i) REQUIRE(driver.requests[i].body == bodies[i]);
    }
    Driver driver(keeping.limits);
    for (char const byte : bytes) driver.feed({&byte, 1});
    REQUIRE(driver.requests.size() == bodies.size());
    for (std::size_t i = 0; i < bodies.size(); ++i) REQUIRE(driver.requests[i].body == bodies[i]);
  }
}

TEST_CASE("a body that is larger than its route takes is refused as soon as that is known", "[http]") {
  for (auto const& bytes :
       {std::string("POST /keep HTTP/1.1\r\nHost: h\r\nContent-Length: 41\r\n\r\n"),
        std::string("POST /keep HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000000\r\n\r\n"),
        std::string("POST /keep HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n29\r\nx"),
        std::string("POST /keep HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n28\r\nx"),
        std::string("POST /keep HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 41\r\n\r\n")}) {
    INFO(bytes);
    Keeping keeping;
    Http1 connection(keeping.limits, "");
    auto const event = connection.receive(bytes);
    REQUIRE(std::holds_alternative<Error>(event));
    CHECK(std::get<Error>(event).code == Code::body_too_large);
    CHECK(std::get<Error>(event).message == "the body of the request is larger than 40 bytes");
    CHECK(connection.take_interim().empty());
  }
  Keeping keeping;
  Driver dropped(keeping.limits);
  dropped.feed("POST /drop HTTP/1.1\r\nHost: h\r\nContent-Length: 33\r\n\r\n");
  CHECK(dropped.happened == std::vector<std::string>{"fault 504"});
}

TEST_CASE("who waits for it is asked for a body that will be kept", "[http]") {
  Keeping keeping;
  Driver driver(keeping.limits);
  driver.feed("POST /keep HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  CHECK(driver.output == "HTTP/1.1 100 Continue\r\n\r\n");
  driver.feed("hello");
  REQUIRE(driver.requests.size() == 1);
  CHECK(driver.requests[0].body == "hello");
}

TEST_CASE("bodies take of one memory, as they come and until nobody has the request", "[http]") {
  Keeping keeping;
  auto const& memory = *keeping.memory;
  std::string const body(mebibyte, 'x');
  {
    Http1 connection(keeping.limits, "");
    connection.receive("POST /large HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
                       "\r\n\r\n");
    CHECK(memory.taken() == 0);  // whatever is announced
    connection.receive(body.substr(0, KeptBodies::uncounted));
    CHECK(memory.taken() == 0);
    connection.receive(body.substr(0, 10'000));
    CHECK(memory.taken() > KeptBodies::uncounted);
    CHECK(memory.taken() < 4 * KeptBodies::uncounted);
  }
  CHECK(memory.taken() == 0);  // it left in the middle
  {
    Driver driver(keeping.limits);
    driver.feed(with_length("/large", body));
    driver.feed(in_chunks("/large", {body.substr(0, 100'000), body.substr(0, 400'000)}));
    REQUIRE(driver.requests.size() == 2);
    CHECK(memory.taken() >= body.size() + 500'000);
    CHECK(memory.taken() <= body.size() + 500'000 + 4 * KeptBodies::uncounted);
  }
  CHECK(memory.taken() == 0);
}

TEST_CASE("a body for which no memory is left is refused, and smaller ones are not", "[http]") {
  Keeping keeping;
  REQUIRE(keeping.memory->try_take(4 * mebibyte - 100'000));
  Driver driver(keeping.limits);
  driver.feed(with_length("/large", std::string(200'000, 'x')));
  CHECK(driver.happened == std::vector<std::string>{"fault 902"});
  CHECK(driver.connection.phase() == Http1::Phase::finished);
  CHECK(keeping.memory->taken() == 4 * mebibyte - 100'000);
  Driver other(keeping.limits);
  other.feed(with_length("/large", std::string(10'000, 'x')));
  CHECK(other.happened == std::vector<std::string>{"POST /large"});
}
