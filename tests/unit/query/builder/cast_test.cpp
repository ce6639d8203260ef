// SPDX-License-Identifier: MIT
#include "query/builder/cast.hpp"

#include <catch2/catch.hpp>
#include <chrono>

using namespace restapi;
using namespace query::builder;
using Kind = JsonValue::Kind;

TEST_CASE("numbers of JSON", "[querybuilder][cast]") {
  CHECK(as_real(Kind::number, "63.5") == 63.5);
  CHECK(as_real(Kind::number, "1e3") == 1000.0);
  CHECK(as_real(Kind::number, "1e-400") == 0.0);
  CHECK_FALSE(as_real(Kind::number, "1e400"));
  CHECK(as_real(Kind::text, "12") == 12.0);
  CHECK(as_real(Kind::text, " +1.5e2\n") == 150.0);
  CHECK(as_real(Kind::text, ".5") == 0.5);
  for (auto const* text : {"", " ", "x", "1x", "NaN", "inf", "1e", "0x10", "1 2", "--1"})
    CHECK_FALSE(as_real(Kind::text, text));
  CHECK_FALSE(as_real(Kind::boolean, "true"));
  CHECK_FALSE(as_real(Kind::null, ""));

  CHECK(as_integer(Kind::number, "12") == 12);
  CHECK(as_integer(Kind::number, "-5.0") == -5);
  CHECK(as_integer(Kind::number, "1e3") == 1000);
  CHECK(as_integer(Kind::number, "9223372036854775807") == 9223372036854775807);
  CHECK_FALSE(as_integer(Kind::number, "9223372036854775808"));
  CHECK_FALSE(as_integer(Kind::number, "5.7"));
  CHECK(as_integer(Kind::text, " -007 ") == -7);
  CHECK_FALSE(as_integer(Kind::text, "5.0"));
  CHECK_FALSE(as_integer(Kind::text, "5x"));
  CHECK_FALSE(as_integer(Kind::boolean, "true"));
}

TEST_CASE("booleans of JSON", "[querybuilder][cast]") {
  for (auto const* text : {"t", "tr", "true", "TRUE", " yes ", "y", "on", "1"})
    CHECK(as_boolean(Kind::text, text) == true);
  for (auto const* text : {"f", "fals", "false", "No", "of", "OFF", "0"}) CHECK(as_boolean(Kind::text, text) == false);
  for (auto const* text : {"", "o", "2", "truer"}) CHECK_FALSE(as_boolean(Kind::text, text));
  CHECK(as_boolean(Kind::boolean, "true") == true);
  CHECK(as_boolean(Kind::number, "0") == false);
  CHECK_FALSE(as_boolean(Kind::number, "2"));
}

TEST_CASE("date-times of JSON", "[querybuilder][cast]") {
  auto const seconds = [](std::string_view text) {
    return std::chrono::duration_cast<std::chrono::seconds>(read_instant(text)->time_since_epoch()).count();
  };
  CHECK(seconds("1970-01-02") == 86400);
  CHECK(seconds("1970-01-01T01:00") == 3600);
  CHECK(seconds("1970-01-01 01:00:05Z") == 3605);
  CHECK(seconds("1970-01-01T01:00:05+01:00") == 5);
  CHECK(seconds("1970-01-01T00:00:05-0100") == 3605);
  CHECK(seconds("1970-01-01T00:00:05-01") == 3605);
  CHECK(read_instant("1970-01-01T00:00:00.25")->time_since_epoch() == std::chrono::milliseconds(250));
  CHECK(read_instant("2024-02-29"));
  for (auto const* text :
       {"", "soon", "2024-02-30", "2023-02-29", "2024-13-01", "0000-01-01", "2024-1-1", "2024-01-01T",
        "2024-01-01T24:00", "2024-01-01T10", "2024-01-01T10:00:00.", "2024-01-01T10:00:00.1234567",
        "2024-01-01T10:00+16:00", "2024-01-01+01:00", "2024-01-01T10:00Zx", "0001-01-01T00:00+01:00"})
    CHECK_FALSE(read_instant(text));
}
