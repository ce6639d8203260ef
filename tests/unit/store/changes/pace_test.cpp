// SPDX-License-Identifier: MIT
#include "store/changes/pace.hpp"

#include <catch2/catch.hpp>

using restapi::store::Pace;
using namespace std::chrono_literals;

TEST_CASE("what took long is done again much later", "[changes]") {
  Pace pace(10s, 20);
  Pace::Clock::time_point const begin(100s);
  CHECK(pace.is_due(begin));
  pace.took(begin, begin + 100ms);
  CHECK_FALSE(pace.is_due(begin + 9'999ms));
  CHECK(pace.is_due(begin + 10s));
  pace.took(begin, begin + 1s);
  CHECK_FALSE(pace.is_due(begin + 20s));
  CHECK(pace.is_due(begin + 21s));
}
