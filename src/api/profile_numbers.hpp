// SPDX-License-Identifier: MIT
/// How many nodes profiles have, and when the last one changed, for the page that lists them. A database that is slow
/// or stuck makes nobody wait: its profile has no numbers then.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace restapi::api {

struct Numbers {
  std::optional<std::int64_t> nodes = {};  ///< nothing: that is not known
  std::string last_change = {};            ///< "Fri, 14 Mar 2025 19:20:09 GMT"; empty: not known, or there are no nodes
};

/// Any thread may call. Waits in its destructor for those who still answer.
class ProfileNumbers {
 public:
  explicit ProfileNumbers(std::size_t profiles) : profiles_(profiles) {}

  /// Asks one profile; called on a thread of its own.
  using Ask = std::function<Numbers()>;

  /// Asks all at the same time, each once at a time, whoever wants to know. `asks`: one for each profile; null: not
  /// asked. What does not come within `patience` is not known.
  std::vector<Numbers> ask(std::vector<Ask> const& asks, std::chrono::milliseconds patience);

 private:
  struct Profile {
    std::mutex mutex = {};
    std::condition_variable answered = {};
    bool is_asked = false;
    Numbers last = {};
    std::jthread thread = {};
  };
  std::deque<Profile> profiles_;  // they stay where they are
};

}  // namespace restapi::api
