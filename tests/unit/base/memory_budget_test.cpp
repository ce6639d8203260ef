// SPDX-License-Identifier: MIT
#include "base/memory_budget.hpp"

#include <catch2/catch.hpp>

using restapi::MemoryBudget;
using restapi::MemoryShare;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

}  // namespace

TEST_CASE("what is taken is given back at the end", "[memory_budget]") {
  auto const budget = std::make_shared<MemoryBudget>(10 * mebibyte);
  {
    MemoryShare share(budget);
    CHECK(share.take(4 * mebibyte));
    CHECK(budget->taken() == 4 * mebibyte);
    CHECK(share.take(1));
    CHECK(budget->taken() == 5 * mebibyte);  // in whole steps
    MemoryShare other(budget);
    CHECK_FALSE(other.take(6 * mebibyte));
    CHECK(other.used() == 0);
    CHECK(other.could_ever_take(6 * mebibyte));
    CHECK_FALSE(other.could_ever_take(11 * mebibyte));
    CHECK(other.take(5 * mebibyte));
    CHECK(budget->taken() == 10 * mebibyte);
    share.give_back(4 * mebibyte);
    CHECK(budget->taken() == 5 * mebibyte);
  }
  CHECK(budget->taken() == 0);
}

TEST_CASE("little is not counted", "[memory_budget]") {
  auto const budget = std::make_shared<MemoryBudget>(0);
  MemoryShare share(budget);
  CHECK(share.take(mebibyte / 2));
  CHECK(share.take(mebibyte / 2));
  CHECK(budget->taken() == 0);
  CHECK_FALSE(share.take(1));
}

TEST_CASE("how much is not counted can be chosen", "[memory_budget]") {
  auto const budget = std::make_shared<MemoryBudget>(1000);
  MemoryShare share(budget, 100);
  CHECK(share.take(100));
  CHECK(budget->taken() == 0);
  CHECK(share.take(101));
  CHECK(budget->taken() == 300);
  MemoryShare other;
  other = std::move(share);
  other.give_back(50);
  CHECK(budget->taken() == 200);
  CHECK_FALSE(other.take(900));
}

TEST_CASE("a share that is moved is given back once", "[memory_budget]") {
  auto const budget = std::make_shared<MemoryBudget>(10 * mebibyte);
  MemoryShare first(budget);
  REQUIRE(first.take(3 * mebibyte));
  MemoryShare second(std::move(first));
  CHECK(budget->taken() == 3 * mebibyte);
  MemoryShare third(budget);
  REQUIRE(third.take(2 * mebibyte));
  third = std::move(second);
  CHECK(budget->taken() == 3 * mebibyte);
  third = {};
  CHECK(budget->taken() == 0);
}

TEST_CASE("a share of no budget takes whatever is asked for", "[memory_budget]") {
  MemoryShare share;
  CHECK(share.take(100 * mebibyte));
  share.give_back(100 * mebibyte);
  CHECK(share.could_ever_take(1000 * mebibyte));
}
