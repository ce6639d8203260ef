// SPDX-License-Identifier: MIT
/// Engine.IO 4 at an address: the sessions of a process, which requests of any connection may ask for.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "api/engine_io/session.hpp"
#include "api/web_socket/web_socket.hpp"
#include "http/application.hpp"

namespace restapi::api::engine_io {

/// An id that nobody else has, and nobody can guess.
std::string new_id();

/// Whoever speaks with one client. Called in the session's turn: by one thread at a time, in the order in which things
/// happen, and only then may it use the Session. It must not block, and not wait for another session.
class Handler {
 public:
  virtual ~Handler() = default;

  virtual void on_message(Kind kind, std::string data) = 0;
  virtual void on_sent() {}      ///< nothing waits for the client any more
  virtual void on_deadline() {}  ///< the session's deadline has passed
  virtual void on_closed() {}    ///< the last
};

/// A session as others see it. A plain value; any thread.
class SessionHandle {
 public:
  SessionHandle() = default;  ///< of a session that is over

  /// Calls `what` in the session's turn, and waits for that. False: the session is over, nothing was called. Not from
  /// the turn of a session.
  bool tell(std::function<void()> const& what) const;

 private:
  friend class Server;
  struct Entry;
  explicit SessionHandle(std::weak_ptr<Entry> entry) : entry_(std::move(entry)) {}
  std::weak_ptr<Entry> entry_;
};

struct ServerOptions {
  Settings session = {};
  std::size_t max_sessions = 10'000;               ///< beyond: shared fairly between clients (base/places.hpp); or 503
  std::size_t max_memory = std::size_t{64} << 20;  ///< bytes of all sessions together: Session::keep()
  web_socket::WebSocketOptions web_socket = {.ping_interval =
                                                 std::chrono::milliseconds(0)};  ///< heartbeats are Engine.IO's
};

class Server {
 public:
  /// For a client that has come. The session outlives it.
  using HandlerFactory = std::function<std::unique_ptr<Handler>(Session& session, SessionHandle handle)>;

  /// Makes a reply of a response: adds the headers of every answer. Any thread.
  using Finish = std::function<http::Reply(http::Response)>;

  explicit Server(ServerOptions options);
  ~Server();  ///< stop()
  Server(Server const&) = delete;
  Server& operator=(Server const&) = delete;

  /// GET, and POST whose body is kept (up to Settings::max_payload). Any thread; takes microseconds.
  /// `factory`: called if the request opens a session, now or later, on any thread. `is_allowed_origin`: pages of the
  /// request's Origin may use it; for WebSockets, which CORS does not hold back.
  http::Attempt attempt(http::Request const& request, Finish const& finish, HandlerFactory factory,
                        bool is_allowed_origin = true);

  std::size_t sessions() const;  ///< open now; any thread

  /// Closes all sessions; polls that wait are answered. Later requests get 503. Before the HTTP server stops.
  void stop();

 private:
  using Entry = SessionHandle::Entry;
  friend Entry;
  class Carrier;
  struct Common;

  http::Attempt carry(http::Request const& request, Finish const& finish, std::shared_ptr<Entry> entry,
                      HandlerFactory factory);
  http::Attempt poll(http::Request const& request, Finish const& finish, std::shared_ptr<Entry> entry,
                     HandlerFactory const& factory);

  std::shared_ptr<Common> const common_;
};

}  // namespace restapi::api::engine_io
