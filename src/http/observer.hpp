// SPDX-License-Identifier: MIT
/// Who is told of every answer: logs and metrics.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "http/reply.hpp"

namespace restapi::http {

/// The client left before its answer; nothing was sent. No status of HTTP: the number that nginx gave it.
inline constexpr int client_left = 499;

/// One request from its arrival to its answer. Views and references live as long as the call.
struct Finished {
  std::string_view method;  ///< "GET"; empty: the bytes were no request (statuses 400, 408, 413, 414, 431)
  std::string_view target;  ///< as sent, so of any bytes but control characters; empty like the method
  std::string_view id;      ///< X-Request-Id of the answer
  std::string_view client;  ///< numeric address, of the client and not of the proxies before us
  std::string_view user_agent;
  int status;
  /// Head and body of the answer, as handed to the connection; of a streamed body (Reply::streamed), all that the
  /// kernel has taken.
  std::size_t bytes;
  std::chrono::nanoseconds took;  ///< from the last byte of the request to the answer, or to the end of a streamed body
  Trace const& trace;
};

/// A connection that went on behind an answer (Reply::successor), at its end.
struct Ended {
  Finished const& asked;   ///< that answer, but `bytes` are all that were sent from then on, and `took` is how long ago
  std::uint64_t messages;  ///< sent over it
};

class Observer {
 public:
  virtual ~Observer() = default;

  /// Called once for each request, on the I/O thread of its connection, so on several threads at once. Must neither
  /// wait nor throw: every client of the thread waits meanwhile.
  virtual void on_finished(Finished const& finished) = 0;

  /// Called once for each such connection, beside on_finished() for its request, in the same way.
  virtual void on_ended(Ended const&) {}
};

/// Tells several observers, in order. Requires: all are added before the first call, and outlive it.
class Observers final : public Observer {
 public:
  void add(Observer& observer) { observers_.push_back(&observer); }

  void on_finished(Finished const& finished) override {
    for (auto* observer : observers_) observer->on_finished(finished);
  }
  void on_ended(Ended const& ended) override {
    for (auto* observer : observers_) observer->on_ended(ended);
  }

 private:
  std::vector<Observer*> observers_;
};

}  // namespace restapi::http
