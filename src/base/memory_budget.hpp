// SPDX-License-Identifier: MIT
/// Memory that threads share: whoever needs much of it takes it from the budget first, and is refused if too little is
/// left.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace restapi {

/// Any thread may call.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t bytes) : size_(bytes) {}

  std::size_t size() const { return size_; }
  std::size_t taken() const { return taken_.load(std::memory_order_relaxed); }

  /// False: there is not so much left, and nothing was taken.
  bool try_take(std::size_t bytes) {
    auto taken = taken_.load(std::memory_order_relaxed);
    do {
      if (bytes > size_ - taken) return false;
    } while (!taken_.compare_exchange_weak(taken, taken + bytes, std::memory_order_relaxed));
    return true;
  }

  void give_back(std::size_t bytes) { taken_.fetch_sub(bytes, std::memory_order_relaxed); }

 private:
  std::size_t const size_;
  std::atomic<std::size_t> taken_ = 0;  // at most size_
};

/// What one owner has taken of a budget; given back at its end. One thread at a time.
class MemoryShare {
 public:
  /// So much is not counted: most owners need no more, and never touch the shared budget.
  static constexpr std::size_t free = std::size_t{1} << 20;

  MemoryShare() = default;  ///< of no budget: takes whatever is asked for
  /// `uncounted` is also the step in which more is taken.
  explicit MemoryShare(std::shared_ptr<MemoryBudget> budget, std::size_t uncounted = free)
      : budget_(std::move(budget)), step_(uncounted) {}
  MemoryShare(MemoryShare&& other) noexcept
      : budget_(std::move(other.budget_)),
        step_(other.step_),
        used_(std::exchange(other.used_, 0)),
        taken_(std::exchange(other.taken_, 0)) {}
  MemoryShare& operator=(MemoryShare&& other) noexcept {
    MemoryShare old(std::move(*this));
    budget_ = std::move(other.budget_);
    step_ = other.step_;
    used_ = std::exchange(other.used_, 0);
    taken_ = std::exchange(other.taken_, 0);
    return *this;
  }
  ~MemoryShare() {
    if (taken_ > 0) budget_->give_back(taken_);
  }

  /// So many bytes more. False: there is not so much left, and nothing was taken.
  bool take(std::size_t bytes) {
    auto const used = used_ + bytes;
    if (budget_ && used > step_ && used > taken_) {
      auto const wanted = steps(used);
      if (!budget_->try_take(wanted - taken_)) return false;
      taken_ = wanted;
    }
    used_ = used;
    return true;
  }

  /// So many bytes less. Requires: taken before.
  void give_back(std::size_t bytes) {
    used_ -= bytes;
    if (taken_ == 0) return;
    auto const wanted = used_ > step_ ? steps(used_) : 0;
    budget_->give_back(taken_ - wanted);
    taken_ = wanted;
  }

  std::size_t used() const { return used_; }

  /// Whether so much could be had if nobody else had any.
  bool could_ever_take(std::size_t bytes) const { return !budget_ || used_ + bytes <= budget_->size(); }

 private:
  std::size_t steps(std::size_t bytes) const { return (bytes + step_ - 1) / step_ * step_; }

  std::shared_ptr<MemoryBudget> budget_;
  std::size_t step_ = free;
  std::size_t used_ = 0;
  std::size_t taken_ = 0;  // of the budget, in whole steps
};

}  // namespace restapi
