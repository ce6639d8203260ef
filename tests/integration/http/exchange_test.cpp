// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "test_application.hpp"

using namespace restapi;
using namespace restapi::test;

TEST_CASE("the target arrives byte for byte as sent", "[http]") {
  TestServer server;
  auto client = server.connect();
  for (std::string const target : {"/api/v2/nodes?id>45&type=like=\"%data%\"", "/a?x=\"<>\\^{}|`'\"&x=2&x=1",
                                   "/\xc3\xa4\xe2\x82\xac?\xff\xfe", "/a%2fb/../c//?a+b", "http://h:1/x?y"}) {
    REQUIRE(client.send(get(target)));
    auto const received = client.receive();
    REQUIRE(received);
    CHECK(received->body == target);
  }
}

TEST_CASE("a path of fifteen thousand slashes is a path", "[http]") {
  TestServer server;
  auto client = server.connect();
  std::string const target(15'000, '/');
  REQUIRE(client.send(get(target)));
  auto const received = client.receive();
  REQUIRE(received);
  CHECK(received->body == target);
}

TEST_CASE("a request in pieces is one request", "[http]") {
  TestServer server;
  auto client = server.connect();
  auto const bytes = get("/pieces");
  for (char const byte : bytes) REQUIRE(client.send({&byte, 1}));
  auto const received = client.receive();
  REQUIRE(received);
  CHECK(received->body == "/pieces");
}

TEST_CASE("many requests in one segment are answered in order", "[http]") {
  http::ServerOptions options;
  options.workers = 4;
  TestServer server(options);
  auto client = server.connect();
  std::string bytes;
  for (int i = 0; i < 500; ++i) bytes += get("/" + std::to_string(i));
  REQUIRE(client.send(bytes));
  for (int i = 0; i < 500; ++i) {
    auto const received = client.receive();
    REQUIRE(received);
    REQUIRE(received->body == "/" + std::to_string(i));
  }
}

TEST_CASE("HEAD gets the length of the body and no body", "[http]") {
  TestServer server;
  auto client = server.connect();
  REQUIRE(client.send("HEAD /large HTTP/1.1\r\nHost: h\r\n\r\n" + get("/next")));
  auto const head = client.receive(true);
  REQUIRE(head);
  CHECK(head->head.find("\r\nContent-Length: " + std::to_string(large_size) + "\r\n") != std::string::npos);
  auto const next = client.receive();
  REQUIRE(next);
  CHECK(next->body == "/next");
}

TEST_CASE("a half-closed client gets all its answers, then the end", "[http]") {
  TestServer server;
  auto client = server.connect();
  REQUIRE(client.send(get("/wait") + get("/b")));
  client.end();
  REQUIRE(server.application.wait_for_requests(1));
  server.application.release();
  auto const first = client.receive();
  auto const second = client.receive();
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->body == "/wait");
  CHECK(second->body == "/b");
  CHECK(client.at_end());
}

TEST_CASE("the end in the middle of a request closes without an answer", "[http]") {
  TestServer server;
  auto client = server.connect();
  REQUIRE(client.send("GET /a HTTP/1.1\r\nHo"));
  client.end();
  CHECK(client.at_end());
}

TEST_CASE("connections stay open as HTTP/1.0 and HTTP/1.1 say", "[http]") {
  struct Case {
    std::string request;
    bool stays;
  };
  for (auto const& [request, stays] :
       {Case{"GET /a HTTP/1.1\r\nHost: h\r\n\r\n", true},
        Case{"GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false}, Case{"GET /a HTTP/1.0\r\n\r\n", false},
        Case{"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true}}) {
    INFO(request);
    TestServer server;
    auto client = server.connect();
    REQUIRE(client.send(request));
    auto const received = client.receive();
    REQUIRE(received);
    CHECK((received->head.find("Connection: close") == std::string::npos) == stays);
    if (stays) {
      REQUIRE(client.send(get("/b")));
      CHECK(client.receive().has_value());
    } else {
      CHECK(client.at_end());
    }
  }
}

TEST_CASE("a body is read and dropped, with 100 Continue where it is waited for", "[http]") {
  TestServer server;
  auto client = server.connect();
  REQUIRE(client.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
  auto const interim = client.receive();
  REQUIRE(interim);
  CHECK(interim->status == 100);
  REQUIRE(client.send("hello" + get("/b")));
  auto const first = client.receive();
  REQUIRE(first);
  CHECK(first->body == "/a");
  auto const second = client.receive();
  REQUIRE(second);
  CHECK(second->body == "/b");
}

TEST_CASE("a body of exactly the limit, larger than any buffer, is read", "[http]") {
  TestServer server;
  auto client = server.connect();
  REQUIRE(client.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 65536\r\n\r\n" + std::string(65'536, 'x') +
                      get("/b")));
  CHECK(client.receive().has_value());
  auto const second = client.receive();
  REQUIRE(second);
  CHECK(second->body == "/b");
}

TEST_CASE("the application learns who asks", "[http]") {
  TestServer server;
  auto client = server.connect();
  REQUIRE(client.send(get("/peer")));
  auto const received = client.receive();
  REQUIRE(received);
  CHECK(received->body == "127.0.0.1");
}
