// SPDX-License-Identifier: MIT
/// A socket that listens on a free port of the loopback, kept as systemd keeps it, and passed to servers that come and
/// go.
#pragma once

#include <fcntl.h>
#include <sys/socket.h>

#include "net/listening_socket.hpp"

namespace restapi::test {

class InheritedSocket {
 public:
  std::uint16_t port() const { return kept_.port(); }

  net::ListeningSocket passed() const {
    return net::ListeningSocket(FileDescriptor(::fcntl(kept_.descriptor(), F_DUPFD_CLOEXEC, 0)));
  }

  /// For all that have it.
  void make_blocking() const {
    ::fcntl(kept_.descriptor(), F_SETFL, ::fcntl(kept_.descriptor(), F_GETFL) & ~O_NONBLOCK);
  }

  /// For all that have it; 0: done.
  int shut_down() const { return ::shutdown(kept_.descriptor(), SHUT_RDWR); }

 private:
  net::ListeningSocket kept_{"127.0.0.1", 0};
};

}  // namespace restapi::test
