// SPDX-License-Identifier: MIT
#include "store/sqlite/log_pause.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <optional>

using restapi::store::LogPause;
using restapi::store::WriteAheadLog;
using namespace std::chrono_literals;

namespace {

constexpr auto longest = LogPause::longest_log;
constexpr LogPause::Clock::time_point start{1h};

}  // namespace

TEST_CASE("a short log is no reason to pause", "[log_pause]") {
  LogPause pause;
  LogPause::Reading const other(pause);
  CHECK(pause.may_begin({}, start));
  CHECK(pause.may_begin({longest, 0}, start));
}

TEST_CASE("while a log is long nobody begins to read, until it has begun anew or is written back", "[log_pause]") {
  for (WriteAheadLog const after : {WriteAheadLog{1, 0}, {longest + 7, longest + 7}}) {
    LogPause pause;
    LogPause::Reading const other(pause);
    CHECK_FALSE(pause.may_begin({longest + 1, 5}, start));
    CHECK_FALSE(pause.may_begin({longest + 7, longest}, start + LogPause::quiet));
    CHECK(pause.may_begin(after, start + LogPause::quiet));
    CHECK_FALSE(pause.may_begin({longest + 9, 5}, start + LogPause::longest_pause));  // a new one
  }
}

TEST_CASE("a pause ends soon where nobody reads and nobody writes", "[log_pause]") {
  LogPause pause;
  CHECK_FALSE(pause.may_begin({longest + 1, 5}, start));
  {
    LogPause::Reading const late(pause);
    CHECK_FALSE(pause.may_begin({longest + 1, 5}, start + LogPause::quiet));
  }
  CHECK_FALSE(pause.may_begin({longest + 1, 5}, start + LogPause::quiet + 1ms));
  CHECK(pause.may_begin({longest + 1, 5}, start + 2 * LogPause::quiet + 1ms));
}

TEST_CASE("a statement without an end is not waited for, and the next pause comes when the log has grown again",
          "[log_pause]") {
  LogPause pause;
  LogPause::Reading const endless(pause);
  CHECK_FALSE(pause.may_begin({longest + 1, 5}, start));
  CHECK(pause.may_begin({longest + 1, 5}, start + LogPause::longest_pause));
  CHECK(pause.may_begin({2 * longest + 1, 5}, start + LogPause::longest_pause));
  CHECK_FALSE(pause.may_begin({2 * longest + 2, 5}, start + LogPause::longest_pause));
  CHECK(pause.may_begin({longest, 0}, start + LogPause::longest_pause));
  CHECK_FALSE(pause.may_begin({longest + 1, 0}, start + LogPause::longest_pause));
}

TEST_CASE("each pause in which the log did not begin anew makes the next one longer, for writers that need longer",
          "[log_pause]") {
  LogPause pause;
  auto now = start;
  for (std::uint32_t earlier = 0; earlier < 20; ++earlier) {
    WriteAheadLog const log{(earlier + 1) * longest + 1 + earlier, 5};
    auto const patience = std::min((earlier + 1) * LogPause::quiet, LogPause::longest_pause);
    CHECK_FALSE(pause.may_begin(log, now));
    CHECK_FALSE(pause.may_begin(log, now + patience - 1ms));
    CHECK(pause.may_begin(log, now + patience));
    now += 1h;
  }
  CHECK(pause.may_begin({1, 0}, now));
  CHECK_FALSE(pause.may_begin({longest + 1, 5}, now));
  CHECK(pause.may_begin({longest + 1, 5}, now + LogPause::quiet));
}
