// SPDX-License-Identifier: MIT
#include "exporters/number_text.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using restapi::exporters::shortest;

TEST_CASE("a number is written as Python writes it", "[exporters]") {
  CHECK(shortest(2) == "2.0");
  CHECK(shortest(0) == "0.0");
  CHECK(shortest(-0.0) == "-0.0");
  CHECK(shortest(0.1) == "0.1");
  CHECK(shortest(1.0 / 3) == "0.3333333333333333");
  CHECK(shortest(0.0001) == "0.0001");
  CHECK(shortest(1e-5) == "1e-05");
  CHECK(shortest(1e-7) == "1e-07");
  CHECK(shortest(1.5e-7) == "1.5e-07");
  CHECK(shortest(1e15) == "1000000000000000.0");
  CHECK(shortest(1e16) == "1e+16");
  CHECK(shortest(1.25e300) == "1.25e+300");
  CHECK(shortest(-12.5) == "-12.5");
  CHECK(shortest(NAN) == "nan");
  CHECK(shortest(-INFINITY) == "-inf");
}
