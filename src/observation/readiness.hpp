// SPDX-License-Identifier: MIT
/// Whether this server should get requests: the database answers, and nobody has asked the server to stop.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string_view>
#include <thread>

namespace restapi::observation {

struct ReadinessTimes {
  std::chrono::milliseconds limit{2'000};  ///< for the check; beyond: not ready
  std::chrono::milliseconds holds{1'000};  ///< what was found out is not asked for again so soon
};

/// Any thread may call. What was found out holds for a moment, and one check runs at a time, on a thread of its own:
/// any number of probes costs the database one statement a second.
class Readiness {
 public:
  /// Asks the database for something trivial; true: it answered. Its thread waits as long as that takes; a stop is
  /// requested when nobody waits for the answer any more.
  using Check = std::function<bool(std::stop_token)>;

  struct State {
    bool is_ready;
    std::string_view reason;  ///< one sentence, a literal; empty if ready
  };

  explicit Readiness(Check check, ReadinessTimes times = {});
  ~Readiness();  ///< waits for a check that is under way
  Readiness(Readiness const&) = delete;
  Readiness& operator=(Readiness const&) = delete;

  /// What is known without waiting.
  std::optional<State> known() const;

  /// What is known, or else is found out, within the limit.
  State find_out();

  /// From here on: not ready.
  void drain();

 private:
  using Clock = std::chrono::steady_clock;

  void run();
  std::optional<State> known_now() const;

  Check const check_;
  ReadinessTimes const times_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<State> found_;
  Clock::time_point found_at_{};
  std::optional<Clock::time_point> due_;  // of the check that is under way
  std::stop_source unwanted_;             // its answer
  bool is_wanted_ = false;                // a check that nobody has begun
  bool is_draining_ = false;
  bool is_ending_ = false;
  std::thread thread_;  // last: uses the others
};

}  // namespace restapi::observation
