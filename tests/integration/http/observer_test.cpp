// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "test_application.hpp"

using namespace restapi;
using namespace restapi::test;

namespace {

/// What was told, as values.
struct Told {
  std::string method, target, id, client, user_agent;
  int status;
  std::size_t bytes;
};

class Listener final : public http::Observer {
 public:
  void on_finished(http::Finished const& finished) override {
    std::lock_guard const lock(mutex_);
    told_.push_back({std::string(finished.method), std::string(finished.target), std::string(finished.id),
                     std::string(finished.client), std::string(finished.user_agent), finished.status, finished.bytes});
    changed_.notify_all();
  }

  std::vector<Told> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return told_.size() >= count; });
    return told_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Told> told_;
};

struct ObservedServer {
  ObservedServer() : server(TestServer::with_free_port({}), application, &listener) { port = server.start(); }
  ~ObservedServer() { application.release(); }

  Listener listener;
  TestApplication application;
  http::HttpServer server;
  std::uint16_t port = 0;
};

std::string header_of(Received const& received, std::string const& name) {
  auto const begin = received.head.find("\r\n" + name + ": ");
  if (begin == std::string::npos) return "";
  auto const value = begin + name.size() + 4;
  return received.head.substr(value, received.head.find("\r\n", value) - value);
}

std::string get_with(std::string const& target, std::string const& header) {
  return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + header + "\r\n\r\n";
}

}  // namespace

TEST_CASE("every answer is told once, with what was sent", "[http][observer]") {
  ObservedServer observed;
  SocketClient client(observed.port);
  std::vector<std::size_t> sizes;
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(client.send(get_with("/a" + std::to_string(i), "User-Agent: test/" + std::to_string(i))));
    auto const received = client.receive();
    REQUIRE(received);
    sizes.push_back(received->head.size() + received->body.size());
    ids.push_back(header_of(*received, "X-Request-Id"));
  }
  auto const told = observed.listener.wait_for(3);
  REQUIRE(told.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(told[i].method == "GET");
    CHECK(told[i].target == "/a" + std::to_string(i));
    CHECK(told[i].user_agent == "test/" + std::to_string(i));
    CHECK(told[i].client == "127.0.0.1");
    CHECK(told[i].status == 200);
    CHECK(told[i].bytes == sizes[i]);
    CHECK(told[i].id == ids[i]);
    CHECK(ids[i].size() >= 8);
  }
  CHECK(ids[0] != ids[1]);
}

TEST_CASE("a client's own id comes back, a strange one does not", "[http][observer]") {
  ObservedServer observed;
  SocketClient client(observed.port);
  REQUIRE(client.send(get_with("/a", "x-request-id: my-own-1")));
  CHECK(header_of(*client.receive(), "X-Request-Id") == "my-own-1");
  REQUIRE(client.send(get_with("/a", "X-Request-Id: <script>")));
  auto const made = header_of(*client.receive(), "X-Request-Id");
  CHECK(made != "<script>");
  CHECK_FALSE(made.empty());
  auto const told = observed.listener.wait_for(2);
  REQUIRE(told.size() == 2);
  CHECK(told[0].id == "my-own-1");
  CHECK(told[1].id == made);
}

TEST_CASE("bytes that are no request are told without one", "[http][observer]") {
  ObservedServer observed;
  SocketClient first(observed.port);
  REQUIRE(first.send(get_with("/before", "User-Agent: u")));
  REQUIRE(first.receive());
  REQUIRE(first.send("nonsense\r\n\r\n"));
  auto const refused = first.receive();
  REQUIRE(refused);
  CHECK(refused->status == 400);
  auto const told = observed.listener.wait_for(2);
  REQUIRE(told.size() == 2);
  CHECK(told[1].method.empty());
  CHECK(told[1].target.empty());
  CHECK(told[1].user_agent.empty());
  CHECK(told[1].status == 400);
  CHECK(told[1].id == header_of(*refused, "X-Request-Id"));
}

TEST_CASE("who leaves before the answer is told as gone", "[http][observer]") {
  ObservedServer observed;
  {
    SocketClient client(observed.port);
    REQUIRE(client.send(get("/wait")));
    REQUIRE(observed.application.wait_for_requests(1));
    client.reset();
  }
  auto const told = observed.listener.wait_for(1);
  REQUIRE(told.size() == 1);
  CHECK(told[0].status == http::client_left);
  CHECK(told[0].bytes == 0);
  CHECK(told[0].target == "/wait");
  observed.application.release();
  SocketClient other(observed.port);
  REQUIRE(other.send(get("/after")));
  REQUIRE(other.receive());
  CHECK(observed.listener.wait_for(2).size() == 2);  // and not once more when its answer came
}

TEST_CASE("timing is told to who prefers it, and to nobody else", "[http][observer]") {
  ObservedServer observed;
  SocketClient client(observed.port);
  REQUIRE(client.send(get_with("/a", "Prefer: server-timing")));
  auto const asked = *client.receive();
  CHECK_THAT(header_of(asked, "Server-Timing"), Catch::Contains("total;dur="));
  CHECK(header_of(asked, "Preference-Applied") == "server-timing");
  REQUIRE(client.send(get("/a")));
  auto const plain = *client.receive();
  CHECK(header_of(plain, "Server-Timing").empty());
  CHECK(header_of(plain, "Preference-Applied").empty());
}
