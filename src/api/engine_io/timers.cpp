// SPDX-License-Identifier: MIT
#include "api/engine_io/timers.hpp"

#include <new>
#include <utility>

namespace restapi::api::engine_io {
namespace {

constexpr std::chrono::milliseconds until_memory{100};

bool call(Timers::Task const& task) try {
  task();
  return true;
} catch (std::bad_alloc const&) {
  return false;
}

}  // namespace

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
      auto task = tasks_.extract(tasks_.begin());
      lock.unlock();
      bool const is_done = call(task.mapped());
      lock.lock();
      if (is_done) continue;
      task.key() = std::chrono::steady_clock::now() + until_memory;
      tasks_.insert(std::move(task));  // takes none
    }
  }
}

}  // namespace restapi::api::engine_io
