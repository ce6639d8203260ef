// SPDX-License-Identifier: MIT
/// What making one answer may take: time, memory, bytes. Whoever makes a part of the answer reports the work while
/// doing it. An exception ends that when it becomes too much, or when nobody waits for the answer any more.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <stop_token>

#include "base/error.hpp"
#include "base/memory_budget.hpp"

namespace restapi {

/// The largest body of an answer before compression, in bytes; also the largest size of the rows that are read for one.
inline constexpr std::size_t largest_answer = std::size_t{128} << 20;

/// Memory of all answers together that are being made or wait to be sent. An answer that would need more than this
/// alone is Code::answer_too_large; one for which too little is left is Code::overloaded.
inline constexpr std::size_t memory_for_answers = std::size_t{512} << 20;

/// Thrown while an answer is being made: the functions below cannot do anything about it. Not a std::exception, so that
/// it is not taken for a fault.
struct Interrupted {
  Error error;  ///< what to answer
};

/// For one answer; one thread.
class AnswerLimits {
 public:
  using Clock = std::chrono::steady_clock;

  AnswerLimits() = default;  ///< no limit but that of the size

  /// The time begins now.
  AnswerLimits(std::shared_ptr<MemoryBudget> budget, Clock::duration time, std::stop_token gone)
      : memory_(std::move(budget)), end_(Clock::now() + time), gone_(std::move(gone)) {}

  /// About so many bytes have been processed. Throws Interrupted: store_too_slow, cancelled.
  void worked(std::size_t bytes) {
    work_ += bytes;
    if (work_ >= next_look_) look();
  }

  /// Time spent waiting for the database does not count: that has a limit of its own.
  void waited(Clock::duration time) {
    if (end_ != Clock::time_point::max()) end_ += time;
  }

  /// The body will have so many bytes. Throws Interrupted: answer_too_large.
  void sized(std::size_t bytes) const;

  /// So much memory is to be allocated. Throws Interrupted: answer_too_large, overloaded.
  void take(std::size_t bytes);
  void give_back(std::size_t bytes) { memory_.give_back(bytes); }

  /// Gives back all but so many bytes.
  void keep_only(std::size_t bytes) {
    if (memory_.used() > bytes) memory_.give_back(memory_.used() - bytes);
  }

  /// All that was taken and not given back: from now on it belongs to the owner of the result.
  MemoryShare take_share() { return std::move(memory_); }

  /// Work done so far, in bytes.
  std::size_t work() const { return work_; }

 private:
  static constexpr std::size_t between_looks = 64 * 1024;

  void look();

  MemoryShare memory_;
  Clock::time_point end_ = Clock::time_point::max();
  std::stop_token gone_;
  std::size_t work_ = 0;
  std::size_t next_look_ = between_looks;
};

}  // namespace restapi
