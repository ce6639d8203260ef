// SPDX-License-Identifier: MIT
#include "api/engine_io/timers.hpp"

#include <utility>

namespace restapi::api::engine_io {

Timers::Timers() : thread_([this] { run(); }) {}

Timers::~Timers() { stop(); }

void Timers::at(Time when, Task task) {
  std::lock_guard const lock(mutex_);
  if (is_stopping_) return;
  auto const place = tasks_.emplace(when, std::move(task));
  if (place == tasks_.begin()) changed_.notify_one();
}

void Timers::stop() {
  {
    std::lock_guard const lock(mutex_);
    is_stopping_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void Timers::run() {
  std::unique_lock lock(mutex_);
  while (!is_stopping_) {
    if (tasks_.empty()) {
      changed_.wait(lock);
    } else if (auto const when = tasks_.begin()->first; when > std::chrono::steady_clock::now()) {
      changed_.wait_until(lock, when);
    } else {
      auto const task = tasks_.extract(tasks_.begin());
      lock.unlock();
      task.mapped()();
      lock.lock();
    }
  }
}

}  // namespace restapi::api::engine_io
