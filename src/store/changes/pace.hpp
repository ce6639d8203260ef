// SPDX-License-Identifier: MIT
/// When something that may take long is to be done again, so that it takes no more than a part of the time.
#pragma once

#include <algorithm>
#include <chrono>

namespace restapi::store {

class Pace {
 public:
  using Clock = std::chrono::steady_clock;

  /// `least`: between two beginnings. `times`: the rest after one is so many times as long as it took.
  Pace(std::chrono::milliseconds least, int times) : least_(least), times_(times) {}

  bool is_due(Clock::time_point now = Clock::now()) const { return now >= next_; }

  void took(Clock::time_point begin, Clock::time_point end = Clock::now()) {
    next_ = std::max(begin + least_, end + times_ * (end - begin));
  }

 private:
  Clock::duration const least_;
  int const times_;
  Clock::time_point next_ = Clock::time_point::min();
};

}  // namespace restapi::store
