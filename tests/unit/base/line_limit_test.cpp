// SPDX-License-Identifier: MIT
#include "base/line_limit.hpp"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

using restapi::LineLimit;
using namespace std::chrono_literals;

TEST_CASE("one line in a while is written, and tells how many were not", "[log]") {
  LineLimit limit(1s);
  auto const begin = LineLimit::Clock::now();
  CHECK(limit.take(begin) == 0u);
  CHECK_FALSE(limit.take(begin));
  CHECK_FALSE(limit.take(begin + 999ms));
  CHECK(limit.take(begin + 1s) == 2u);
  CHECK_FALSE(limit.take(begin + 1s));
  CHECK(limit.take(begin + 1h) == 1u);
  CHECK(limit.take(begin + 2h) == 0u);
}

TEST_CASE("with many threads every line is written or counted, and one of a moment is written", "[log]") {
  constexpr std::uint64_t threads = 4, moments = 200, lines = 50;
  LineLimit limit(1s);
  auto const begin = LineLimit::Clock::now();
  std::atomic<std::uint64_t> written = 0, left_out = 0;
  std::vector<std::thread> writers;
  for (std::uint64_t i = 0; i < threads; ++i) {
    writers.emplace_back([&] {
      for (std::uint64_t line = 0; line < moments * lines; ++line) {
        if (auto const before = limit.take(begin + (line / lines) * 1s)) {
          ++written;
          left_out += *before;
        }
      }
    });
  }
  for (auto& writer : writers) writer.join();
  auto const last = limit.take(begin + moments * 1s);
  REQUIRE(last);
  CHECK(written + left_out + *last == threads * moments * lines);
  CHECK(written <= moments);
}
