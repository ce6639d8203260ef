// SPDX-License-Identifier: MIT
/// How far a standby is behind its primary, known without waiting for the database.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "store/counts.hpp"

namespace restapi::store {

struct ReplicationTimes {
  std::chrono::milliseconds every{2'000};    ///< between two questions to the database
  std::chrono::milliseconds wanted{60'000};  ///< after the last known(), nothing is asked any more
  std::chrono::milliseconds holds{10'000};   ///< an older answer says nothing
};

/// Asks on a thread of its own, which begins with the first known(). Any thread may call.
class ReplicationWatch {
 public:
  /// Asks the database; nothing where it has not answered. Waits about a second at most, less once it is told to stop.
  using Ask = std::function<std::optional<Replication>(std::stop_token)>;

  explicit ReplicationWatch(Ask ask, ReplicationTimes times = {}) : ask_(std::move(ask)), times_(times) {}
  ReplicationWatch(ReplicationWatch const&) = delete;
  ReplicationWatch& operator=(ReplicationWatch const&) = delete;

  /// The last answer; at first there is none. Waits for nothing.
  std::optional<Replication> known();

 private:
  using Clock = std::chrono::steady_clock;

  void run(std::stop_token const& stop);

  Ask const ask_;
  ReplicationTimes const times_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  Clock::time_point wanted_until_{};
  std::optional<Replication> found_;
  Clock::time_point found_at_{};
  std::jthread thread_;  // last: uses the others
};

}  // namespace restapi::store
