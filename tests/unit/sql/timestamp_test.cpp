// SPDX-License-Identifier: MIT
#include "sql/timestamp.hpp"

#include <date/date.h>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using restapi::sql::to_timestamp;

namespace {

restapi::model::DateTime at(int year, int month, int day, std::chrono::microseconds time = 0s) {
  return date::sys_days{date::year{year} / month / day} + time;
}

}  // namespace

TEST_CASE("date-times are written as both databases write them", "[sql][timestamp]") {
  CHECK(to_timestamp(at(2016, 4, 29, 19h + 24min + 12s + 123456us)) == "2016-04-29 19:24:12.123456");
  CHECK(to_timestamp(at(2016, 4, 29, 19h + 24min + 12s)) == "2016-04-29 19:24:12");
  CHECK(to_timestamp(at(2016, 4, 29)) == "2016-04-29 00:00:00");
  CHECK(to_timestamp(at(2016, 4, 29, 1us)) == "2016-04-29 00:00:00.000001");
  CHECK(to_timestamp(at(1, 1, 1)) == "0001-01-01 00:00:00");
  CHECK(to_timestamp(at(9999, 12, 31, 24h - 1us)) == "9999-12-31 23:59:59.999999");
  CHECK(to_timestamp(at(1969, 12, 31, 24h - 1us)) == "1969-12-31 23:59:59.999999");  // before the epoch
}

TEST_CASE("timestamps compare as texts as they compare as times", "[sql][timestamp]") {
  // Also with texts that a store wrote with six digits of zeros.
  CHECK(to_timestamp(at(2016, 4, 29, 1s)) <= "2016-04-29 00:00:01.000000");
  CHECK(to_timestamp(at(2016, 4, 29, 1s)) > "2016-04-29 00:00:00.999999");
  CHECK(to_timestamp(at(2016, 4, 29, 1s + 500ms)) > "2016-04-29 00:00:01");
  CHECK(to_timestamp(at(2016, 4, 29, 1s + 500ms)) < "2016-04-29 00:00:02");
}

TEST_CASE("equal times have one text, however they were stored", "[sql][timestamp]") {
  auto const same = [](std::string_view stored) {
    std::string made;
    return std::string(restapi::sql::same_instant(stored, made));
  };
  for (auto const* stored :
       {"2016-04-29 19:24:12", "2016-04-29T19:24:12", "2016-04-29 19:24:12.000000", "2016-04-29T19:24:12.0Z",
        "2016-04-29 19:24:12+00:00", "2016-04-29 19:24:12.", "2016-04-29 19:24:12.000+00"})
    CHECK(same(stored) == "2016-04-29 19:24:12");
  for (auto const* stored : {"2016-04-29 19:24:12.5", "2016-04-29 19:24:12.500000", "2016-04-29T19:24:12.50Z",
                             "2016-04-29T19:24:12.5+00:00"})
    CHECK(same(stored) == "2016-04-29 19:24:12.5");
  CHECK(same("2016-04-29 19:24:12.123456") == "2016-04-29 19:24:12.123456");
  for (auto const* other :
       {"", "2016-04-29", "2016-04-29 19:24", "infinity", "2016-04-29x19:24:12", "2016-04-29 19:24:12.5x",
        "2016-04-29 19:24:12+02:00", "12016-04-29 19:24:12", "2016-04-29 19:24:1x"})
    CHECK(same(other) == other);
}
