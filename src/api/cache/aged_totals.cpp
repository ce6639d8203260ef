// SPDX-License-Identifier: MIT
#include "api/cache/aged_totals.hpp"

#include <algorithm>

#include "base/held_bytes.hpp"

namespace restapi::api {
namespace {

constexpr int times = 10;  // so many times as old as counting takes
constexpr std::chrono::milliseconds worth_it{5};

// What is believed at first; how much more at the next sample, and when there may be a next one.
constexpr std::chrono::milliseconds at_first{1};
constexpr int growth = 4;
constexpr std::chrono::milliseconds between_samples{250};

}  // namespace

AgedTotals::Clock::duration AgedTotals::Known::may_be(Clock::duration most) const {
  return cost < worth_it ? Clock::duration::zero() : std::min(times * cost, most);
}

AgedTotals::Counting::~Counting() {
  if (!is_awaited_) return;
  {
    std::lock_guard const lock(totals_.mutex_);
    totals_.counted_.erase(key_);
  }
  totals_.ended_.notify_all();
}

std::variant<AgedTotals::Total, std::unique_ptr<AgedTotals::Counting>> AgedTotals::ask(std::string const& key,
                                                                                       Clock::duration most,
                                                                                       std::stop_token const& gone) {
  auto alone = std::make_unique<Counting>(*this, key);
  if (most <= Clock::duration::zero()) return alone;
  std::unique_lock lock(mutex_);
  for (bool has_waited = false;; has_waited = true) {
    auto const known = known_.find_any(key).first;
    auto const age = known ? Clock::now() - known->began : Clock::duration::zero();
    auto const may_be = known ? known->may_be(most) : Clock::duration::zero();
    if (known && may_be > age + known->cost) return Total{known->rows, age};
    if (known && known->cost < worth_it) return alone;
    if (counted_.insert(key).second) {
      alone->is_awaited_ = true;
      alone->began_ = Clock::now();
      return alone;
    }
    if (known && may_be > age) return Total{known->rows, age};
    // Whoever finds nothing after that counts as well, rather than one after the other.
    if (has_waited || gone.stop_requested()) return alone;
    ended_.wait(lock, gone, [&] { return !counted_.contains(key); });
  }
}

bool AgedTotals::has(std::string const& key, Clock::duration most) const {
  auto const known = known_.find_any(key).first;
  return known && known->may_be(most) > Clock::now() - known->began;
}

void AgedTotals::keep(std::string const& key, std::int64_t rows, Clock::time_point began, Clock::duration took) {
  Known next{rows, began, std::min<Clock::duration>(took, at_first), began};
  if (auto const known = known_.find_any(key).first) {
    if (known->began > began) return;
    bool const may_grow = began - known->believed_at >= between_samples;
    next.cost = std::min(took, may_grow ? growth * known->cost : known->cost);
    if (!may_grow) next.believed_at = known->believed_at;
  }
  known_.insert(key, {}, {}, std::make_shared<Known const>(next), allocated(sizeof(Known) + control_block));
}

}  // namespace restapi::api
