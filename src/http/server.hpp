// SPDX-License-Identifier: MIT
/// HTTP/1.1 over TCP: connections in, requests to the Application, responses out in the order asked.
///
/// Bytes are moved by Pistache's TCP layer (transport.hpp), requests are read by Boost.Beast's parser,
/// which passes the target on untouched. I/O threads never call the Application; a pool of worker
/// threads does (worker_pool.hpp), so a slow statement delays nobody else. Answers return to a connection object, never
/// to a descriptor number, which the kernel may already have given to another client.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>

#include "http/application.hpp"
#include "http/observer.hpp"
#include "net/listening_socket.hpp"

namespace restapi::http {

struct ServerOptions {
  std::string hostname = "127.0.0.1";  ///< a name or a numeric address, IPv4 or IPv6
  std::uint16_t port = 0;              ///< 0: any free port
  unsigned io_threads = 2;
  unsigned workers = 4;                 ///< threads that call the Application; two at least
  std::size_t max_target = 16 * 1024;   ///< beyond: 414
  std::size_t max_headers = 32 * 1024;  ///< beyond: 431
  std::size_t max_body = 64 * 1024;     ///< a request's body that is read and dropped; beyond: 413

  /// Bytes of all bodies that are kept (Application::body_limit()), beyond KeptBodies::uncounted of each; beyond: 503.
  std::size_t max_kept_bodies = 256u << 20;

  std::chrono::milliseconds request_timeout{10'000};  ///< from a request's first byte to its last: 408
  std::chrono::milliseconds idle_timeout{60'000};     ///< a connection between two requests: closed

  /// A reader that takes nothing of an answer for write_timeout is closed, and so is one that has not taken all of it
  /// after write_timeout + its size / least_bytes_per_second. Of a streamed body (Reply::streamed) this holds for what
  /// waits, and likewise for all of the time that it has to wait for its reader.
  std::chrono::milliseconds write_timeout{60'000};
  std::size_t least_bytes_per_second = 16 * 1024;

  /// Bytes of answers that wait to be sent, roughly. Beyond, of the connections that read slowly those with most of
  /// them are closed.
  std::size_t max_unread = 256u << 20;

  /// Requests that have left Work, queued or running; beyond: Application::refuse() with Code::overloaded.
  std::size_t max_requests = std::numeric_limits<std::size_t>::max();

  /// Beyond it a new connection takes the place of the one that has been idle longest, and at least for least_idle; or
  /// else of the one whose request has been arriving longest, and at least for least_asking; or else of one whose
  /// answer waits for a slow reader, or for something to happen (Later), for least_waiting; or else
  /// waits. Seven eighths at most go to what lasts (Reply::successor), shared fairly between clients (base/places.hpp).
  std::size_t max_connections = std::numeric_limits<std::size_t>::max();
  std::chrono::milliseconds least_idle{200};
  std::chrono::milliseconds least_asking{1000};
  std::chrono::milliseconds least_waiting{2000};

  /// Whose request it is, for the observer: a view of the request. None: the other end of the connection.
  std::function<std::string_view(Request const&)> client_of = {};
};

/// A moment's state, and sums since the start.
struct ServerCounts {
  std::size_t connections = 0;  ///< open now
  std::size_t queued = 0;       ///< requests that wait now: for an attempt, for a worker, or for another request's work
  std::size_t working = 0;      ///< requests whose work is run now
  std::uint64_t accepted = 0;   ///< connections
  std::uint64_t refused = 0;    ///< connections that were closed at once for lack of memory or descriptors
  std::uint64_t evicted = 0;    ///< connections that were closed to make room for others
  std::uint64_t waited = 0;     ///< times that a new connection found no place
  std::uint64_t too_slow = 0;   ///< connections that were closed because they did not take their answer
  std::uint64_t requests = 0;   ///< including what could not be read as one
  std::uint64_t shed = 0;       ///< requests that were rejected as overloaded
};

class HttpServer {
 public:
  /// The application, and the observer if there is one, must outlive the server.
  HttpServer(ServerOptions options, Application& application, Observer* observer = nullptr);
  ~HttpServer();  ///< stops without waiting for long

  HttpServer(HttpServer const&) = delete;
  HttpServer& operator=(HttpServer const&) = delete;

  /// Binds and serves on threads of its own; returns the port. Throws std::runtime_error with one clear
  /// sentence when the address cannot be bound ("port 5000 on 127.0.0.1 is in use").
  std::uint16_t start();

  /// Serves on that socket; the options' hostname and port are not looked at. Returns its port.
  std::uint16_t start(net::ListeningSocket socket);

  /// Lets what is in flight finish for at most `limit`, then closes everything; a streamed body is cut then, and its
  /// source is waited for. What has been accepted, or waits for
  /// it, is still answered, and so is for a short moment what arrives on idle connections: with `Connection: close`.
  /// What waits for an inherited socket is left to whoever accepts next. A call of the Application cannot be
  /// interrupted: one that lasts beyond the limit is waited for, and its answer is dropped.
  void stop(std::chrono::milliseconds limit = std::chrono::milliseconds{5'000});

  /// Makes a stop() that another thread has called wait no longer.
  void hurry();

  /// stop() has been called. Any thread.
  bool draining() const;

  /// Any thread, from start() until stop() returns; calls of the Application lie within. Zeros before and after.
  ServerCounts counts() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace restapi::http
