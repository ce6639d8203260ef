// SPDX-License-Identifier: MIT
/// How often something may happen: a token bucket. The clock is handed in.
#pragma once

#include <algorithm>
#include <chrono>

namespace restapi::api::web_socket {

class RateLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  RateLimit(unsigned a_second, unsigned at_once)
      : step_(std::chrono::nanoseconds(std::chrono::seconds(1)) / std::max(a_second, 1u)),
        room_(step_ * std::max(at_once, 1u)) {}

  /// Once more. False: that is too often.
  bool take(Time now) {
    auto const full_at = std::max(full_at_, now) + step_;
    if (full_at > now + room_) return false;
    full_at_ = full_at;
    return true;
  }

 private:
  std::chrono::nanoseconds const step_;
  std::chrono::nanoseconds const room_;
  Time full_at_ = {};  // when the bucket will be full again
};

}  // namespace restapi::api::web_socket
