// SPDX-License-Identifier: MIT
#include "store/postgresql/watchdog.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace restapi::store {
namespace {

constexpr std::chrono::milliseconds between_cancellations{200};

}  // namespace

Watchdog::Watch::Watch(std::shared_ptr<Watchdog> watchdog, std::shared_ptr<Subject> subject)
    : watchdog_(std::move(watchdog)), subject_(std::move(subject)) {
  std::lock_guard const lock(watchdog_->mutex_);
  watchdog_->watches_.push_back(this);
}

Watchdog::Watch::~Watch() {
  std::lock_guard const lock(watchdog_->mutex_);
  std::erase(watchdog_->watches_, this);
}

void Watchdog::Watch::begin(std::chrono::milliseconds limits, std::stop_token gone) {
  begin(limits, false, std::move(gone));
}

void Watchdog::Watch::begin_briefly(std::chrono::milliseconds limits) { begin(limits, true, {}); }

void Watchdog::Watch::begin(std::chrono::milliseconds limits, bool is_brief, std::stop_token gone) {
  bool is_first = false;
  {
    std::lock_guard const lock(watchdog_->mutex_);
    running_ = true;
    was_cut_ = wants_cancel_ = false;
    is_brief_ = is_brief;
    deadline_ = Clock::now() + limits;
    is_first = deadline_ < watchdog_->wakes_at_;  // rare: deadlines mostly come in their order
  }
  if (is_first) watchdog_->changed_.notify_one();
  if (gone.stop_possible()) on_gone_.emplace(std::move(gone), OnGone{this});
}

Watchdog::Outcome Watchdog::Watch::end() {
  on_gone_.reset();  // not under the lock: waits for a want_cancel() that is under way
  std::shared_future<void> sent;
  Outcome outcome;
  {
    std::lock_guard const lock(watchdog_->mutex_);
    running_ = false;
    sent = std::exchange(sent_, {});
    outcome = {wants_cancel_, was_cut_};
  }
  if (!outcome.was_cut && sent.valid() && sent.wait_for(grace) != std::future_status::ready) {
    subject_->cut();
    outcome.was_cut = true;
  }
  return outcome;
}

// Called on the thread that requests the stop, which serves others and must not wait for a server.
void Watchdog::Watch::want_cancel() {
  {
    std::lock_guard const lock(watchdog_->mutex_);
    if (!running_) return;
    wants_cancel_ = true;
    next_cancel_ = Clock::now();
    deadline_ = std::min(deadline_, next_cancel_ + grace);
  }
  watchdog_->changed_.notify_one();
}

Watchdog::Watch::Clock::time_point Watchdog::Watch::attend(Clock::time_point now) {
  if (was_cut_) return Clock::time_point::max();
  if (is_brief_ && !wants_cancel_ && deadline_ <= now) {
    wants_cancel_ = true;
    next_cancel_ = now;
    deadline_ = now + grace;
  }
  if (deadline_ <= now) {
    was_cut_ = true;
    subject_->cut();
    return Clock::time_point::max();
  }
  if (!wants_cancel_) return deadline_;
  if (next_cancel_ <= now) {
    bool const is_on_its_way = sent_.valid() && sent_.wait_for(Clock::duration::zero()) != std::future_status::ready;
    if (!is_on_its_way) send_cancel();
    next_cancel_ = now + between_cancellations;
  }
  return std::min(deadline_, next_cancel_);
}

// On a thread of its own, which nobody waits for in vain: a request to a server that is stopped may take for ever.
void Watchdog::Watch::send_cancel() try {
  std::promise<void> done;
  sent_ = done.get_future().share();
  std::thread([subject = subject_, done = std::move(done)]() mutable {
    subject->cancel();
    done.set_value();
  }).detach();
} catch (std::system_error const&) {  // no more threads: the deadline holds
  sent_ = {};
}

Watchdog::Watchdog() : thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
  {
    std::lock_guard const lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Watchdog::run() {
  constexpr auto never = Watch::Clock::time_point::max();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    auto const now = Watch::Clock::now();
    wakes_at_ = never;
    for (auto* watch : watches_)
      if (watch->running_) wakes_at_ = std::min(wakes_at_, watch->attend(now));
    if (wakes_at_ == never)
      changed_.wait(lock);
    else
      changed_.wait_until(lock, wakes_at_);
  }
}

}  // namespace restapi::store
