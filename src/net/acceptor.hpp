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
#include <thread>

#include "base/file_descriptor.hpp"
#include "net/listening_socket.hpp"

namespace restapi::net {

class Acceptor {
 public:
  /// Where connections go. Called on the accepting thread, and when that has ended on the one that calls stop().
  struct Taker {
    std::function<void(int descriptor, sockaddr_storage const& peer)> take;  ///< a connected, non-blocking socket
    std::function<bool()> has_room;   ///< false: further ones are left to the kernel's queue
    std::function<void()> make_room;  ///< somebody waits and there is none; call notice_room() when there is
  };

  explicit Acceptor(ListeningSocket listening);
  ~Acceptor();  ///< stop()
  Acceptor(Acceptor const&) = delete;
  Acceptor& operator=(Acceptor const&) = delete;

  std::uint16_t port() const { return listening_.port(); }

  void start(Taker taker);

  /// There is room again. Any thread.
  void notice_room();

  /// Accepts no more, and closes the listening socket. One of our own: from here on clients are refused by the kernel;
  /// `accepts_waiting`: what is in its queue is accepted before, room or not. The queue of an inherited one is left to
  /// others as it is. May be called twice.
  void stop(bool accepts_waiting = false);

 private:
  void run();
  bool wait_for_word(std::chrono::milliseconds limit);
  bool accept_one();
  void accept_waiting();

  ListeningSocket listening_;
  Taker taker_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  FileDescriptor wake_;  // eventfd: something of the above has changed
};

}  // namespace restapi::net
