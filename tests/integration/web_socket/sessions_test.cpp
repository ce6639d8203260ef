// SPDX-License-Identifier: MIT
// Sessions of Engine.IO on real connections: threads, limits, and a server that stops.
#include <atomic>
#include <catch2/catch.hpp>
#include <mutex>
#include <thread>

#include "api/engine_io/server.hpp"
#include "http/server.hpp"
#include "support/client_frame.hpp"
#include "support/eventually.hpp"
#include "support/socket_client.hpp"

using namespace restapi;
using namespace restapi::test;
namespace engine_io = restapi::api::engine_io;
using std::chrono::milliseconds;

namespace {

/// Says nothing by itself; what is told from elsewhere is sent.
class Application final : public http::Application {
 public:
  explicit Application(engine_io::ServerOptions const& options) : engine(options) {}

  struct Quiet final : engine_io::Handler {
    explicit Quiet(std::atomic<int>& count) : closed(count) {}
    void on_message(engine_io::Kind, std::string) override {}
    void on_closed() override { ++closed; }
    std::atomic<int>& closed;
  };

  http::Attempt attempt(http::Request const& request, http::Batch&, bool) override {
    ++asked;
    return engine.attempt(
        request, [](http::Response response) { return http::Reply(std::move(response)); },
        [this](engine_io::Session& session, engine_io::SessionHandle handle) {
          std::lock_guard const lock(mutex);
          last = &session;
          last_handle = std::move(handle);
          return std::make_unique<Quiet>(closed);
        },
        !http::find_header(request.headers, "Origin"));
  }
  http::Reply refuse(Error const&) override { return http::Response{400, {}, {}}; }

  /// To the last session. False: it is over.
  bool send(std::string const& text) {
    engine_io::SessionHandle handle;
    engine_io::Session* session = nullptr;
    {
      std::lock_guard const lock(mutex);
      handle = last_handle;
      session = last;
    }
    return handle.tell([&] { session->send(engine_io::packet(engine_io::PacketType::message, text)); });
  }

  std::mutex mutex;
  engine_io::Session* last = nullptr;
  engine_io::SessionHandle last_handle;
  std::atomic<int> asked{0};
  std::atomic<int> closed{0};
  engine_io::Server engine;
};

struct Serving {
  explicit Serving(engine_io::ServerOptions const& options = {}) : application(options) {}
  Application application;
  http::HttpServer server{{.port = 0, .workers = 3}, application};
  std::uint16_t port = server.start();
};

std::string get(std::string const& query) {
  return "GET /engine.io/?EIO=4&transport=" + query + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

std::string upgrade(std::string const& query, std::string const& headers = {}) {
  return "GET /engine.io/?EIO=4&transport=" + query +
         " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
         headers + "\r\n";
}

/// Of the packet that opens a session.
std::string id_in(std::string const& packet) {
  auto const begin = packet.find("\"sid\":\"") + 7;
  return packet.substr(begin, packet.find('"', begin) - begin);
}

std::string open(SocketClient& client) {
  client.send(get("polling"));
  return id_in(client.receive()->body);
}

/// The payload of a short frame.
std::string frame(SocketClient& client) {
  auto const head = client.receive_bytes(2);
  return head.size() < 2 ? "" : client.receive_bytes(static_cast<unsigned char>(head[1]));
}

}  // namespace

TEST_CASE("messages of many threads arrive in their order, while the session moves", "[engine_io]") {
  constexpr int threads = 4, count = 500;
  Serving serving;
  SocketClient poller(serving.port);
  auto const id = open(poller);
  std::vector<std::thread> senders;
  for (int who = 0; who < threads; ++who)
    senders.emplace_back([&, who] {
      for (int i = 0; i < count; ++i) serving.application.send(std::to_string(who) + " " + std::to_string(i));
    });
  std::vector<int> next(threads, 0);
  int wrong = 0, received = 0;
  auto const take = [&](std::string const& packet) {
    if (!packet.starts_with('4')) return;
    auto const blank = packet.find(' ');
    auto const who = static_cast<std::size_t>(std::stoi(packet.substr(1, blank - 1)));
    if (std::stoi(packet.substr(blank)) != next.at(who)++) ++wrong;
    ++received;
  };
  auto const poll = [&] {
    poller.send(get("polling&sid=" + id));
    auto const body = poller.receive()->body;
    for (std::size_t begin = 0; begin < body.size();) {
      auto const end = std::min(body.find('\x1e', begin), body.size());
      take(body.substr(begin, end - begin));
      begin = end + 1;
    }
  };
  while (received < count) poll();
  SocketClient socket(serving.port);
  socket.send(upgrade("websocket&sid=" + id));
  CHECK(socket.receive()->status == 101);
  socket.send(client_frame(last | text, "2probe"));
  CHECK(frame(socket) == "3probe");
  poll();
  socket.send(client_frame(last | text, "5"));
  while (received < threads * count) {
    auto const packet = frame(socket);
    REQUIRE_FALSE(packet.empty());
    take(packet);
  }
  for (auto& sender : senders) sender.join();
  CHECK(wrong == 0);
  CHECK(serving.application.engine.sessions() == 1);
  socket.send(client_frame(last | text, "1"));
  CHECK(socket.is_cut_off());
  CHECK(eventually([&] { return serving.application.closed == 1; }));
  CHECK(serving.application.engine.sessions() == 0);
  CHECK_FALSE(serving.application.send("too late"));
}

TEST_CASE("a session ends with the client that polls it", "[engine_io]") {
  Serving serving;
  for (bool const is_reset : {false, true}) {
    auto const before = serving.application.closed.load();
    SocketClient client(serving.port);
    auto const id = open(client);
    auto const asked = serving.application.asked.load();
    client.send(get("polling&sid=" + id));
    CHECK(eventually([&] { return serving.application.asked > asked; }));  // a reset takes back what was sent
    if (is_reset)
      client.reset();
    else
      client.end();
    CHECK(eventually([&] { return serving.application.closed == before + 1; }));
    CHECK(serving.application.engine.sessions() == 0);
  }
}

TEST_CASE("there are as many sessions as are allowed", "[engine_io]") {
  Serving serving({.max_sessions = 2});
  SocketClient first(serving.port);
  open(first);
  SocketClient second(serving.port);
  second.send(upgrade("websocket"));
  CHECK(second.receive()->status == 101);
  CHECK(frame(second).starts_with("0{"));
  for (auto const& request : {get("polling"), upgrade("websocket")}) {
    SocketClient third(serving.port);
    third.send(request);
    auto const refused = third.receive();
    CHECK(refused->status == 503);
    CHECK(refused->head.find("Retry-After: ") != refused->head.npos);
  }
  second.close();
  CHECK(eventually([&] { return serving.application.engine.sessions() == 1; }));
  SocketClient third(serving.port);
  CHECK_FALSE(open(third).empty());
}

TEST_CASE("a WebSocket of a page that may not use it is refused", "[engine_io]") {
  Serving serving;
  SocketClient client(serving.port);
  client.send(upgrade("websocket", "Origin: https://elsewhere.example\r\n"));
  auto const refused = client.receive();
  CHECK(refused->status == 403);
  CHECK(refused->body == R"({"code":4,"message":"Forbidden"})");
}

TEST_CASE("whoever does not take what is sent loses the session", "[engine_io]") {
  Serving serving({.session = {.most_waiting = 1000}});
  SocketClient client(serving.port);
  open(client);
  CHECK(serving.application.send(std::string(900, 'x')));
  CHECK(serving.application.send(std::string(900, 'x')));
  CHECK_FALSE(serving.application.send("x"));
  CHECK(serving.application.closed == 1);
}

TEST_CASE("all sessions are closed when the server stops", "[engine_io]") {
  Serving serving;
  SocketClient poller(serving.port);
  auto const id = open(poller);
  poller.send(get("polling&sid=" + id));
  SocketClient socket(serving.port);
  socket.send(upgrade("websocket"));
  CHECK(socket.receive()->status == 101);
  CHECK(frame(socket).starts_with("0{"));
  SocketClient idle(serving.port);
  open(idle);
  serving.application.engine.stop();
  CHECK(poller.receive()->body == "1");
  CHECK(frame(socket) == close_payload(1012));
  CHECK(eventually([&] { return serving.application.closed == 3; }));
  CHECK(serving.application.engine.sessions() == 0);
  SocketClient late(serving.port);
  late.send(get("polling"));
  CHECK(late.receive()->status == 503);
}
