// SPDX-License-Identifier: MIT
/// Memory that all profiles share: the caches, of which profiles with more requests get more, and large answers that
/// are being made or wait to be sent.
#pragma once

#include <cstddef>
#include <memory>

#include "api/cache/aged_totals.hpp"
#include "api/cache/joint_readings.hpp"
#include "api/cache/response_cache.hpp"
#include "api/cache/totals.hpp"
#include "base/answer_limits.hpp"
#include "base/keyed_hash.hpp"
#include "base/memory_budget.hpp"
#include "base/single_flight.hpp"

namespace restapi::api {

/// Any thread may call.
class AnswerMemory {
 public:
  /// Bytes in all; 0: nothing is cached.
  explicit AnswerMemory(std::size_t budget)
      : answers(budget - budget / share_of_totals - budget / share_of_aged_totals),
        totals(budget / share_of_totals),
        aged_totals(budget / share_of_aged_totals),
        caches(budget > 0) {}

  ResponseCache answers;
  SingleFlight<KeyedHash> being_made;  ///< answers, by their keys
  JointReadings joint;                 ///< of answers that are not cached
  KnownTotals totals;
  AgedTotals aged_totals;
  std::shared_ptr<MemoryBudget> const for_answers = std::make_shared<MemoryBudget>(memory_for_answers);
  bool const caches;

 private:
  // Totals are small: an eighth of the memory holds very many of them.
  static constexpr std::size_t share_of_totals = 8, share_of_aged_totals = 64;
};

}  // namespace restapi::api
