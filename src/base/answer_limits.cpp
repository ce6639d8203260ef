// SPDX-License-Identifier: MIT
#include "base/answer_limits.hpp"

namespace restapi {
namespace {

Error too_large() {
  return {Code::answer_too_large, "what the database has for this query is larger than this server answers",
          "a smaller page or single members may be answered"};
}

}  // namespace

void AnswerLimits::look() {
  next_look_ = work_ + between_looks;
  if (gone_.stop_requested()) throw Interrupted{{Code::cancelled, "nobody waits for this answer"}};
  if (end_ != Clock::time_point::max() && Clock::now() >= end_)
    throw Interrupted{{Code::store_too_slow, "the answer took too long to write", "a smaller page is faster"}};
}

void AnswerLimits::sized(std::size_t bytes) const {
  if (bytes > largest_answer) throw Interrupted{too_large()};
}

void AnswerLimits::take(std::size_t bytes) {
  if (memory_.take(bytes)) return;
  // Its rows have taken theirs before: also alone it would not fit.
  if (!memory_.could_ever_take(bytes + largest_answer)) throw Interrupted{too_large()};
  throw Interrupted{{Code::overloaded, "the server has too much to do", "try again soon"}};
}

}  // namespace restapi
