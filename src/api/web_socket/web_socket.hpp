// SPDX-License-Identifier: MIT
/// WebSocket on a connection, behind the head of its 101 (handshake.hpp): a net::Protocol that carries messages for an
/// Endpoint.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/web_socket/message.hpp"
#include "api/web_socket/rate_limit.hpp"
#include "api/web_socket/reader.hpp"
#include "net/connection.hpp"
#include "net/protocol.hpp"

namespace restapi::api::web_socket {

class WebSocket;

/// Whoever speaks over a WebSocket, which owns it. Everything is called on the I/O thread of the connection, and
/// nothing may block. An exception costs this connection only.
class Endpoint {
 public:
  virtual ~Endpoint() = default;

  virtual void on_message(Kind kind, std::string payload) = 0;
  virtual void on_event(net::Event&) {}  ///< what was given to net::Connection::post()
  virtual void on_deadline() {}          ///< the one that was set; it is off now
  virtual void on_sent() {}              ///< all output has been handed to the kernel
  virtual void on_drain() {}             ///< the server stops: to be closed soon; closed at once where nothing is done
  virtual void on_closing(CloseCode) {}  ///< this side is about to close: what is sent now still goes out before
  virtual void on_closed(CloseCode) {}   ///< once, and the last: by either side, or without a word (abnormal)
};

struct WebSocketOptions {
  std::size_t most = std::size_t{64} << 10;  ///< bytes of a message of the client; beyond: closed, too_large
  unsigned messages_a_second = 20;           ///< of the client, control frames included; beyond: policy_violation
  unsigned messages_at_once = 100;
  std::chrono::milliseconds ping_interval{25'000};  ///< 0: no pings
  std::chrono::milliseconds ping_timeout{20'000};   ///< without any pong, and nothing on its way: closed, going_away
};

/// Belongs to its connection, which must outlive it. I/O thread only.
class WebSocket final : public net::Protocol {
 public:
  using EndpointFactory = std::function<std::unique_ptr<Endpoint>(WebSocket&)>;

  /// `deflates`: agreed on in the handshake. The endpoint may send from its beginning on.
  WebSocket(net::Connection& connection, bool deflates, WebSocketOptions const& options,
            EndpointFactory const& endpoint);

  // ---- For the endpoint ----

  /// Dropped once it is closed.
  void send(Message const& message);
  /// Several messages, as frames(…, deflates()) writes them; for many sockets, which share them.
  void send(Frames const& frames);

  bool deflates() const { return deflates_; }

  /// Says why, behind what was sent before. May be called twice.
  void close(CloseCode code, std::string_view reason = {});

  void set_deadline(net::Connection::Clock::time_point deadline);

  bool is_closed() const { return is_closed_; }
  std::size_t unread() const { return connection_.unread(); }  ///< bytes that wait for the client
  net::Connection& connection() { return connection_; }        ///< for its name and for post()

  // ---- For the connection ----

  void on_bytes(std::string_view bytes) override;
  void on_end() override;
  void on_event(net::Event& event) override;
  void on_sent() override;
  void on_deadline() override;
  void on_drain() override;
  void on_closed() override { end(CloseCode::abnormal); }
  bool wants_bytes() const override { return !is_closed_; }
  net::Standing standing() const override { return net::Standing::busy; }
  bool gives_way() const override { return false; }
  std::uint64_t messages() const override { return messages_; }

 private:
  using Clock = net::Connection::Clock;

  bool take(Received received);
  void finish(CloseCode code, std::string_view reason);
  void keep_time();
  void end(CloseCode code);

  net::Connection& connection_;
  bool const deflates_;
  WebSocketOptions const options_;
  Reader reader_;
  RateLimit rate_;
  std::uint64_t messages_ = 0;  // sent, without control frames
  Clock::time_point ping_at_ = Clock::time_point::max();
  Clock::time_point pong_due_ = Clock::time_point::max();
  Clock::time_point deadline_ = Clock::time_point::max();  // the endpoint's
  bool is_closing_ = false;                                // the endpoint has its last word
  bool is_closed_ = false;                                 // nothing is sent or read any more
  bool has_ended_ = false;                                 // the endpoint has been told
  std::unique_ptr<Endpoint> endpoint_;
};

}  // namespace restapi::api::web_socket
