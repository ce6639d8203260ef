// SPDX-License-Identifier: MIT
#include "base/places.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <vector>

using restapi::Places;

namespace {

constexpr std::uint64_t greedy = 1, modest = 2;

}  // namespace

TEST_CASE("when all places are taken, the client with most gives up the one it took last", "[places]") {
  auto const places = std::make_shared<Places>(3);
  std::vector<std::unique_ptr<Places::Place>> taken;
  std::vector<int> left;
  for (int i = 0; i < 3; ++i) {
    taken.push_back(places->take(greedy));
    REQUIRE(taken.back());
    taken.back()->on_displaced([&left, i] { left.push_back(i); });
  }
  CHECK_FALSE(places->take(greedy));
  auto const other = places->take(modest);
  CHECK(other);
  CHECK(left == std::vector{2});
  CHECK(taken[2]->is_displaced());
  CHECK_FALSE(places->take(modest));  // now it would have as many

  SECTION("one that has been displaced gives nothing back") {
    taken.pop_back();
    CHECK_FALSE(places->take(greedy));
  }
  SECTION("another one does") {
    taken.erase(taken.begin());
    CHECK(places->take(greedy));
  }
}

TEST_CASE("who is displaced before it can be told is told at once", "[places]") {
  auto const places = std::make_shared<Places>(2);
  auto const first = places->take(greedy), second = places->take(greedy);
  auto const other = places->take(modest);
  bool is_told = false;
  second->on_displaced([&] { is_told = true; });
  CHECK(is_told);
  CHECK_FALSE(first->is_displaced());
}
