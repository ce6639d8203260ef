// SPDX-License-Identifier: MIT
#include "store/changes/row_versions.hpp"

#include <catch2/catch.hpp>

using namespace restapi::store;

TEST_CASE("half a transaction id is a whole one again", "[changes]") {
  constexpr Xid round = Xid{1} << 32;
  CHECK(xid_from(700, 700) == 700);
  CHECK(xid_from(700, 701) == 701);
  CHECK(xid_from(3 * round + 700, 800) == 3 * round + 800);
  CHECK(xid_from(3 * round - 1, 5) == 3 * round + 5);
  CHECK(is_before(699, 700));
  CHECK_FALSE(is_before(700, 700));
  CHECK_FALSE(is_before(701, 3 * round + 700));
  CHECK(is_before(static_cast<std::uint32_t>(round - 2), 3 * round + 5));
  CHECK_FALSE(is_before(5, 3 * round - 2));
}

TEST_CASE("a version of a row is told once, as long as it may be found again", "[changes]") {
  ToldVersions versions;
  CHECK(versions.tell('n', 1, 700));
  CHECK_FALSE(versions.tell('n', 1, 700));
  CHECK(versions.tell('l', 1, 700));
  CHECK(versions.tell('n', 1, 701));
  CHECK_FALSE(versions.tell('n', 1, 701));
  versions.forget_before(701);
  CHECK(versions.size() == 1);
  CHECK_FALSE(versions.tell('n', 1, 701));
}

TEST_CASE("rows are looked for from before the first transaction that may have written them", "[changes]") {
  constexpr std::int64_t second = 1'000'000;
  LowMarks marks({100, second, {10}});
  CHECK(marks.low(50).ids[0] == 10);
  marks.add({110, 2 * second, {20}});
  marks.add({120, 2 * second + 1, {25}});  // one a second is enough
  marks.add({130, 3 * second, {30}});
  CHECK(marks.low(109).ids[0] == 10);
  CHECK(marks.low(110).ids[0] == 20);
  CHECK(marks.low(129).ids[0] == 20);
  CHECK(marks.low(131).ids[0] == 30);
  CHECK(marks.low(131).at == 3 * second);
}
