// SPDX-License-Identifier: MIT
/// Totals that may be a little older than the rows that they are shown with, where nothing proves how many rows there
/// are now and counting them takes long: a commit anywhere in the server would otherwise have each list counted anew.
///
/// A total is at most ten times as old as counting it takes, and never older than the operator allows. It is counted
/// again shortly before that, by one request, so counting takes a tenth of a processor at most, and nobody else waits
/// for it. What takes less than 5 ms to count is always counted. How long it takes is only believed when it has been
/// seen for half a second: statements also take long because the machine is busy.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_set>
#include <variant>

#include "api/cache/versioned_cache.hpp"
#include "base/keyed_hash.hpp"

namespace restapi::api {

/// Any thread may call.
class AgedTotals {
 public:
  using Clock = std::chrono::steady_clock;

  /// Bytes in all.
  explicit AgedTotals(std::size_t budget) : known_(budget) {}

  struct Total {
    std::int64_t rows;
    Clock::duration age;
  };

  /// For the one who counts. Others who need the total wait for its end.
  class Counting {
   public:
    Counting(AgedTotals& totals, std::string key) : totals_(totals), key_(std::move(key)), began_(Clock::now()) {}
    ~Counting();
    Counting(Counting const&) = delete;
    Counting& operator=(Counting const&) = delete;

    /// What has been counted.
    void keep(std::int64_t rows) const { totals_.keep(key_, rows, began_, Clock::now() - began_); }

   private:
    friend AgedTotals;
    AgedTotals& totals_;
    std::string const key_;
    Clock::time_point began_;
    bool is_awaited_ = false;  // others wait
  };

  /// The total, or the caller is to count. `most`: how old it may be at most. Where there is none, and somebody counts
  /// already, waits for that, or until `gone`.
  std::variant<Total, std::unique_ptr<Counting>> ask(std::string const& key, Clock::duration most,
                                                     std::stop_token const& gone);

  /// Whether ask() would have one right now, or somebody is about to count it anew. Costs a look.
  bool has(std::string const& key, Clock::duration most) const;

  void keep(std::string const& key, std::int64_t rows, Clock::time_point began, Clock::duration took);

 private:
  struct Known {
    std::int64_t rows;
    Clock::time_point began;  // of counting: what was committed before is in it
    Clock::duration cost;     // of counting, as far as it is believed
    Clock::time_point believed_at;

    Clock::duration may_be(Clock::duration most) const;  // so old; zero: it is to be counted each time
  };

  VersionedCache<Known> known_;
  std::mutex mutex_;
  std::condition_variable_any ended_;
  std::unordered_set<std::string, KeyedHash> counted_;  // right now
};

}  // namespace restapi::api
