// SPDX-License-Identifier: MIT
#include "api/cache/aged_totals.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

using namespace restapi;
using namespace std::chrono_literals;
using api::AgedTotals;

namespace {

constexpr std::size_t plenty = 1 << 20;
constexpr auto most = 5s;
std::stop_token const nobody;

/// The total, or -1: it is to be counted.
std::int64_t shown(AgedTotals& totals, AgedTotals::Clock::duration at_most = most) {
  auto const asked = totals.ask("list", at_most, nobody);
  auto const* const total = std::get_if<AgedTotals::Total>(&asked);
  return total ? total->rows : -1;
}

/// Counted so long ago, in such a time, and several times before.
void keep(AgedTotals& totals, std::int64_t rows, AgedTotals::Clock::duration ago, AgedTotals::Clock::duration took) {
  auto const now = AgedTotals::Clock::now();
  for (auto earlier = 3000ms; earlier > 0ms; earlier -= 300ms) totals.keep("list", rows, now - ago - earlier, took);
  totals.keep("list", rows, now - ago, took);
}

}  // namespace

TEST_CASE("a total is at most ten times as old as counting takes", "[aged]") {
  AgedTotals totals(plenty);
  CHECK(shown(totals) == -1);
  keep(totals, 7, 100ms, 100ms);
  CHECK(shown(totals) == 7);
  CHECK(totals.has("list", most));
  CHECK(!totals.has("other", most));
  AgedTotals old(plenty);
  keep(old, 7, 1001ms, 100ms);
  CHECK(shown(old) == -1);
  CHECK(!old.has("list", most));
}

TEST_CASE("and never older than the operator allows", "[aged]") {
  AgedTotals totals(plenty);
  keep(totals, 7, 2s, 500ms);
  CHECK(shown(totals) == 7);
  CHECK(shown(totals, 1s) == -1);
  CHECK(shown(totals, 0s) == -1);
  CHECK(!totals.has("list", 0s));
}

TEST_CASE("what is counted in no time is always counted", "[aged]") {
  AgedTotals totals(plenty);
  keep(totals, 7, 0ms, 4ms);
  CHECK(shown(totals) == -1);
}

TEST_CASE("a busy machine does not make counting dear", "[aged]") {
  AgedTotals totals(plenty);
  auto const now = AgedTotals::Clock::now() - 30s;
  for (int i = 0; i < 20; ++i) totals.keep("list", 7, now + i * 1ms, 10s);  // all at the same time
  CHECK(shown(totals) == -1);
  for (auto at = 1s; at < 20s; at += 1s) totals.keep("list", 7, now + at, at % 3s == 0s ? 1ms : 1s);  // now and then
  CHECK(shown(totals) == -1);
}

TEST_CASE("one counts before the total is too old, and the others do not wait", "[aged]") {
  AgedTotals totals(plenty);
  keep(totals, 7, 950ms, 100ms);
  {
    auto const first = totals.ask("list", most, nobody);
    REQUIRE(std::holds_alternative<std::unique_ptr<AgedTotals::Counting>>(first));
    CHECK(shown(totals) == 7);
    CHECK(totals.has("list", most));
    std::get<std::unique_ptr<AgedTotals::Counting>>(first)->keep(8);
  }
  CHECK(shown(totals) == -1);  // that took no time
}

TEST_CASE("where there is none, one counts for all who ask meanwhile", "[aged][threads]") {
  AgedTotals totals(plenty);
  keep(totals, 7, 6s, 30ms);  // too old
  auto first = totals.ask("list", most, nobody);
  std::atomic<int> waiting = 0, got = 0;
  std::vector<std::thread> others;
  for (int i = 0; i < 4; ++i)
    others.emplace_back([&] {
      ++waiting;
      if (shown(totals) == 9) ++got;
    });
  while (waiting < 4) std::this_thread::yield();
  std::this_thread::sleep_for(30ms);
  std::get<std::unique_ptr<AgedTotals::Counting>>(first)->keep(9);
  first = AgedTotals::Total{};
  for (auto& other : others) other.join();
  CHECK(got == 4);
}

TEST_CASE("where counting fails, whoever waited counts alone", "[aged][threads]") {
  AgedTotals totals(plenty);
  auto first = totals.ask("list", most, nobody);
  std::thread other([&] { CHECK(shown(totals) == -1); });
  std::this_thread::sleep_for(10ms);
  first = AgedTotals::Total{};
  other.join();
}

TEST_CASE("who has left does not wait", "[aged]") {
  AgedTotals totals(plenty);
  auto const first = totals.ask("list", most, nobody);
  std::stop_source gone;
  gone.request_stop();
  CHECK(std::holds_alternative<std::unique_ptr<AgedTotals::Counting>>(totals.ask("list", most, gone.get_token())));
}
