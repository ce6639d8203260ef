// SPDX-License-Identifier: MIT
/// What is above Socket.IO: who answers when clients connect to a namespace, send events, and disconnect.
///
/// Everything is called in the turn of the client's session (engine_io/server.hpp), and a Socket may be used only then.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/engine_io/server.hpp"

namespace restapi::api::socket_io {

struct Event {
  std::string name;
  std::string arguments;                      ///< JSON, as they stand between brackets: `1,"2"`; empty: none
  std::vector<std::string> attachments = {};  ///< bytes for the places in the arguments: {"_placeholder":true,"num":0}
  std::optional<std::uint64_t> ack = {};      ///< the client waits for an acknowledgement
};

/// A client in a namespace. Belongs to it; there until on_disconnected().
class Socket {
 public:
  virtual ~Socket() = default;

  virtual std::string const& name_space() const = 0;

  /// The client is connected, under an id that nobody else has. `pid`: what it comes back with, to be recovered; empty:
  /// it cannot be. Once, and before anything is sent.
  virtual void accept(std::string_view sid, std::string_view pid = {}) = 0;
  /// Or it is not. Its listener is told of no disconnection.
  virtual void refuse(std::string_view message) = 0;

  /// `data`: JSON between brackets, which begins with the name of the event: `"item-updated",{…}`.
  virtual void emit(std::string_view data, std::vector<std::string> attachments = {}) = 0;
  /// The same for many, written once (event_message()).
  virtual void send(engine_io::Message const& event) = 0;
  virtual void acknowledge(std::uint64_t ack, std::string_view arguments,
                           std::vector<std::string> attachments = {}) = 0;

  virtual void disconnect() = 0;

  virtual std::size_t waiting() const = 0;                     ///< bytes for the client, of all its namespaces
  virtual engine_io::SessionHandle const& handle() const = 0;  ///< for other threads
};

/// An event as it goes to all sockets of a namespace; `data` as in Socket::emit().
engine_io::Message event_message(std::string_view name_space, std::string_view data);

/// Whoever speaks with a client in a namespace.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void on_event(Event event) = 0;
  virtual void on_sent() {}          ///< nothing waits for the client any more
  virtual void on_tick() {}          ///< now and then (ClientOptions::between_ticks)
  virtual void on_disconnected() {}  ///< by either side, or the connection has ended; the last
};

/// For one client, or for all.
class Application {
 public:
  virtual ~Application() = default;

  /// A client wants to connect; it is accepted or refused at once or later. `auth`: JSON, an object. Null: there is no
  /// such namespace.
  virtual std::unique_ptr<Listener> connect(Socket& socket, std::string_view auth) = 0;
};

}  // namespace restapi::api::socket_io
