// SPDX-License-Identifier: MIT
#include "store/sqlite/log_pause.hpp"

namespace restapi::store {

bool LogPause::may_begin(WriteAheadLog log, Clock::time_point now) {
  bool const is_long = log.frames > longest_log;
  if (!is_long && !is_long_) return true;
  std::lock_guard const lock(mutex_);
  is_long_ = is_long;
  auto const end = [&](std::uint32_t longest) {
    longest_ = longest;
    began_.reset();
    quiet_since_.reset();
    return true;
  };
  if (!is_long) return end(longest_log);
  // A reading that begins now needs nothing of the log.
  if (log.frames <= longest_ || log.written_back == log.frames) return end(longest_);
  if (!began_) began_ = now;
  if (readings_ > 0)
    quiet_since_.reset();
  else if (!quiet_since_)
    quiet_since_ = now;
  auto const patience = quiet * (longest_ / longest_log);
  bool const is_over = now - *began_ >= longest_pause || (quiet_since_ && now - *quiet_since_ >= patience);
  return is_over && end(log.frames + longest_log);
}

}  // namespace restapi::store
