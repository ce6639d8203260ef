// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <sstream>

#include "inherited_socket.hpp"
#include "net/acceptor.hpp"
#include "test_application.hpp"

using namespace restapi;
using namespace restapi::test;
using Catch::Contains;

namespace {

std::string start_error(std::string const& hostname, std::uint16_t port) {
  TestApplication application;
  http::ServerOptions options;
  options.hostname = hostname;
  options.port = port;
  http::HttpServer server(options, application);
  try {
    server.start();
  } catch (std::runtime_error const& error) {
    return error.what();
  }
  return "";
}

/// The address that the server says the client has.
std::string peer_of(SocketClient& client) {
  REQUIRE(client.send(get("/peer")));
  auto const received = client.receive();
  REQUIRE(received);
  return received->body;
}

/// Uses up all descriptors of the process while it lives.
class NoDescriptorsLeft {
 public:
  NoDescriptorsLeft() {
    getrlimit(RLIMIT_NOFILE, &before_);
    auto const enough = ::dup(0);
    REQUIRE(enough >= 0);
    ::close(enough);
    rlimit lower = before_;
    lower.rlim_cur = static_cast<rlim_t>(enough) + 16;
    setrlimit(RLIMIT_NOFILE, &lower);
    for (int next = 0; (next = ::dup(0)) >= 0;) fillers_.push_back(next);
  }
  ~NoDescriptorsLeft() {
    for (int const filler : fillers_) ::close(filler);
    setrlimit(RLIMIT_NOFILE, &before_);
  }

 private:
  rlimit before_{};
  std::vector<int> fillers_;
};

}  // namespace

TEST_CASE("what is wrong with an address is said in one sentence", "[http]") {
  TestServer server;
  CHECK(start_error("127.0.0.1", server.port) == "port " + std::to_string(server.port) + " on 127.0.0.1 is in use");
  CHECK(start_error("no.such.host.invalid", 5000).find("no.such.host.invalid") != std::string::npos);
  CHECK(start_error("", 5000) == "unknown host name ''");
  CHECK(start_error("192.0.2.1", 5000) == "192.0.2.1 is not an address of this machine");
  if (::geteuid() != 0) {
    CHECK(start_error("127.0.0.1", 1).find("no permission to listen on port 1 of 127.0.0.1") == 0);
  }
}

TEST_CASE("names and IPv6 addresses can be listened on", "[http]") {
  http::ServerOptions options;
  options.hostname = "localhost";
  CHECK(TestServer(options).port != 0);

  options.hostname = "::1";
  try {
    TestServer server(options);
    SocketClient ipv6(AF_INET6);
    ipv6.connect_ipv6(server.port);
    CHECK(peer_of(ipv6) == "::1");
  } catch (std::runtime_error const& error) {
    WARN("no IPv6 here: " << error.what());
  }
}

TEST_CASE("an IPv4 client of an IPv6 socket has an IPv4 address", "[http]") {
  http::ServerOptions options;
  options.hostname = "::";
  try {
    TestServer server(options);
    auto client = server.connect();
    CHECK(peer_of(client) == "127.0.0.1");
  } catch (std::runtime_error const& error) {
    WARN("no dual-stack IPv6 here: " << error.what());
  }
}

#ifndef __SANITIZE_ADDRESS__  // UBSan looks at vtables through a pipe; without descriptors it takes each for invalid
TEST_CASE("without descriptors for new clients the server waits, and goes on when there are some", "[http]") {
  TestServer server;
  auto before = server.connect();
  REQUIRE(before.send(get("/a")));
  REQUIRE(before.receive().has_value());
  SocketClient waiting;
  {
    NoDescriptorsLeft const none;
    waiting.connect(server.port);
    REQUIRE(waiting.send(get("/b")));
    for (int i = 0; i < 10; ++i) {  // those who are connected are served
      REQUIRE(before.send(get("/a")));
      REQUIRE(before.receive().has_value());
    }
  }
  auto const received = waiting.receive();
  REQUIRE(received);
  CHECK(received->body == "/b");
}
#endif

TEST_CASE("that another process has shut the listening socket down is said once", "[http]") {
  std::ostringstream log;
  auto const before = spdlog::default_logger();
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log)));
  std::atomic<int> rounds{0};
  {
    InheritedSocket const inherited;
    net::Acceptor acceptor(inherited.passed());
    acceptor.start({.take = [](int descriptor, sockaddr_storage const&) { ::close(descriptor); },
                    .has_room = [&] { return ++rounds > 0; },
                    .make_room = [] {}});
    REQUIRE(inherited.shut_down() == 0);
    REQUIRE(comes_true([&] { return rounds >= 5; }));
  }
  spdlog::set_default_logger(before);
  CHECK_THAT(log.str(), Contains("cannot accept connections for now: Invalid argument"));
  CHECK(log.str().find('\n') == log.str().size() - 1);
}
