/// The listening socket and the thread that accepts from it.
///
/// Pistache's Tcp::Listener does the same job, but: out of descriptors (EMFILE) it polls a socket that
/// stays ready and spins; any other exception on its thread ends the process; it cannot stop accepting without
/// ending the I/O threads as well, so nothing could be drained; it reports errno of a later call, not
/// why bind() failed; and new peers pass through a queue that can lose its wakeup (mailbox.hpp).
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <string>
#include <thread>

namespace restapi::api {

class Acceptor {
 public:
  /// Takes over a connected, non-blocking socket; called on the accepting thread.
  using Taker = std::function<void(int descriptor, sockaddr_storage const& peer)>;

  /// Binds and listens. `hostname`: a name or numeric address, "[::1]" as well; the first address of the name that
  /// can be bound. Port 0: any free one. Throws std::runtime_error with one clear sentence.
  Acceptor(std::string const& hostname, std::uint16_t port);
  ~Acceptor();  ///< stop()
  Acceptor(Acceptor const&) = delete;
  Acceptor& operator=(Acceptor const&) = delete;

  std::uint16_t port() const;

  void start(Taker taker);

  /// Closes the listening socket: from here on clients are refused by the kernel. May be called twice.
  void stop();

 private:
  void run();
  bool accept_one();

  Taker taker_;
  std::thread thread_;
  int listening_ = -1;
  int wake_ = -1;  // eventfd: stop
};

}  // namespace restapi::api
