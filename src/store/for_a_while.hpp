// SPDX-License-Identifier: MIT
/// Whether something has been so for two seconds: longer than it takes to put another file in the place of one.
#pragma once

#include <atomic>
#include <chrono>

namespace restapi::store {

/// Any thread may call.
class ForAWhile {
 public:
  using Clock = std::chrono::steady_clock;

  /// What has been found just now.
  void note(bool is_so) {
    Clock::rep never = 0;
    if (is_so)
      since_.compare_exchange_strong(never, Clock::now().time_since_epoch().count());
    else if (since_.load(std::memory_order_relaxed) != 0)  // nearly always it is 0, and shared by all threads
      since_ = 0;
  }

  bool is_so() const {
    auto const since = since_.load(std::memory_order_relaxed);
    return since != 0 && Clock::now().time_since_epoch() - Clock::duration(since) > std::chrono::seconds(2);
  }

 private:
  std::atomic<Clock::rep> since_ = 0;  // 0: it is not so
};

}  // namespace restapi::store
