// SPDX-License-Identifier: MIT
#include "http/http1.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "connection_driver.hpp"

using namespace restapi::http;
using namespace std::string_literals;

namespace {

using Phase = Http1::Phase;

struct Exchange {
  std::string situation;
  std::string bytes;
  std::vector<std::string> happens;
  Phase phase = Phase::idle;  // afterwards
};

std::string const malformed = "fault 501", long_target = "fault 502", large_headers = "fault 503",
                  large_body = "fault 504";

// With small_limits: target 64, headers 256, body 32.
std::vector<Exchange> const exchanges{
    {"plain", "GET /a HTTP/1.1\r\nHost: h\r\n\r\n", {"GET /a"}},
    {"target as sent",
     "GET /a?x>=\"%22<>\\^{}|\xc3\xa4\"&y=like=\"%data%\" HTTP/1.1\r\nHost: h\r\n\r\n",
     {"GET /a?x>=\"%22<>\\^{}|\xc3\xa4\"&y=like=\"%data%\""}},
    {"unknown method", "BREW /a HTTP/1.1\r\nHost: h\r\n\r\n", {"BREW /a"}},
    {"absolute target", "GET http://h/a HTTP/1.1\r\nHost: h\r\n\r\n", {"GET http://h/a"}},
    {"asterisk", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", {"OPTIONS *"}},
    {"no headers", "GET /a HTTP/1.0\r\n\r\n", {"GET /a"}, Phase::finished},
    {"HTTP/1.0 stays if asked", "GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", {"GET /a"}},
    {"asked to close", "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", {"GET /a"}, Phase::finished},
    {"close among others", "GET /a HTTP/1.1\r\nHost: h\r\nConnection: te, Close\r\n\r\n", {"GET /a"}, Phase::finished},
    {"strange but harmless headers",
     "GET /a HTTP/1.1\r\nHost: ::::\r\nDate: never\r\nAccept: foo\r\nCookie: \xff\r\nEmpty:\r\n\r\n",
     {"GET /a"}},
    {"two in one piece", "GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n", {"GET /a", "GET /b"}},
    {"nothing after close",
     "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n",
     {"GET /a"},
     Phase::finished},
    {"empty lines before", "\r\n\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n\r\n", {"GET /a"}},
    {"body with a length is dropped",
     "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 15\r\n\r\nGET /x HTTP/1.1GET /b HTTP/1.1\r\nHost: h\r\n\r\n",
     {"POST /a", "GET /b"}},
    {"same length twice",
     "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
     {"POST /a"}},
    {"chunked body is dropped",
     "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;n=v\r\n0123456789\r\n0\r\n\r\n"
     "GET /b HTTP/1.1\r\nHost: h\r\n\r\n",
     {"POST /a", "GET /b"}},
    {"empty chunked body", "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n", {"POST /a"}},
    {"trailer",
     "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nHost: evil\r\n\r\n",
     {"POST /a"}},
    {"body of exactly the limit",
     "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 32\r\n\r\n" + std::string(32, 'x'),
     {"POST /a"}},
    {"target of exactly the limit",
     "GET /" + std::string(63, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n",
     {"GET /" + std::string(63, 'a')}},

    {"no version", "GET /a\r\n\r\n", {malformed}, Phase::finished},
    {"version 0.9", "GET /a HTTP/0.9\r\n\r\n", {malformed}, Phase::finished},
    {"version 2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {malformed}, Phase::finished},
    {"version in lower case", "GET /a http/1.1\r\nHost: h\r\n\r\n", {malformed}, Phase::finished},
    {"target without a slash", "GET a HTTP/1.1\r\nHost: h\r\n\r\n", {malformed}, Phase::finished},
    {"target of a proxy's CONNECT", "GET h:80 HTTP/1.1\r\nHost: h\r\n\r\n", {malformed}, Phase::finished},
    {"target of OPTIONS", "GET * HTTP/1.1\r\nHost: h\r\n\r\n", {malformed}, Phase::finished},
    {"no target", "GET  HTTP/1.1\r\nHost: h\r\n\r\n", {malformed}, Phase::finished},
    {"blank in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", {malformed}, Phase::finished},
    {"two blanks", "GET  /a HTTP/1.1\r\nHost: h\r\n\r\n", {malformed}, Phase::finished},
    {"NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n"s, {malformed}, Phase::finished},
    {"control byte in the target", "GET /a\x01 HTTP/1.1\r\nHost: h\r\n\r\n", {malformed}, Phase::finished},
    {"DEL in the target", "GET /a\x7f HTTP/1.1\r\nHost: h\r\n\r\n", {malformed}, Phase::finished},
    {"NUL in a header", "GET /a HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n"s, {malformed}, Phase::finished},
    {"bare line feed in a header", "GET /a HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", {malformed}, Phase::finished},
    {"bare line feed after the first line", "GET /a HTTP/1.1\nHost: h\r\n\r\n", {malformed}, Phase::finished},
    {"bare carriage return", "GET /a HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", {malformed}, Phase::finished},
    {"blank before the colon", "GET /a HTTP/1.1\r\nHost: h\r\nX : y\r\n\r\n", {malformed}, Phase::finished},
    {"no colon", "GET /a HTTP/1.1\r\nHost: h\r\nX\r\n\r\n", {malformed}, Phase::finished},
    {"no header name", "GET /a HTTP/1.1\r\nHost: h\r\n: y\r\n\r\n", {malformed}, Phase::finished},
    {"no Host", "GET /a HTTP/1.1\r\n\r\n", {malformed}, Phase::finished},
    {"Host twice", "GET /a HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", {malformed}, Phase::finished},
    {"TLS hello", "\x16\x03\x01\x02\x00\x01\r\n\r\n"s, {malformed}, Phase::finished},

    {"length and chunked",
     "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /b "
     "HTTP/1.1\r\n\r\n",
     {malformed},
     Phase::finished},
    {"chunked and length",
     "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET /b "
     "HTTP/1.1\r\n\r\n",
     {malformed},
     Phase::finished},
    {"two lengths",
     "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhelloGET /b HTTP/1.1\r\n\r\n",
     {malformed},
     Phase::finished},
    {"list of lengths",
     "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5, 6\r\n\r\nhello",
     {malformed},
     Phase::finished},
    {"signed length", "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: +5\r\n\r\nhello", {malformed}, Phase::finished},
    {"negative length", "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\nhello", {malformed}, Phase::finished},
    {"hexadecimal length",
     "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 0x5\r\n\r\nhello",
     {malformed},
     Phase::finished},
    {"empty length", "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\n", {malformed}, Phase::finished},
    {"scientific length", "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1e12\r\n\r\n", {malformed}, Phase::finished},
    {"length beyond 64 bits",
     "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551621\r\n\r\n",
     {malformed},
     Phase::finished},
    {"other coding",
     "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
     {malformed},
     Phase::finished},
    {"chunked is not last",
     "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, x\r\n\r\n",
     {malformed},
     Phase::finished},
    {"misspelt coding",
     "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n",
     {malformed},
     Phase::finished},
    {"chunked twice",
     "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
     {malformed},
     Phase::finished},
    {"chunked in HTTP/1.0",
     "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     {malformed},
     Phase::finished},
    {"bad chunk size",
     "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
     {malformed},
     Phase::finished},
    {"huge chunk size",
     "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
     {malformed},
     Phase::finished},
    {"chunk without an end",
     "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
     {malformed},
     Phase::finished},
    {"chunk line ended by a line feed",
     "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n",
     {malformed},
     Phase::finished},

    {"target too long",
     "GET /" + std::string(64, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n",
     {long_target},
     Phase::finished},
    {"target without an end", "GET /" + std::string(1000, 'a'), {long_target}, Phase::finished},
    {"headers too large",
     "GET /a HTTP/1.1\r\nHost: h\r\nX: " + std::string(300, 'x') + "\r\n\r\n",
     {large_headers},
     Phase::finished},
    {"header without an end",
     "GET /a HTTP/1.1\r\nHost: h\r\nX: " + std::string(1000, 'x'),
     {large_headers},
     Phase::finished},
    {"body of a terabyte",
     "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000000\r\n\r\nGET /b HTTP/1.1\r\n\r\n",
     {large_body},
     Phase::finished},
    {"body too large", "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 33\r\n\r\n", {large_body}, Phase::finished},
    {"chunks too large",
     "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
     "chunked\r\n\r\n10\r\n0123456789abcdef\r\n11\r\n0123456789abcdefg\r\n",
     {large_body},
     Phase::finished},
    {"chunk extension without an end",
     "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(1000, 'x'),
     {malformed},
     Phase::finished},
    {"nothing after a fault", "GET /a\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n", {malformed}, Phase::finished},
};

}  // namespace

TEST_CASE("what bytes amount to does not depend on how they are split", "[http]") {
  for (auto const& exchange : exchanges) {
    INFO(exchange.situation);
    for (std::size_t split = 0; split <= exchange.bytes.size(); ++split) {
      INFO("split at " << split);
      Driver driver(small_limits);
      driver.feed(std::string_view(exchange.bytes).substr(0, split));
      driver.feed(std::string_view(exchange.bytes).substr(split));
      REQUIRE(driver.happened == exchange.happens);
      REQUIRE(driver.connection.phase() == exchange.phase);
    }
    Driver driver(small_limits);
    for (char const byte : exchange.bytes) driver.feed({&byte, 1});
    INFO("byte by byte");
    REQUIRE(driver.happened == exchange.happens);
    REQUIRE(driver.connection.phase() == exchange.phase);
  }
}

TEST_CASE("mutated bytes never end the server, and make the same requests however they are split", "[http]") {
  std::minstd_rand random(20'231);
  auto const below = [&](std::size_t limit) { return static_cast<std::size_t>(random()) % limit; };
  std::string const spice("\r\n\0 :;,0aF\t\x7f\xff", 14);
  for (int round = 0; round < 20'000; ++round) {
    auto bytes = exchanges[below(exchanges.size())].bytes;
    for (auto changes = below(4) + 1; changes > 0; --changes) {
      auto const at = below(bytes.size());
      switch (below(3)) {
        case 0:
          bytes[at] = spice[below(spice.size())];
          break;
        case 1:
          bytes.erase(at, below(4) + 1);
          break;
        default:
          bytes.insert(at, bytes, below(bytes.size()), below(8));
          break;
      }
      if (bytes.empty()) bytes = "\r";
    }
    Driver whole(small_limits);
    whole.feed(bytes);
    Driver split(small_limits);
    for (std::size_t at = 0; at < bytes.size();) {
      auto const size = below(below(2) == 0 ? 3 : 40) + 1;
      split.feed(std::string_view(bytes).substr(at, size));
      at += size;
    }
    INFO("round " << round << ": " << bytes);
    // A fault may be noticed earlier or later (the parser waits for a whole line or for all headers); what is taken
    // for a request may not change.
    auto const targets = [](Driver const& driver) {
      std::vector<std::string> all;
      for (auto const& request : driver.requests) all.push_back(request.method + " " + request.target);
      return all;
    };
    REQUIRE(targets(split) == targets(whole));
  }
}

TEST_CASE("a request arrives with headers as sent, the peer, and without its trailer", "[http]") {
  Driver driver;
  driver.feed(
      "POST /a HTTP/1.1\r\nhOst:  h \r\nX-Twice: 1\r\nX-Twice: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\nX-Trailer: evil\r\n\r\n");
  REQUIRE(driver.requests.size() == 1);
  auto const& request = driver.requests.front();
  CHECK(request.headers ==
        std::vector<Header>{{"hOst", "h"}, {"X-Twice", "1"}, {"X-Twice", "2"}, {"Transfer-Encoding", "chunked"}});
  CHECK(request.peer_address == "192.0.2.1");
}

TEST_CASE("more header lines than anyone sends are refused", "[http]") {
  std::string bytes = "GET /a HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 300; ++i) bytes += "a:\r\n";
  Driver driver;
  driver.feed(bytes + "\r\n");
  CHECK(driver.happened == std::vector<std::string>{large_headers});
}

TEST_CASE("one request at a time: later ones wait for the answer", "[http]") {
  Http1 connection(usual_limits, "");
  auto const first = connection.receive("GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHo");
  REQUIRE(std::holds_alternative<Request>(first));
  CHECK(connection.phase() == Phase::answering);
  CHECK(std::holds_alternative<std::monostate>(connection.receive("st: h\r\n\r\n")));
  CHECK(std::holds_alternative<std::monostate>(connection.next()));
  connection.respond(Response{}, 0);
  CHECK(connection.phase() == Phase::idle);
  auto const second = connection.next();
  REQUIRE(std::holds_alternative<Request>(second));
  CHECK(std::get<Request>(second).target == "/b");
}

TEST_CASE("a client that ends its side still gets what it asked for completely", "[http]") {
  Http1 connection(usual_limits, "");
  REQUIRE(std::holds_alternative<Request>(
      connection.receive("GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\nGET /c HT")));
  CHECK(std::holds_alternative<std::monostate>(connection.end()));
  CHECK(connection.phase() == Phase::answering);
  connection.respond(Response{}, 0);
  REQUIRE(std::holds_alternative<Request>(connection.next()));
  connection.respond(Response{}, 0);
  CHECK(std::holds_alternative<std::monostate>(connection.next()));
  CHECK(connection.phase() == Phase::finished);
}

TEST_CASE("the end in the middle of a request, or between two, finishes silently", "[http]") {
  for (std::string const begun : {"", "GET", "GET /a HTTP/1.1\r\nHost: h\r\n", "\r\n", "\r",
                                  "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nab"}) {
    Driver driver;
    driver.feed(begun);
    driver.end();
    CHECK(driver.happened.empty());
    CHECK(driver.output.empty());
    CHECK(driver.connection.phase() == Phase::finished);
  }
}

TEST_CASE("the phase tells when a request has begun", "[http]") {
  Http1 connection(usual_limits, "");
  CHECK(connection.phase() == Phase::idle);
  connection.receive("\r\n");
  CHECK(connection.phase() == Phase::idle);
  connection.receive("G");
  CHECK(connection.phase() == Phase::reading);
  auto const fault = connection.expire();
  CHECK(fault.code == restapi::Code::request_too_slow);
  CHECK(connection.phase() == Phase::answering);
  CHECK(connection.has_unread_input());
  auto const outgoing = connection.respond(Response{408, {}, "slow"}, 0);
  CHECK(outgoing.head.find("HTTP/1.1 408 Request Timeout\r\n") == 0);
  CHECK(outgoing.head.find("\r\nConnection: close\r\n") != std::string::npos);
  CHECK(connection.phase() == Phase::finished);
}

TEST_CASE("a client that waits to send its body is told to go on, once", "[http]") {
  std::string const head = "POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
  std::string const interim = "HTTP/1.1 100 Continue\r\n\r\n";
  Driver driver;
  driver.feed(head);
  CHECK(driver.output == interim);
  driver.feed("h");
  CHECK(driver.output == interim);
  driver.feed("i");
  CHECK(driver.happened == std::vector<std::string>{"POST /a"});

  Driver impatient;
  impatient.feed(head + "h");
  CHECK(impatient.output == interim);  // harmless: part of the body is still to come

  Driver complete;
  complete.feed(head + "hi");
  CHECK(complete.output.find("100 Continue") == std::string::npos);

  Driver too_large(small_limits);
  too_large.feed("POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 33\r\n\r\n");
  CHECK(too_large.happened == std::vector<std::string>{large_body});
  CHECK(too_large.output.find("100 Continue") == std::string::npos);

  Driver old;
  old.feed("POST /a HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(old.output.empty());
}
