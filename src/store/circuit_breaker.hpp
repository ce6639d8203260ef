// SPDX-License-Identifier: MIT
/// Whether the database answers at all. While it is silent, every statement would wait in vain.
#pragma once

#include <atomic>
#include <chrono>

namespace restapi::store {

/// Any thread may call. An answer, whichever, ends a silence: a database that is merely busy answers something.
class CircuitBreaker {
 public:
  void answered() {
    if (silences_.load(std::memory_order_relaxed) != 0) silences_ = 0;
  }

  /// A statement had no answer within its time.
  void silent() {
    last_silence_ = Clock::now().time_since_epoch().count();
    ++silences_;
  }

  /// False shortly after a silence: checks that can wait are left out then.
  bool may_look() const { return silences_.load(std::memory_order_relaxed) == 0 || since_silence() > pause; }

  /// Several silences and no answer in between. Ends with an answer, or by itself where nobody looks any more.
  bool is_lost() const {
    return silences_.load(std::memory_order_relaxed) >= many && since_silence() < pause + look + slack;
  }

  /// How long whoever looks should wait for an answer.
  static constexpr std::chrono::milliseconds look{1'000};

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds pause{500};
  static constexpr std::chrono::milliseconds slack{100};
  static constexpr int many = 3;

  Clock::duration since_silence() const {
    return Clock::now() - Clock::time_point(Clock::duration(last_silence_.load()));
  }

  std::atomic<int> silences_ = 0;
  std::atomic<Clock::rep> last_silence_ = 0;
};

}  // namespace restapi::store
