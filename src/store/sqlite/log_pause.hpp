// SPDX-License-Identifier: MIT
/// Short pauses in reading an SQLite file, so that its write-ahead log can begin anew.
///
/// SQLite writes the log back to the database after each commit, as far as no reader needs it, and begins it anew when
/// all is written back and nobody reads in it (https://sqlite.org/wal.html, "Avoiding Excessively Large WAL Files"). As
/// long as readings overlap, that moment does not come, and the log grows with every commit.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

namespace restapi::store {

/// As its index says (https://sqlite.org/walformat.html §2.1). A frame is a page and 24 bytes.
struct WriteAheadLog {
  std::uint32_t frames = 0;
  std::uint32_t written_back = 0;  ///< of them, to the database
};

/// Of one file, for all that read it in this process. Any thread.
class LogPause {
 public:
  using Clock = std::chrono::steady_clock;

  /// Four times the length at which SQLite begins to write it back.
  static constexpr std::uint32_t longest_log = 4 * 1000;

  /// A pause ends when the log has begun anew or is written back, and at the latest when this long nobody has read, for
  /// writers that commit seldom or never,
  static constexpr std::chrono::milliseconds quiet{100};
  /// or after this, where a statement goes on. The next one is made when the log has grown by as much again, and is
  /// quiet for longer: there are writers that need more time to commit.
  static constexpr std::chrono::milliseconds longest_pause{1'000};

  /// Whether a reading may begin; if not, ask again soon.
  bool may_begin(WriteAheadLog log, Clock::time_point now);

  /// A reading while it lives.
  class Reading {
   public:
    explicit Reading(LogPause& pause) : pause_(pause) { ++pause_.readings_; }
    ~Reading() { --pause_.readings_; }
    Reading(Reading const&) = delete;
    Reading& operator=(Reading const&) = delete;

   private:
    LogPause& pause_;
  };

 private:
  std::atomic<int> readings_{0};
  std::atomic<bool> is_long_{false};  // the log, when it was last looked at
  std::mutex mutex_;
  std::uint32_t longest_ = longest_log;           // a longer one: time for a pause
  std::optional<Clock::time_point> began_;        // the pause
  std::optional<Clock::time_point> quiet_since_;  // in it
};

}  // namespace restapi::store
