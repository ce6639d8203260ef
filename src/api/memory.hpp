/// What is remembered of the data, for all profiles together: memory goes to those that are asked.
#pragma once

#include <cstddef>

#include "api/answer_cache.hpp"
#include "api/totals.hpp"

namespace restapi::api {

/// Any thread may call.
class Memory {
 public:
  /// Bytes in all; 0: nothing is remembered.
  explicit Memory(std::size_t budget)
      : answers(budget - budget / share_of_totals), totals(budget / share_of_totals), remembers(budget > 0) {}

  AnswerCache answers;
  KnownTotals totals;
  bool const remembers;

 private:
  // Totals are small: an eighth of the memory remembers very many of them.
  static constexpr std::size_t share_of_totals = 8;
};

}  // namespace restapi::api
