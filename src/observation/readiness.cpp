// SPDX-License-Identifier: MIT
#include "observation/readiness.hpp"

#include <utility>

namespace restapi::observation {
namespace {

constexpr Readiness::State ready{true, ""};
constexpr Readiness::State draining{false, "the server is about to stop"};
constexpr Readiness::State unreachable{false, "the database is not available"};
constexpr Readiness::State silent{false, "the database does not answer in time"};

}  // namespace

Readiness::Readiness(Check check, ReadinessTimes times)
    : check_(std::move(check)), times_(times), thread_([this] { run(); }) {}

Readiness::~Readiness() {
  {
    std::lock_guard const lock(mutex_);
    is_ending_ = true;
    unwanted_.request_stop();
  }
  changed_.notify_all();
  thread_.join();
}

std::optional<Readiness::State> Readiness::known() const {
  std::lock_guard const lock(mutex_);
  return known_now();
}

/// Requires the lock.
std::optional<Readiness::State> Readiness::known_now() const {
  if (is_draining_) return draining;
  auto const now = Clock::now();
  if (due_) return now >= *due_ ? std::optional(silent) : std::nullopt;
  return found_ && now < found_at_ + times_.holds ? found_ : std::nullopt;
}

Readiness::State Readiness::find_out() {
  std::unique_lock lock(mutex_);
  if (auto const known = known_now()) return *known;
  if (!due_) {
    due_ = Clock::now() + times_.limit;
    unwanted_ = std::stop_source();
    is_wanted_ = true;
    changed_.notify_all();
  }
  changed_.wait_until(lock, *due_, [&] { return !due_ || is_draining_; });
  if (is_draining_) return draining;
  if (!due_) return *found_;
  unwanted_.request_stop();
  return silent;
}

void Readiness::drain() {
  std::lock_guard const lock(mutex_);
  is_draining_ = true;
  changed_.notify_all();
}

void Readiness::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return is_wanted_ || is_ending_; });
    if (is_ending_) return;
    is_wanted_ = false;
    auto const unwanted = unwanted_.get_token();
    lock.unlock();
    bool const answered = check_(unwanted);
    lock.lock();
    found_ = answered ? ready : unwanted.stop_requested() ? silent : unreachable;
    found_at_ = Clock::now();
    due_.reset();
    changed_.notify_all();
  }
}

}  // namespace restapi::observation
