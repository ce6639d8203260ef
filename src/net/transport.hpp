// SPDX-License-Identifier: MIT
/// Connected sockets on I/O threads: reads, writes, time limits, a limit of connections. Knows no HTTP.
///
/// Built on Pistache's reactor, peers and Tcp::Transport, which stay hidden in transport.cpp and io_thread. Pistache's
/// own reading and writing is not used: it tears a half-closed connection down, spins on a reader that is slow, and
/// queues answers by descriptor.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "net/connection.hpp"

namespace restapi::net {

struct TransportOptions {
  unsigned io_threads;                      ///< at least 1
  std::size_t max_connections;              ///< at least 1
  std::chrono::milliseconds least_idle;     ///< before this an idle connection need not make room,
  std::chrono::milliseconds least_asking;   ///< before this one of which a part of a request has arrived need not,
  std::chrono::milliseconds least_waiting;  ///< nor one whose answer waits for its reader or for something to happen
  SendLimits send_limits;
  std::size_t max_unread;          ///< bytes that wait for readers; looked at with every tick
  std::chrono::milliseconds tick;  ///< how precisely time limits are kept
  std::function<void()> on_room;   ///< after has_room() was false: a connection has gone. Any thread.
};

struct TransportCounts {
  std::size_t connections;  ///< now
  std::uint64_t accepted;   ///< since the start, like the others
  std::uint64_t refused;    ///< for lack of memory or descriptors
  std::uint64_t evicted;    ///< closed for new ones
  std::uint64_t waited;     ///< times that a new one found no place
  std::uint64_t too_slow;   ///< closed because they did not take their answer in time
};

class Transport {
 public:
  /// Starts the I/O threads, which call the factory for each new connection.
  Transport(TransportOptions options, Connection::ProtocolFactory factory);

  /// Closes whatever is left and ends the threads.
  ~Transport();

  /// Takes over a connected, non-blocking socket, room or not. Any thread.
  void adopt(int descriptor, sockaddr_storage const& peer);

  /// Whether there are fewer connections than may be. One thread.
  bool has_room();

  /// Has a connection closed that has been idle longest, of one I/O thread or another; or else the one of which a part
  /// of a request arrived first; or else the one whose reader has not taken its answer for longest, or that has waited
  /// longest for something to happen. If there is none, or not for long enough, the next answer ends its connection and
  /// says so. Returns at once.
  void make_room();

  /// The next answer on each connection is the last, and says so; those that are still idle after `grace` are closed.
  void begin_drain(std::chrono::milliseconds grace);

  /// After begin_drain(): waits for at most `limit` until no connection is left. Returns whether that is so.
  bool drain(std::chrono::milliseconds limit);

  /// Ends the waiting of drain(). Any thread.
  void hurry();

  TransportCounts counts() const;  ///< any thread

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace restapi::net
