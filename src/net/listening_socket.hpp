// SPDX-License-Identifier: MIT
/// A TCP socket that listens: one of our own, or an inherited one, which was open before us and stays open after us.
///
/// It has a queue of connections that the kernel has made and nobody has accepted yet. They are reset when its last
/// descriptor is closed. For a socket of our own that is ours; an inherited one has another, so those in its queue wait
/// for whoever accepts next: our successor, or another process that accepts at the same time.
#pragma once

#include <cstdint>
#include <string>

#include "base/file_descriptor.hpp"

namespace restapi::net {

/// Whether somebody who listens there is reached from this machine alone: one address of the name is enough. False
/// where nothing is known of it.
bool leads_to_loopback(std::string const& hostname);

/// Moves. One thread.
class ListeningSocket {
 public:
  /// So many connections wait in the queue of a socket of our own, unless net.core.somaxconn is lower.
  static constexpr int backlog = 4096;

  /// Binds and listens. `hostname`: a name or numeric address, IPv6 without brackets; the first address of the name
  /// that can be bound. Port 0: any free one. Throws std::runtime_error with one clear sentence.
  ListeningSocket(std::string const& hostname, std::uint16_t port);

  /// Takes over an inherited one (inherited_socket.hpp). Its options change for all that have it.
  explicit ListeningSocket(FileDescriptor inherited);

  int descriptor() const { return descriptor_.number(); }  ///< non-blocking; -1 once closed
  bool is_inherited() const { return is_inherited_; }

  // What it is bound to.
  std::string hostname() const;  ///< numeric: "127.0.0.1", "::"
  std::uint16_t port() const;

  void close() { descriptor_ = {}; }

 private:
  FileDescriptor descriptor_;
  bool is_inherited_ = false;
};

}  // namespace restapi::net
