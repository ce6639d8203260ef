// SPDX-License-Identifier: MIT
/// Limits log lines of one kind: during an outage, each request would write one.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace restapi {

/// Any thread may call; nobody waits.
class LineLimit {
 public:
  using Clock = std::chrono::steady_clock;

  explicit LineLimit(Clock::duration pause) : pause_(pause) {}

  /// Nothing: leave this line out, because the last one was written less than the pause ago. Otherwise write it; so
  /// many were left out before it.
  std::optional<std::uint64_t> take(Clock::time_point now) {
    auto const time = now.time_since_epoch().count();
    auto next = next_.load();
    if (time < next || !next_.compare_exchange_strong(next, time + pause_.count())) {
      ++left_out_;
      return std::nullopt;
    }
    return left_out_.exchange(0);
  }

 private:
  Clock::duration const pause_;
  std::atomic<Clock::rep> next_ = Clock::duration::min().count();
  std::atomic<std::uint64_t> left_out_ = 0;
};

}  // namespace restapi
