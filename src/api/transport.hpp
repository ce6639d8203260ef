/// Connected sockets on I/O threads: reads, writes, time limits. Knows no HTTP.
///
/// Built on Pistache's reactor, peers and Tcp::Transport, which stay hidden in transport.cpp. Pistache's own reading
/// and writing is not used: it tears a half-closed connection down, spins on a reader that is slow, and
/// queues answers by descriptor.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "api/link.hpp"

namespace restapi::api {

struct TransportOptions {
  unsigned io_threads;                      ///< at least 1
  std::chrono::milliseconds write_timeout;  ///< a reader that takes nothing for so long is closed
  std::chrono::milliseconds tick;           ///< how precisely time limits are kept
};

class Transport {
 public:
  /// Makes the protocol's half of a new connection; called on I/O threads. The address is numeric ("127.0.0.1").
  using LinkFactory = std::function<std::shared_ptr<Link>(std::string peer_address)>;

  /// Starts the I/O threads.
  Transport(TransportOptions options, LinkFactory factory);

  /// Closes whatever is left and ends the threads.
  ~Transport();

  /// Takes over a connected, non-blocking socket. Any thread.
  void adopt(int descriptor, sockaddr_storage const& peer);

  /// Closes idle connections, lets the others finish, and waits for that for at most `limit`. Returns whether none is
  /// left.
  bool drain(std::chrono::milliseconds limit);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace restapi::api
