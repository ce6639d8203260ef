// SPDX-License-Identifier: MIT
/// The protocol layers of the live feed with an application that sends back what it gets, as the official test suites
/// of Engine.IO and Socket.IO want it:
///
///     echo 3000            serves on port 3000 of the loopback (0: any) until SIGINT or SIGTERM
///     echo 3000 300 20000  with pings every 300 ms, and 20 s for each pong (300 and 200, if nothing is said)
///
/// /engine.io/  each message comes back
/// /socket.io/  namespaces / and /custom: "auth" with what the client has connected with; "message" comes back as
///              "message-back"; "message-with-ack" is acknowledged with its arguments
/// /websocket   each message comes back
///
/// It prints its port once it listens.
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/engine_io/server.hpp"
#include "api/socket_io/client.hpp"
#include "api/web_socket/handshake.hpp"
#include "http/error_catalogue.hpp"
#include "http/server.hpp"
#include "http/target.hpp"

namespace {

using namespace restapi;
using namespace restapi::api;
using std::chrono::milliseconds;

struct Arguments {
  std::uint16_t port = 0;
  milliseconds ping_interval{300};
  milliseconds ping_timeout{200};
};

std::optional<Arguments> read(int count, char** texts) {
  unsigned numbers[] = {0, 300, 200};
  if (count != 2 && count != 4) return std::nullopt;
  for (int i = 1; i < count; ++i) {
    std::string_view const text = texts[i];
    auto const end = text.data() + text.size();
    if (auto const read = std::from_chars(text.data(), end, numbers[i - 1]); read.ec != std::errc() || read.ptr != end)
      return std::nullopt;
  }
  if (numbers[0] > 65535) return std::nullopt;
  return Arguments{static_cast<std::uint16_t>(numbers[0]), milliseconds(numbers[1]), milliseconds(numbers[2])};
}

class EngineEcho final : public engine_io::Handler {
 public:
  explicit EngineEcho(engine_io::Session& session) : session_(session) {}
  void on_message(engine_io::Kind kind, std::string data) override {
    session_.send(kind == engine_io::Kind::text ? engine_io::packet(engine_io::PacketType::message, data)
                                                : engine_io::binary_packet(std::move(data)));
  }

 private:
  engine_io::Session& session_;
};

class SocketEcho final : public socket_io::Listener {
 public:
  SocketEcho(socket_io::Socket& socket, std::string_view auth, std::string_view sid) : socket_(socket) {
    socket_.accept(sid);
    socket_.emit("\"auth\"," + std::string(auth));
  }
  void on_event(socket_io::Event event) override {
    if (event.name == "message")
      socket_.emit("\"message-back\"" + (event.arguments.empty() ? "" : "," + event.arguments),
                   std::move(event.attachments));
    if (event.name == "message-with-ack" && event.ack)
      socket_.acknowledge(*event.ack, event.arguments, std::move(event.attachments));
    if (event.name == "disconnect-me") socket_.disconnect();
  }

 private:
  socket_io::Socket& socket_;
};

class SocketApplication final : public socket_io::Application {
 public:
  explicit SocketApplication(std::string id) : id_(std::move(id)) {}
  std::unique_ptr<socket_io::Listener> connect(socket_io::Socket& socket, std::string_view auth) override {
    auto const& name = socket.name_space();
    if (name != "/" && name != "/custom") return nullptr;
    return std::make_unique<SocketEcho>(socket, auth, id_ + "." + std::to_string(++count_));
  }

 private:
  std::string const id_;
  unsigned count_ = 0;
};

class WebSocketEcho final : public web_socket::Endpoint {
 public:
  explicit WebSocketEcho(web_socket::WebSocket& socket) : socket_(socket) {}
  void on_message(web_socket::Kind kind, std::string payload) override {
    socket_.send(web_socket::Message(kind, std::move(payload)));
  }

 private:
  web_socket::WebSocket& socket_;
};

http::Reply web_socket_echo(http::Request const& request) {
  auto handshake = web_socket::shake_hands(request);
  http::Reply reply(std::move(handshake.response));
  if (handshake.is_agreed())
    reply.successor = [deflates = handshake.deflates](net::Connection& connection) {
      return std::make_unique<web_socket::WebSocket>(
          connection, deflates, web_socket::WebSocketOptions(),
          [](web_socket::WebSocket& socket) { return std::make_unique<WebSocketEcho>(socket); });
    };
  return reply;
}

class Application final : public http::Application {
 public:
  explicit Application(Arguments const& arguments)
      : options_{.session = {.ping_interval = arguments.ping_interval, .ping_timeout = arguments.ping_timeout}},
        socket_options_{.connect_timeout = 2 * (arguments.ping_interval + arguments.ping_timeout)} {}

  http::Attempt attempt(http::Request const& request, http::Batch&, bool) override {
    auto const path = http::path_of(request.target);
    auto const finish = [](http::Response response) { return http::Reply(std::move(response)); };
    if (path == "/engine.io/") return engine_.attempt(request, finish, engine_echo_);
    if (path == "/socket.io/") return socket_.attempt(request, finish, socket_echo_);
    if (path == "/websocket") return web_socket_echo(request);
    return finish({404, {}, {}});
  }
  http::Reply refuse(Error const& error) override {
    return http::Response{http::error_row(error.code).status, {{"Content-Type", "text/plain"}}, error.message};
  }
  std::size_t body_limit(http::Request const& head) const override {
    auto const path = http::path_of(head.target);
    return head.method == "POST" && (path == "/engine.io/" || path == "/socket.io/") ? options_.session.max_payload : 0;
  }

 private:
  engine_io::ServerOptions const options_;
  socket_io::ClientOptions const socket_options_;
  engine_io::Server engine_{options_};
  engine_io::Server socket_{options_};
  engine_io::Server::HandlerFactory const engine_echo_ = [](engine_io::Session& session, auto const&) {
    return std::make_unique<EngineEcho>(session);
  };
  engine_io::Server::HandlerFactory const socket_echo_ = [this](engine_io::Session& session,
                                                                engine_io::SessionHandle handle) {
    return std::make_unique<socket_io::Client>(session, std::move(handle),
                                               std::make_shared<SocketApplication>(session.id()), socket_options_);
  };
};

}  // namespace

int main(int count, char** texts) {
  auto const arguments = read(count, texts);
  if (!arguments) {
    std::fprintf(stderr, "usage: echo PORT [PING_INTERVAL PING_TIMEOUT]\n");
    return 2;
  }
  sigset_t ends;  // for all threads, before there are any
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  Application application(*arguments);
  http::HttpServer server({.port = arguments->port}, application);
  std::printf("%d\n", server.start());
  std::fflush(stdout);
  int signal = 0;
  ::sigwait(&ends, &signal);
  server.stop();
}
