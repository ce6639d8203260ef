// SPDX-License-Identifier: MIT
#include "query/paging.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace restapi::query;

namespace {
constexpr auto huge = std::numeric_limits<std::int64_t>::max();
}

TEST_CASE("page n has its rows and no others", "[query][paging]") {
  struct Case {
    Page page;
    std::int64_t limit, offset;
  };
  for (auto const& row : {Case{{1, 20}, 20, 0}, Case{{2, 20}, 20, 20}, Case{{7, 400}, 400, 2400}, Case{{3, 1}, 1, 2},
                          Case{{0, 20}, 0, 0}, Case{{huge, 400}, 400, huge}, Case{{huge, 1}, 1, huge - 1}}) {
    CAPTURE(row.page.number, row.page.rows);
    auto const window = window_of(row.page);
    CHECK(window.limit == row.limit);
    CHECK(window.offset == row.offset);
  }
}

TEST_CASE("an empty list has one page", "[query][paging]") {
  CHECK(last_page(0, 20) == 1);
  CHECK(last_page(1, 20) == 1);
  CHECK(last_page(20, 20) == 1);
  CHECK(last_page(21, 20) == 2);
  CHECK(last_page(400, 1) == 400);
  CHECK(last_page(huge, 1) == huge);
}

TEST_CASE("neighbours end where the list ends", "[query][paging]") {
  auto const first = neighbours_of({1, 20}, 45);
  REQUIRE(first);
  CHECK(first->first == 1);
  CHECK_FALSE(first->previous);
  CHECK(first->next == 2);
  CHECK(first->last == 3);
  auto const middle = neighbours_of({2, 20}, 45);
  REQUIRE(middle);
  CHECK(middle->previous == 1);
  CHECK(middle->next == 3);
  auto const last = neighbours_of({3, 20}, 45);
  REQUIRE(last);
  CHECK(last->previous == 2);
  CHECK_FALSE(last->next);
  auto const only = neighbours_of({1, 20}, 0);
  REQUIRE(only);
  CHECK_FALSE(only->previous);
  CHECK_FALSE(only->next);
  CHECK(only->last == 1);
}

TEST_CASE("pages outside the range do not exist", "[query][paging][error]") {
  CHECK_FALSE(neighbours_of({0, 20}, 45));
  CHECK_FALSE(neighbours_of({4, 20}, 45));
  CHECK_FALSE(neighbours_of({2, 20}, 0));  // page_after_last_of_empty_list
  CHECK_FALSE(neighbours_of({huge, 20}, 45));
}
