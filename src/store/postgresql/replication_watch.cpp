// SPDX-License-Identifier: MIT
#include "store/postgresql/replication_watch.hpp"

#include <system_error>

namespace restapi::store {

std::optional<Replication> ReplicationWatch::known() try {
  std::lock_guard const lock(mutex_);
  auto const now = Clock::now();
  wanted_until_ = now + times_.wanted;
  if (!thread_.joinable()) thread_ = std::jthread([this](std::stop_token const& stop) { run(stop); });
  changed_.notify_all();
  return now < found_at_ + times_.holds ? found_ : std::nullopt;
} catch (std::system_error const&) {  // no thread: the next one who asks may have one
  return std::nullopt;
}

void ReplicationWatch::run(std::stop_token const& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    lock.unlock();
    auto const found = ask_(stop);
    lock.lock();
    if (found) {
      found_ = found;
      found_at_ = Clock::now();
    }
    changed_.wait_for(lock, stop, times_.every, [] { return false; });
    changed_.wait(lock, stop, [this] { return Clock::now() < wanted_until_; });
  }
}

}  // namespace restapi::store
