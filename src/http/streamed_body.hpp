// SPDX-License-Identifier: MIT
/// Bodies that are made while they are sent (http/body_source.hpp): a thread makes the pieces of one, and hands them to
/// its connection, which sends them in chunks (RFC 9112 §7.1), or as they are to a client of HTTP/1.0. Between the two
/// wait 256 KiB at most, or one piece: the thread is as slow as the reader.
///
/// A body that is not whole never looks as if it was: it ends without the last chunk, or with a reset in HTTP/1.0.
#pragma once

#include <atomic>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

#include "http/body_source.hpp"
#include "net/connection.hpp"

namespace restapi::http {

/// What may wait for a reader.
inline constexpr std::size_t most_unread_of_body = std::size_t{256} << 10;

/// All of a server. Any thread may call.
class StreamedBodies {
 public:
  /// Beside what holds for each part that waits (net::SendLimits), a reader may keep a body waiting for write_timeout
  /// and its size / least_bytes_per_second altogether.
  explicit StreamedBodies(net::SendLimits limits) : limits_(limits) {}
  ~StreamedBodies() { end(); }
  StreamedBodies(StreamedBodies const&) = delete;
  StreamedBodies& operator=(StreamedBodies const&) = delete;

  /// What the connection speaks behind the head; it ends with it. `gone`: asked to stop when the connection has gone;
  /// nobody on its I/O thread waits for the source. Null: there is no thread for it. Called on the I/O thread of the
  /// connection.
  std::unique_ptr<net::Protocol> begin(net::Connection& connection, std::unique_ptr<BodySource> source, bool is_chunked,
                                       std::stop_source gone);

  /// Waits until all sources are destroyed. Requires: their connections have gone, and none begins any more.
  void end();

 private:
  struct Making {
    std::atomic<bool> is_over = false;
    std::jthread thread = {};
  };

  net::SendLimits const limits_;
  std::mutex mutex_;
  std::list<Making> all_;
};

}  // namespace restapi::http
