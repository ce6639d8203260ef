// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "connection_driver.hpp"

using namespace restapi;
using namespace restapi::http;

namespace {

net::Outgoing answer_to(std::string const& request, Response response) {
  Http1 connection(usual_limits, "");
  REQUIRE(std::holds_alternative<Request>(connection.receive(request)));
  return connection.respond(std::move(response), 784111777);
}

std::string const get = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

}  // namespace

TEST_CASE("an answer is complete, byte for byte", "[http]") {
  auto const outgoing = answer_to(get, {200, {{"Content-Type", "application/json"}, {"X-Total-Count", "7"}}, "{}"});
  CHECK(outgoing.head ==
        "HTTP/1.1 200 OK\r\n"
        "Content-Type: application/json\r\n"
        "X-Total-Count: 7\r\n"
        "Server: restapi\r\n"
        "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        "Content-Length: 2\r\n"
        "\r\n");
  CHECK(outgoing.body == "{}");
}

TEST_CASE("fields of this answer alone stand beside those of the shared response", "[http]") {
  Http1 connection(usual_limits, "");
  REQUIRE(std::holds_alternative<Request>(connection.receive(get)));
  auto const head =
      connection.respond(Response{200, {{"ETag", "\"1\""}}, ""}, 0, {"id-1", "server-timing", "total;dur=1.000"}).head;
  CHECK(
      head.find("\r\nX-Request-Id: id-1\r\nPreference-Applied: server-timing\r\nServer-Timing: total;dur=1.000\r\n") !=
      std::string::npos);
  CHECK(head.find("\r\nETag: \"1\"\r\n") != std::string::npos);
}

TEST_CASE("the answer to HEAD has the length of the body and no body", "[http]") {
  auto const outgoing = answer_to("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n", {200, {}, "0123456789"});
  CHECK(outgoing.head.find("\r\nContent-Length: 10\r\n") != std::string::npos);
  CHECK(outgoing.body.empty());
}

TEST_CASE("a refused HEAD has no body either", "[http]") {
  Http1 connection(usual_limits, "");
  REQUIRE(std::holds_alternative<restapi::Error>(connection.receive("HEAD /a HTTP/1.1\r\n\r\n")));
  auto const outgoing = connection.respond(Response{400, {}, "no Host"}, 0);
  CHECK(outgoing.head.find("\r\nContent-Length: 7\r\n") != std::string::npos);
  CHECK(outgoing.body.empty());
}

TEST_CASE("statuses without content have neither body nor length", "[http]") {
  for (int const status : {204, 304}) {
    auto const outgoing = answer_to(get, {status, {}, "must not be sent"});
    CHECK(outgoing.head.find("Content-Length") == std::string::npos);
    CHECK(outgoing.body.empty());
  }
}

TEST_CASE("an empty body has the length 0", "[http]") {
  CHECK(answer_to(get, {404, {}, ""}).head.find("\r\nContent-Length: 0\r\n") != std::string::npos);
}

TEST_CASE("the Connection header says what happens to the connection", "[http]") {
  auto const connection_header = [](std::string const& request) -> std::string {
    auto const head = answer_to(request, {}).head;
    auto const begin = head.find("\r\nConnection: ");
    return begin == std::string::npos ? "" : head.substr(begin + 14, head.find("\r\n", begin + 2) - begin - 14);
  };
  CHECK(connection_header(get) == "");
  CHECK(connection_header("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n") == "close");
  CHECK(connection_header("GET / HTTP/1.0\r\n\r\n") == "close");
  CHECK(connection_header("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n") == "keep-alive");
}

TEST_CASE("winding down, the next answer is the last", "[http]") {
  Http1 connection(usual_limits, "");
  REQUIRE(std::holds_alternative<Request>(connection.receive(get + get)));
  connection.wind_down();
  auto const outgoing = connection.respond(Response{}, 0);
  CHECK(outgoing.head.find("\r\nConnection: close\r\n") != std::string::npos);
  CHECK(connection.phase() == Http1::Phase::finished);
  CHECK(connection.has_unread_input());
  CHECK(std::holds_alternative<std::monostate>(connection.next()));
}

TEST_CASE("a header cannot break out of its line", "[http]") {
  auto const head = answer_to(get, {200, {{"X", "a\r\nSet-Cookie: b"}, {"Y\nZ", std::string("c\0d", 3)}}, ""}).head;
  CHECK(head.find("\r\nX: a  Set-Cookie: b\r\nY Z: c d\r\n") != std::string::npos);
}

TEST_CASE("a large body is moved, not copied", "[http]") {
  std::string body(1 << 20, 'x');
  auto const* const where = body.data();
  CHECK(answer_to(get, {200, {}, std::move(body)}).body.data() == where);
}
