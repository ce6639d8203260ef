// SPDX-License-Identifier: MIT
// WebSocket on real connections, behind a server.
#include "api/web_socket/web_socket.hpp"

#include <atomic>
#include <catch2/catch.hpp>

#include "api/web_socket/deflate.hpp"
#include "api/web_socket/handshake.hpp"
#include "http/server.hpp"
#include "support/client_frame.hpp"
#include "support/eventually.hpp"
#include "support/socket_client.hpp"

using namespace restapi;
using namespace restapi::test;
using api::web_socket::CloseCode;
using api::web_socket::Kind;
using api::web_socket::Message;
using api::web_socket::WebSocket;

namespace {

/// Sends back what it gets. "close": closes · "later": "now", a little later · "throw": throws · "many": 16 MiB, and
/// then it counts time.
class Echo final : public api::web_socket::Endpoint {
 public:
  Echo(WebSocket& socket, std::atomic<int>& closed, std::atomic<int>& ticks)
      : socket_(socket), closed_(closed), ticks_(ticks) {
    socket_.send(Message(Kind::text, "welcome"));
  }
  void on_message(Kind kind, std::string payload) override {
    if (payload == "close") return socket_.close(CloseCode::try_again_later, "later");
    if (payload == "later") return socket_.set_deadline(net::Connection::Clock::now() + std::chrono::milliseconds(1));
    if (payload == "many") {
      for (int i = 0; i < 16; ++i) socket_.send(Message(Kind::binary, std::string(1 << 20, 'x')));
      counts_ = true;
      return count();
    }
    if (payload == "throw") throw std::runtime_error("somebody made a mistake");
    socket_.send(Message(kind, std::move(payload)));
  }
  void on_deadline() override {
    if (!counts_) return socket_.send(Message(Kind::text, "now"));
    ++ticks_;
    count();
  }
  void on_closed(CloseCode code) override { closed_ = static_cast<int>(code); }

 private:
  WebSocket& socket_;
  void count() { socket_.set_deadline(net::Connection::Clock::now() + std::chrono::milliseconds(10)); }

  std::atomic<int>& closed_;
  std::atomic<int>& ticks_;
  bool counts_ = false;
};

class Application final : public http::Application {
 public:
  http::Attempt attempt(http::Request const& request, http::Batch&, bool) override {
    auto handshake = api::web_socket::shake_hands(request);
    http::Reply reply(std::move(handshake.response));
    if (handshake.is_agreed())
      reply.successor = [this, deflates = handshake.deflates](net::Connection& connection) {
        return std::make_unique<WebSocket>(connection, deflates, options, [this](WebSocket& socket) {
          return std::make_unique<Echo>(socket, closed, ticks);
        });
      };
    return reply;
  }
  http::Reply refuse(Error const&) override { return http::Response{400, {}, {}}; }

  api::web_socket::WebSocketOptions options{.ping_interval = std::chrono::hours(1)};
  std::atomic<int> closed{0};
  std::atomic<int> ticks{0};
};

struct Serving {
  explicit Serving(api::web_socket::WebSocketOptions options = {.ping_interval = std::chrono::hours(1)})
      : application{} {
    application.options = options;
    port = server.start();
  }
  Application application;
  http::HttpServer server{{.port = 0, .workers = 2, .idle_timeout = std::chrono::milliseconds(200)}, application};
  std::uint16_t port = 0;
};

struct Client : SocketClient {
  explicit Client(Serving const& serving, std::string const& headers = {}, std::string const& behind = {})
      : SocketClient(serving.port) {
    send(
        "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
        headers + "\r\n" + behind);
    head = receive()->head;
  }
  /// The payload of the next frame, which is not longer than 65535 bytes; "(1000)" in front for a close.
  std::string next() {
    auto const begin = receive_bytes(2);
    if (begin.size() < 2) return "(end)";
    auto size = static_cast<std::size_t>(static_cast<unsigned char>(begin[1]));
    if (size == 126) {
      auto const length = receive_bytes(2);
      size =
          static_cast<std::size_t>(static_cast<unsigned char>(length[0]) << 8 | static_cast<unsigned char>(length[1]));
    }
    first = static_cast<unsigned char>(begin[0]);
    auto payload = receive_bytes(size);
    if (first != (last | closing)) return payload;
    if (payload.empty()) return "()";
    auto const code = static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
    return "(" + std::to_string(code) + ")" + payload.substr(2);
  }
  std::string head;
  unsigned first = 0;
};

}  // namespace

TEST_CASE("messages go there and back, as do pings", "[web_socket]") {
  Serving serving;
  Client client(serving, "", client_frame(last | text, "at once"));  // sent before the server has agreed
  CHECK(client.head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
  CHECK(client.next() == "welcome");
  CHECK(client.next() == "at once");
  client.send(client_frame(last | binary, "abc") + client_frame(last | ping, "beat"));
  CHECK(client.next() == "abc");
  CHECK(client.first == (last | binary));
  CHECK(client.next() == "beat");
  CHECK(client.first == (last | pong));
  client.send(client_frame(last | text, "later"));
  CHECK(client.next() == "now");
  client.send(client_frame(last | closing, close_payload(4000, "enough")));
  CHECK(client.next() == "(4000)");
  CHECK(client.at_end());
  CHECK(eventually([&] { return serving.application.closed == 4000; }));
}

TEST_CASE("a compressed message is answered with one", "[web_socket]") {
  Serving serving;
  Client client(serving, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
  CHECK(client.head.find("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
                         "client_no_context_takeover\r\n") != client.head.npos);
  CHECK(client.next() == "welcome");
  std::string const large(2000, 'x');
  for (int i = 0; i < 3; ++i) {
    client.send(client_frame(last | is_deflated | text, api::web_socket::deflated(large)));
    CHECK(api::web_socket::inflated(client.next(), large.size()).message == large);
    CHECK(client.first == (last | is_deflated | text));
  }
}

TEST_CASE("the server says why it closes", "[web_socket]") {
  Serving serving({.most = 1000, .messages_at_once = 5, .ping_interval = std::chrono::hours(1)});
  auto const closes_with = [&](std::string const& bytes, int code) {
    Client client(serving);
    CHECK(client.next() == "welcome");
    client.send(bytes);
    std::string said;
    while (!said.starts_with("(")) said = client.next();
    CHECK(said.starts_with("(" + std::to_string(code) + ")"));
    CHECK(client.at_end());
    CHECK(eventually([&] { return serving.application.closed == code; }));
  };
  closes_with(client_frame(last | text, "close"), 1013);
  closes_with(frame_head(last | text, 1, false) + "x", 1002);
  closes_with(client_frame(last | text, "\xff"), 1007);
  closes_with(frame_head(last | text, 1001) + masked("x"), 1009);
  std::string many;
  for (int i = 0; i < 20; ++i) many += client_frame(last | text, "x");
  closes_with(many, 1008);
}

TEST_CASE("whoever does not answer pings is gone", "[web_socket]") {
  Serving serving({.ping_interval = std::chrono::milliseconds(20), .ping_timeout = std::chrono::milliseconds(300)});
  Client client(serving);
  CHECK(client.next() == "welcome");
  for (int i = 0; i < 3; ++i) {
    CHECK(client.next().empty());
    CHECK(client.first == (last | ping));
    client.send(client_frame(last | pong, ""));
  }
  CHECK(client.next().empty());
  CHECK(client.first == (last | ping));
  CHECK(client.next() == "(1001)no pong");
  CHECK(client.at_end());
}

TEST_CASE("whoever is still reading need not answer a ping behind it", "[web_socket]") {
  Serving serving({.ping_interval = std::chrono::milliseconds(300), .ping_timeout = std::chrono::milliseconds(500)});
  Client client(serving);
  CHECK(client.next() == "welcome");
  client.send(client_frame(last | text, "many"));
  CHECK(eventually([&] { return serving.application.ticks > 100; }));  // a second and more
  CHECK(serving.application.closed == 0);
  client.reset();
  CHECK(eventually([&] { return serving.application.closed == 1006; }));
}

TEST_CASE("clients that leave without a word are noticed", "[web_socket]") {
  Serving serving;
  {
    Client client(serving);
    CHECK(client.next() == "welcome");
    client.reset();
  }
  CHECK(eventually([&] { return serving.application.closed == 1006; }));
  serving.application.closed = 0;
  Client client(serving);
  CHECK(client.next() == "welcome");
  client.end();
  CHECK(eventually([&] { return serving.application.closed == 1006; }));
  CHECK(client.at_end());
}

TEST_CASE("a server that stops says that it comes back", "[web_socket]") {
  Serving serving;
  Client client(serving);
  CHECK(client.next() == "welcome");
  serving.server.stop(std::chrono::seconds(20));
  CHECK(client.next() == "(1012)");
  CHECK(client.at_end());
}

TEST_CASE("an exception costs one connection only", "[web_socket]") {
  Serving serving;
  Client one(serving);
  Client other(serving);
  CHECK(one.next() == "welcome");
  CHECK(other.next() == "welcome");
  one.send(client_frame(last | text, "throw"));
  CHECK(one.next() == "(end)");
  other.send(client_frame(last | text, "still here"));
  CHECK(other.next() == "still here");
}

TEST_CASE("what is no WebSocket is answered by HTTP", "[web_socket]") {
  Serving serving;
  SocketClient client(serving.port);
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(client.receive()->status == 426);
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");  // the connection goes on
  CHECK(client.receive()->status == 426);
}
