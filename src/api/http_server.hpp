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
#include <memory>
#include <string>

#include "api/application.hpp"
#include "api/observer.hpp"

namespace restapi::api {

struct ServerOptions {
  std::string hostname = "127.0.0.1";  ///< a name or a numeric address, IPv4 or IPv6
  std::uint16_t port = 5000;           ///< 0: any free port
  unsigned io_threads = 2;
  unsigned workers = 4;                               ///< threads that call the Application
  std::size_t max_target = 16 * 1024;                 ///< beyond: 414
  std::size_t max_headers = 32 * 1024;                ///< beyond: 431
  std::size_t max_body = 64 * 1024;                   ///< a request's body, which is read and ignored; beyond: 413
  std::chrono::milliseconds request_timeout{10'000};  ///< from a request's first byte to its last: 408
  std::chrono::milliseconds idle_timeout{60'000};     ///< a connection between two requests: closed
  std::chrono::milliseconds write_timeout{60'000};    ///< a reader that takes nothing for so long: closed
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

  /// Stops accepting, lets what is in flight finish for at most `limit`, then closes everything. A call of the
  /// Application cannot be interrupted: one that lasts beyond the limit is waited for, and its answer is dropped.
  void stop(std::chrono::milliseconds limit = std::chrono::milliseconds{5'000});

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace restapi::api
