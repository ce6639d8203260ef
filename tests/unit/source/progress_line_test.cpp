// SPDX-License-Identifier: MIT
#include "source/progress_line.hpp"

#include <catch2/catch.hpp>
#include <sstream>

using namespace restapi;
using std::chrono::milliseconds;

TEST_CASE("a short unpacking is silent, a long one has one line", "[source][progress]") {
  std::ostringstream out;
  std::chrono::steady_clock::time_point now;
  auto const clock = [&now] { return now; };
  auto const at = [&now](int ms) { now = std::chrono::steady_clock::time_point(milliseconds(ms)); };

  auto quick = source::progress_line(out, "small.aiida", clock);
  at(400);
  CHECK(quick(1000, 2000));
  at(900);
  CHECK(quick(2000, 2000));
  CHECK(out.str().empty());

  at(0);
  auto slow = source::progress_line(out, "big.aiida", clock);
  at(999);
  CHECK(slow(1'000'000'000, 12'300'000'000));
  CHECK(out.str().empty());
  at(1000);
  CHECK(slow(1'230'000'000, 12'300'000'000));
  CHECK(out.str() == "\runpacking big.aiida: 10 % of 12.3 GB");
  at(1500);
  CHECK(slow(2'000'000'000, 12'300'000'000));
  CHECK(out.str() == "\runpacking big.aiida: 10 % of 12.3 GB");
  at(2001);
  CHECK(slow(5'043'000'000, 12'300'000'000));
  at(2100);
  CHECK(slow(12'300'000'000, 12'300'000'000));
  CHECK(out.str() ==
        "\runpacking big.aiida: 10 % of 12.3 GB\runpacking big.aiida: 41 % of 12.3 GB"
        "\runpacking big.aiida: 100 % of 12.3 GB\n");
}
