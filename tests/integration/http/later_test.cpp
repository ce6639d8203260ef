// SPDX-License-Identifier: MIT
// Answers that come when there is something to say, and responses behind which a connection speaks something else.
#include <catch2/catch.hpp>
#include <mutex>
#include <stop_token>
#include <vector>

#include "test_application.hpp"

using namespace restapi;
using namespace restapi::test;

namespace {

/// Sends back what it gets, in capitals, until "end".
class Shouting final : public net::Protocol {
 public:
  explicit Shouting(net::Connection& connection) : connection_(connection) {}

  void on_bytes(std::string_view bytes) override {
    std::string text;
    for (char const c : bytes) text += static_cast<char>(std::toupper(c));
    connection_.send({text, {}});
    if (bytes.ends_with("end")) connection_.finish(false);
  }
  void on_end() override {}
  void on_event(net::Event&) override {}
  void on_sent() override {}
  void on_deadline() override {}
  void on_drain() override {
    connection_.send({"bye", {}});
    connection_.finish(false);
  }
  void on_closed() override {}
  bool wants_bytes() const override { return true; }
  net::Standing standing() const override { return net::Standing::busy; }
  bool gives_way() const override { return false; }

 private:
  net::Connection& connection_;
};

/// "/later": answered by release() · "/while-there": the same, for who has not ended its side · "/upgrade": 101, and
/// then shouting · "/stream": 200, and then shouting.
class Waiting final : public http::Application {
 public:
  http::Attempt attempt(http::Request const& request, http::Batch&, bool) override {
    if (request.target == "/later" || request.target == "/while-there")
      return http::Later{[this, gone = request.gone](http::LateAnswer answer) {
                           std::lock_guard const lock(mutex_);
                           waiting_.push_back(std::move(answer));
                           gone_ = gone;
                         },
                         request.target == "/while-there"};
    http::Reply reply(http::Response{200, {{"Content-Type", "text/plain"}}, request.target});
    if (request.target == "/upgrade")
      reply = http::Response{101, {{"Connection", "Upgrade"}, {"Upgrade", "shouting"}}, {}};
    if (request.target == "/stream") reply = http::Response{200, {{"Content-Type", "text/plain"}}, {}};
    if (request.target == "/upgrade" || request.target == "/stream")
      reply.successor = [](net::Connection& connection) { return std::make_unique<Shouting>(connection); };
    return reply;
  }
  http::Reply refuse(Error const&) override { return http::Response{400, {}, {}}; }

  std::size_t waiting() {
    std::lock_guard const lock(mutex_);
    return waiting_.size();
  }
  std::size_t unwanted() {
    std::lock_guard const lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count_if(waiting_, &http::LateAnswer::is_unwanted));
  }
  bool last_has_left() {
    std::lock_guard const lock(mutex_);
    return gone_.stop_requested();
  }
  void release() {
    std::lock_guard const lock(mutex_);
    for (auto const& answer : waiting_) answer.give(http::Response{200, {}, "at last"});
    waiting_.clear();
  }

 private:
  std::mutex mutex_;
  std::vector<http::LateAnswer> waiting_;
  std::stop_token gone_;  // of the last request
};

std::string receive_until(SocketClient& client, std::string_view end) {
  std::string text;
  for (auto byte = client.receive_bytes(1); !byte.empty(); byte = client.receive_bytes(1)) {
    text += byte;
    if (text.ends_with(end)) break;
  }
  return text;
}

struct Serving {
  explicit Serving(http::ServerOptions options = {.port = 0, .workers = 2}) : server(std::move(options), application) {}
  Waiting application;
  http::HttpServer server;
  std::uint16_t port = server.start();
};

}  // namespace

TEST_CASE("answers that come later take no worker", "[http][later]") {
  Serving serving;
  std::vector<SocketClient> clients;
  for (int i = 0; i < 50; ++i) {
    clients.emplace_back(serving.port);
    REQUIRE(clients.back().send(get("/later")));
  }
  REQUIRE(comes_true([&] { return serving.application.waiting() == 50; }));
  SocketClient other(serving.port);
  REQUIRE(other.send(get("/now")));
  CHECK(other.receive()->body == "/now");
  clients.front().reset();
  CHECK(comes_true([&] { return serving.application.unwanted() == 1; }));
  serving.application.release();
  for (std::size_t i = 1; i < clients.size(); ++i) {
    CHECK(clients[i].receive()->body == "at last");
    REQUIRE(clients[i].send(get("/now")));  // the connection goes on
    CHECK(clients[i].receive()->body == "/now");
  }
}

TEST_CASE("who waits gives its place to others that find none", "[http][later]") {
  Serving serving({.port = 0,
                   .io_threads = 1,
                   .workers = 2,
                   .max_connections = 2,
                   .least_waiting = std::chrono::milliseconds{300}});
  std::vector<SocketClient> waiting;
  for (auto const* target : {"/while-there", "/later"}) {
    waiting.emplace_back(serving.port);
    REQUIRE(waiting.back().send(get(target)));
    REQUIRE(comes_true([&] { return serving.application.waiting() == waiting.size(); }));
  }
  std::vector<SocketClient> others;
  for (auto& displaced : waiting) {
    others.emplace_back(serving.port);
    REQUIRE(others.back().send(get("/later")));  // stays
    auto const refused = displaced.receive();
    REQUIRE(refused);
    CHECK(refused->status == 400);  // as the application refuses
    CHECK(refused->head.find("\r\nConnection: close\r\n") != std::string::npos);
    CHECK(displaced.at_end());
  }
  REQUIRE(comes_true([&] { return serving.application.waiting() == 4; }));
  CHECK(serving.application.unwanted() == 2);
  serving.application.release();
  for (auto& other : others) CHECK(other.receive()->body == "at last");
}

TEST_CASE("who ends its side has left, where the application says so", "[http][later]") {
  Serving serving;
  SocketClient patient(serving.port);
  REQUIRE(patient.send(get("/later")));
  REQUIRE(comes_true([&] { return serving.application.waiting() == 1; }));
  patient.end();
  SocketClient leaving(serving.port);
  REQUIRE(leaving.send(get("/while-there")));
  REQUIRE(comes_true([&] { return serving.application.waiting() == 2; }));
  leaving.end();
  CHECK(comes_true([&] { return serving.application.last_has_left(); }));
  CHECK(leaving.at_end());
  SocketClient staying(serving.port);
  REQUIRE(staying.send(get("/while-there") + get("/now")));
  REQUIRE(comes_true([&] { return serving.application.waiting() == 3; }));
  serving.application.release();
  CHECK(patient.receive()->body == "at last");
  CHECK(staying.receive()->body == "at last");
  CHECK(staying.receive()->body == "/now");
}

TEST_CASE("behind a response the connection may speak something else", "[http][later]") {
  Serving serving;
  SocketClient client(serving.port);
  REQUIRE(client.send("GET /upgrade HTTP/1.1\r\nHost: h\r\n\r\nat once"));
  auto const head = receive_until(client, "AT ONCE");
  INFO(head);
  CHECK(head.starts_with("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: shouting\r\n"));
  CHECK(head.find("Content-Length") == head.npos);
  CHECK(head.ends_with("\r\n\r\nAT ONCE"));
  REQUIRE(client.send("end"));
  CHECK(client.receive_bytes(3) == "END");

  SocketClient stream(serving.port);
  REQUIRE(stream.send("GET /now HTTP/1.1\r\nHost: h\r\n\r\nGET /stream HTTP/1.1\r\nHost: h\r\n\r\n"));
  CHECK(stream.receive()->body == "/now");
  REQUIRE(stream.send("end"));
  auto const rest = stream.receive_bytes(1000);
  CHECK(rest.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"));
  CHECK(rest.find("\r\nConnection: close\r\n\r\nEND") != rest.npos);
}

TEST_CASE("a server that stops tells those who speak something else", "[http][later]") {
  Serving serving;
  SocketClient client(serving.port);
  REQUIRE(client.send("GET /upgrade HTTP/1.1\r\nHost: h\r\n\r\nat once"));
  CHECK(receive_until(client, "AT ONCE").ends_with("AT ONCE"));
  serving.server.stop(std::chrono::seconds(20));
  CHECK(client.receive_bytes(3) == "bye");
}
