// SPDX-License-Identifier: MIT
/// How long something took, counted by ranges: what Prometheus calls a histogram.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace restapi {

/// Any thread; some nanoseconds, without a lock.
class Histogram {
 public:
  /// Upper bounds in seconds. What is beyond the last has a range of its own.
  static constexpr std::array<double, 14> bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                 0.25,  0.5,    1,     2.5,  5,     10,   30};

  struct Counts {
    std::array<std::uint64_t, bounds.size() + 1> of_ranges = {};  ///< each for itself
    double sum = 0;                                               ///< seconds
  };

  /// Negative ones, by clocks that differ, are nothing.
  void observe(std::chrono::nanoseconds took) {
    took = std::max(took, std::chrono::nanoseconds(0));
    auto const seconds = std::chrono::duration<double>(took).count();
    auto const range = std::ranges::lower_bound(bounds, seconds) - bounds.begin();
    of_ranges_[static_cast<std::size_t>(range)].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(static_cast<std::uint64_t>(took.count()), std::memory_order_relaxed);
  }

  Counts counts() const {
    Counts counts;
    for (std::size_t i = 0; i < of_ranges_.size(); ++i)
      counts.of_ranges[i] = of_ranges_[i].load(std::memory_order_relaxed);
    counts.sum = std::chrono::duration<double>(std::chrono::nanoseconds(sum_.load(std::memory_order_relaxed))).count();
    return counts;
  }

 private:
  std::array<std::atomic<std::uint64_t>, bounds.size() + 1> of_ranges_ = {};
  std::atomic<std::uint64_t> sum_ = 0;  // nanoseconds
};

}  // namespace restapi
