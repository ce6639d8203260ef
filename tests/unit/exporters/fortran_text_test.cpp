// SPDX-License-Identifier: MIT
#include "exporters/fortran_text.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>

using namespace restapi::exporters;

TEST_CASE("numbers of Fortran are read with each kind of exponent", "[exporters]") {
  auto const infinite = std::numeric_limits<double>::infinity();
  struct Case {
    char const* word;
    double number;
  };
  for (auto const& [word, number] :
       {Case{"0", 0},          {"-1.5", -1.5},       {"+2", 2},
        {".5", 0.5},           {"-.5E1", -5},        {"5.", 5},
        {"1.25D-03", 1.25e-3}, {"1.25d+02", 125},    {"1.D2", 100},
        {"1.0E5", 1e5},        {"1.0e+05", 1e5},     {"0.1-101", 1e-102},
        {"0.1+101", 1e100},    {"0.1", 0.1},         {"4.9406564584124654E-324", 4.9406564584124654e-324},
        {"1E-400", 0},         {"1D-400", 0},        {"1.0-4000", 0},
        {"1D400", infinite},   {"-1E400", -infinite}}) {
    INFO(word);
    auto const read = fortran_number(word);
    REQUIRE(read);
    CHECK(*read == number);
  }
  CHECK(fortran_number("0." + std::string(400, '0') + "1") == 0.0);
  CHECK(fortran_number(std::string(400, '9')) == infinite);
  CHECK(std::isnan(fortran_number("NaN").value()));
}

TEST_CASE("words that are no numbers are not read as such", "[exporters]") {
  for (auto const* word :
       {"",        "+",    "-",     ".",       "+-1",   "--1",   "1,5", "0x10",  "1.0E", "1.0D", "1.0DD2",
        "1.0E2D2", "1.0-", "1-2-3", "1.0E5-2", "NaN-1", "infD2", "3S",  "1.0Q2", "1.0x", "one"})
    CHECK_FALSE(fortran_number(word));
}

TEST_CASE("all words of a text are numbers, or none is read", "[exporters]") {
  CHECK(fortran_numbers(" 1.0\r\n\t2D0\n") == std::vector<double>{1, 2});
  CHECK(fortran_numbers("") == std::vector<double>{});
  CHECK(fortran_numbers(" \n") == std::vector<double>{});
  CHECK_FALSE(fortran_numbers("1.0 2.0 x"));
  CHECK(trimmed(" \t a b\r\n") == "a b");
  CHECK(trimmed(" \n").empty());
}

TEST_CASE("booleans of Fortran", "[exporters]") {
  for (auto const* word : {"T", "t", "true", "True", ".true.", ".TRUE.", "yes", "1", " T "})
    CHECK(fortran_boolean(word));
  for (auto const* word : {"F", "false", ".false.", "no", "0", "", "2", ".true.x", "tt"})
    CHECK_FALSE(fortran_boolean(word));
}
