// SPDX-License-Identifier: MIT
#include "query/convert.hpp"

#include <date/date.h>

#include <catch2/catch.hpp>

#include "support/requests.hpp"

using namespace restapi;
using namespace std::chrono_literals;
using model::DateTime;
using model::Type;

namespace {

ast::Literal literal(std::string const& text) { return test::parsed("key=" + text).clauses[0].literals[0]; }

DateTime at(int year, unsigned month, unsigned day, std::chrono::microseconds time = 0s) {
  return date::sys_days{date::year{year} / static_cast<int>(month) / static_cast<int>(day)} + time;
}

void check_interval(std::string const& text, DateTime from, DateTime to) {
  CAPTURE(text);
  auto const interval = query::to_interval(literal(text), "ctime");
  REQUIRE(interval);
  CHECK(std::get<DateTime>(*interval->from) == from);
  CHECK(std::get<DateTime>(*interval->to) == to);
}

void check_error(Error const& error, Code code, std::string_view message) {
  CHECK(error.code == code);
  CHECK(error.message == message);
  CHECK_FALSE(error.hint.empty());
  CHECK(error.offset == 4);
}

}  // namespace

TEST_CASE("integers have 64 bits", "[query][convert]") {
  CHECK(*query::to_integer(literal("45"), "id") == 45);
  CHECK(*query::to_integer(literal("-45"), "id") == -45);
  CHECK(*query::to_integer(literal("+007"), "id") == 7);
  CHECK(*query::to_integer(literal("9223372036854775807"), "id") == 9223372036854775807);
  CHECK(*query::to_integer(literal("-9223372036854775808"), "id") == std::numeric_limits<std::int64_t>::min());
  for (auto const* text : {"9223372036854775808", "-9223372036854775809", "99999999999999999999999999999999"}) {
    CAPTURE(text);
    auto const value = query::to_integer(literal(text), "id");
    REQUIRE_FALSE(value);
    check_error(value.error(), Code::out_of_range, "the number after id is too large");
  }
}

TEST_CASE("values of another type are refused with an example", "[query][convert][error]") {
  struct Case {
    Type type;
    std::string text, message;
  };
  std::vector<Case> const cases = {
      {Type::integer, "\"45\"", "key takes an integer"},
      {Type::integer, "2.5", "key takes an integer"},
      {Type::integer, "true", "key takes an integer"},
      {Type::integer, "2016-04-23", "key takes an integer"},
      {Type::text, "45", "key takes a string"},
      {Type::text, "true", "key takes a string"},
      {Type::text, "2016-04-23", "key takes a string"},
      {Type::text, "+up", "key takes a string"},
      {Type::uuid, "45", "key takes a string"},
      {Type::boolean, "\"true\"", "key takes true or false"},
      {Type::boolean, "1", "key takes true or false"},
      {Type::boolean, "True", "key takes true or false"},
      {Type::datetime, "2016-04-23", "key takes a date-time"},
  };
  for (auto const& row : cases) {
    CAPTURE(row.text, row.message);
    auto const value = query::to_value(literal(row.text), row.type, "key");
    REQUIRE_FALSE(value);
    check_error(value.error(), Code::wrong_type, row.message);
  }
  auto const day = query::to_interval(literal("\"2016-04-23\""), "ctime");
  REQUIRE_FALSE(day);
  check_error(day.error(), Code::wrong_type, "ctime takes a date-time");
}

TEST_CASE("texts are quoted strings or bare words", "[query][convert]") {
  CHECK(*query::to_text(literal("\"5\"\" disk\""), "label") == "5\" disk");
  CHECK(query::to_text(literal("\"\""), "label")->empty());
  CHECK(*query::to_text(literal("append_text"), "label") == "append_text");
  CHECK(*query::to_text(literal("-x"), "label") == "-x");
  CHECK(std::get<std::string>(*query::to_value(literal("338357f4-f2"), Type::uuid, "uuid")) == "338357f4-f2");
  CHECK(std::get<bool>(*query::to_value(literal("true"), Type::boolean, "enabled")));
  CHECK_FALSE(std::get<bool>(*query::to_value(literal("false"), Type::boolean, "enabled")));
}

TEST_CASE("a date-time covers the interval of its written precision", "[query][convert][datetime]") {
  check_interval("2016-04-23", at(2016, 4, 23), at(2016, 4, 24));
  check_interval("2016-04-23T05", at(2016, 4, 23, 5h), at(2016, 4, 23, 6h));
  check_interval("2016-04-23T05:45", at(2016, 4, 23, 5h + 45min), at(2016, 4, 23, 5h + 46min));
  check_interval("2016-04-23T05:45:59", at(2016, 4, 23, 5h + 45min + 59s), at(2016, 4, 23, 5h + 46min));
  check_interval("2016-04-23T05:45:12.2", at(2016, 4, 23, 5h + 45min + 12s + 200ms),
                 at(2016, 4, 23, 5h + 45min + 12s + 300ms));
  check_interval("2016-04-23T05:45:12.000001", at(2016, 4, 23, 5h + 45min + 12s + 1us),
                 at(2016, 4, 23, 5h + 45min + 12s + 2us));
  check_interval("2016-02-29", at(2016, 2, 29), at(2016, 3, 1));
  check_interval("2016-12-31T23:59:59", at(2016, 12, 31, 23h + 59min + 59s), at(2017, 1, 1));
}

TEST_CASE("eastern shifts are positive", "[query][convert][datetime]") {
  check_interval("2016-04-23T05:45+03:45", at(2016, 4, 23, 2h), at(2016, 4, 23, 2h + 1min));
  check_interval("2016-04-23T05-03", at(2016, 4, 23, 8h), at(2016, 4, 23, 9h));
  check_interval("2016-01-01T00:00:00+01", at(2015, 12, 31, 23h), at(2015, 12, 31, 23h + 1s));
  check_interval("2016-04-23T05:45+0345", at(2016, 4, 23, 2h), at(2016, 4, 23, 2h + 1min));
  check_interval("2016-04-23T00+24:00", at(2016, 4, 22), at(2016, 4, 22, 1h));
}

TEST_CASE("Z is UTC", "[query][convert][datetime]") {
  check_interval("2016-04-23T05:45Z", at(2016, 4, 23, 5h + 45min), at(2016, 4, 23, 5h + 46min));
  check_interval("2016-04-23T05Z", at(2016, 4, 23, 5h), at(2016, 4, 23, 6h));
  // What toISOString() of JavaScript gives.
  check_interval("2016-04-23T05:45:12.250Z", at(2016, 4, 23, 5h + 45min + 12s + 250ms),
                 at(2016, 4, 23, 5h + 45min + 12s + 251ms));
}

TEST_CASE("values that stand in quotes by mistake are shown without", "[query][convert][error]") {
  struct Case {
    Type type;
    std::string text, hint;
  };
  auto const hint_of = [](Case const& row) {
    if (row.type == Type::datetime) return query::to_interval(literal(row.text), "key").error().hint;
    return query::to_value(literal(row.text), row.type, "key").error().hint;
  };
  for (auto const& row :
       {Case{Type::datetime, "\"2016-04-23\"", "without quotes: 2016-04-23"},
        Case{Type::datetime, "\"2016-04-23T05:45:12.250Z\"", "without quotes: 2016-04-23T05:45:12.250+00:00"},
        Case{Type::datetime, "\"2016-04-23 05:45\"", "without quotes: 2016-04-23T05:45"},
        Case{Type::integer, "\"045\"", "without quotes: 45"}, Case{Type::boolean, "\"true\"", "without quotes: true"},
        Case{Type::boolean, "\"45\"", "for example key=true"}, Case{Type::integer, "\"45,46\"", "for example key=45"},
        Case{Type::integer, "\"45&id=46\"", "for example key=45"},
        Case{Type::datetime, "\"yesterday\"", "for example key=2016-04-23T05:45"}}) {
    CAPTURE(row.text);
    CHECK(hint_of(row) == row.hint);
  }
}

TEST_CASE("the first and the last day that can be written are days", "[query][convert][datetime]") {
  check_interval("0001-01-01", at(1, 1, 1), at(1, 1, 2));
  check_interval("9999-12-30", at(9999, 12, 30), at(9999, 12, 31));
  for (auto const* text : {"9999-12-31", "9999-12-31T23", "9999-12-31T23:59:59.999999"}) {
    CAPTURE(text);
    auto const last = query::to_interval(literal(text), "ctime");
    REQUIRE(last);
    CHECK(last->from);
    CHECK_FALSE(last->to);  // nothing lies behind it
  }
}

TEST_CASE("date-times that do not exist are refused", "[query][convert][datetime][error]") {
  struct Case {
    std::string text, message;
  };
  std::vector<Case> const cases = {
      {"2015-02-29", "there is no such day"},
      {"2016-04-31", "there is no such day"},
      {"2016-13-01", "there is no such day"},
      {"2016-00-10", "there is no such day"},
      {"2016-01-00", "there is no such day"},
      {"0000-01-01", "there is no such day"},
      {"2016-04-23T24", "there is no such time of day"},
      {"2016-04-23T05:60", "there is no such time of day"},
      {"2016-04-23T05:45:60", "there is no such time of day"},
      {"2016-04-23T05:45:12.1234567", "the fraction of a second is too long"},
      {"2016-04-23T05:45+24:01", "the shift is too large"},
      {"2016-04-23T05:45-99", "the shift is too large"},
      {"0001-01-01T00+01", "the date-time is out of range"},
      {"9999-12-31T23-01", "the date-time is out of range"},
  };
  for (auto const& row : cases) {
    CAPTURE(row.text);
    auto const interval = query::to_interval(literal(row.text), "ctime");
    REQUIRE_FALSE(interval);
    check_error(interval.error(), Code::out_of_range, row.message);
  }
}
