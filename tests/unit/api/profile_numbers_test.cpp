// SPDX-License-Identifier: MIT
#include "api/profile_numbers.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <stdexcept>
#include <vector>

using restapi::api::Numbers;
using restapi::api::ProfileNumbers;
using namespace std::chrono_literals;

TEST_CASE("profiles are asked for their numbers", "[site]") {
  ProfileNumbers profiles(3);
  auto const numbers = profiles.ask({[] { return Numbers{7, "today"}; }, {}, [] { return Numbers{9, ""}; }}, 10s);
  REQUIRE(numbers.size() == 3);
  CHECK(numbers[0].nodes == 7);
  CHECK(numbers[0].last_change == "today");
  CHECK_FALSE(numbers[1].nodes);
  CHECK(numbers[2].nodes == 9);
}

TEST_CASE("nobody waits for a profile that is stuck, or asks it twice", "[site]") {
  std::promise<void> go_on;
  auto const stuck = go_on.get_future().share();
  std::atomic<int> asked = 0;
  ProfileNumbers profiles(2);
  std::vector<ProfileNumbers::Ask> const asks{[&] {
                                                ++asked;
                                                stuck.wait();
                                                return Numbers{1, ""};
                                              },
                                              [] {
                                                return Numbers{2, ""};
                                              }};
  CHECK_FALSE(profiles.ask(asks, 0ms)[0].nodes);
  auto const second = profiles.ask({asks[0], {}}, 0ms);
  CHECK_FALSE(second[0].nodes);
  go_on.set_value();
  // Whoever waits for the answer of the first question gets it.
  CHECK(profiles.ask(asks, 10s)[0].nodes == 1);
  CHECK(asked <= 2);
}

TEST_CASE("a profile that cannot answer has no numbers", "[site]") {
  ProfileNumbers profiles(1);
  CHECK_FALSE(profiles.ask({[]() -> Numbers { throw std::runtime_error("broken"); }}, 10s)[0].nodes);
}
