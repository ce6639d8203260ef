// SPDX-License-Identifier: MIT
/// A bound TCP socket that listens, and the means to hand its port over to another process.
///
/// With SO_REUSEPORT (socket(7)) several processes of one user listen on one port, and the kernel deals new connections
/// out by a hash. Each has a queue of its own, and closing a listening socket resets the connections in its queue. So a
/// process that is about to leave has new connections sent to another first (steer_to()).
#pragma once

#include <cstdint>
#include <string>

#include "base/file_descriptor.hpp"

namespace restapi::net {

/// Whether somebody who listens there is reached from this machine alone: one address of the name is enough. False
/// where nothing is known of it.
bool leads_to_loopback(std::string const& hostname);

class ListeningSocket {
 public:
  /// Binds and listens. `hostname`: a name or numeric address, "[::1]" as well; the first address of the name that can
  /// be bound. Port 0: any free one. `shares_port`: others may listen on it, too, if they say the same. Throws
  /// std::runtime_error with one clear sentence.
  ListeningSocket(std::string const& hostname, std::uint16_t port, bool shares_port);
  ListeningSocket(ListeningSocket const&) = delete;
  ListeningSocket& operator=(ListeningSocket const&) = delete;

  int descriptor() const { return descriptor_.number(); }  ///< -1 once closed
  std::uint16_t port() const;
  bool shares_port() const { return shares_port_; }

  /// From here on, until another process begins to listen on the port, the kernel sends new connections to the
  /// listener of this number: they count from 0 in the order in which they came, and the last one takes the number of
  /// one that leaves. Where there is none of that number, it goes on dealing. False: the kernel cannot.
  bool steer_to(unsigned number);

  void close() { descriptor_ = {}; }

 private:
  FileDescriptor descriptor_;
  bool const shares_port_;
};

/// A connection that this process makes to one of its own listeners and takes back at once, to see who gets it.
class Probe {
 public:
  /// Connects within a moment, or not at all.
  explicit Probe(ListeningSocket const& listening);
  Probe(Probe const&) = delete;
  Probe& operator=(Probe const&) = delete;

  /// Where an accepted connection of this client says that it comes from; "" if it did not come about.
  std::string const& name() const { return name_; }

 private:
  FileDescriptor descriptor_;
  std::string name_;
};

}  // namespace restapi::net
