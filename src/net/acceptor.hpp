// SPDX-License-Identifier: MIT
/// The thread that accepts connections.
///
/// Pistache's Tcp::Listener does the same job, but: out of descriptors (EMFILE) it polls a socket that
/// stays ready and spins; any other exception on its thread ends the process; it cannot stop accepting without
/// ending the I/O threads as well, so nothing could be drained; it reports errno of a later call, not
/// why bind() failed; and new peers pass through a queue that can lose its wakeup (mailbox.hpp).
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "base/file_descriptor.hpp"
#include "net/listening_socket.hpp"

namespace restapi::net {

class Acceptor {
 public:
  /// Where connections go. Called on the accepting thread.
  struct Taker {
    std::function<void(int descriptor, sockaddr_storage const& peer)> take;  ///< a connected, non-blocking socket
    std::function<bool()> has_room;   ///< false: further ones are left to the kernel's queue
    std::function<void()> make_room;  ///< somebody waits and there is none; call notice_room() when there is
  };

  /// Binds and listens, as ListeningSocket does.
  Acceptor(std::string const& hostname, std::uint16_t port, bool shares_port);
  ~Acceptor();  ///< stop()
  Acceptor(Acceptor const&) = delete;
  Acceptor& operator=(Acceptor const&) = delete;

  std::uint16_t port() const { return listening_.port(); }

  void start(Taker taker);

  /// There is room again. Any thread.
  void notice_room();

  /// Closes the listening socket: from here on clients are refused by the kernel. What had come before is accepted,
  /// room or not. Where another process listens on the port, new connections are sent there first, and those whose
  /// handshake is under way get `patience` to arrive here; none is lost. May be called twice. Zero: at once, whoever
  /// waits.
  void stop(std::chrono::milliseconds patience = std::chrono::milliseconds{0});

  /// The patience is over. Any thread.
  void hurry();

 private:
  using Clock = std::chrono::steady_clock;

  void run();
  bool wait_for_word(std::chrono::milliseconds limit);
  bool accept_one();
  void accept_waiting();
  void hand_over();
  void settle();

  ListeningSocket listening_;
  Taker taker_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> hurrying_{false};
  std::chrono::milliseconds patience_{0};  // written before stopping_
  std::string probe_name_;                 // of the connection that is not a client's
  bool probe_is_here_ = false;
  FileDescriptor wake_;  // eventfd: something of the above has changed
};

}  // namespace restapi::net
