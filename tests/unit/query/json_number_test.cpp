// SPDX-License-Identifier: MIT
#include "query/json_number.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace restapi::query;

TEST_CASE("numbers in all their forms", "[json_number]") {
  struct Case {
    std::string_view written, same;
  };
  for (auto const& [written, same] :
       {Case{"5", "0.5e1"}, Case{"+5", "5.000"}, Case{"-5.2", "-52e-1"}, Case{"0.0", "-0"}, Case{"0e99", "0"},
        Case{"1e5", "100000"}, Case{"1E+5", "1e0005"}, Case{".5", "0.5"}, Case{"5.", "5"}, Case{"007", "7"},
        Case{"1e99999999999999999999", "1e99999999999"}}) {
    CAPTURE(written, same);
    auto const one = read_json_number(written), other = read_json_number(same);
    REQUIRE(one);
    REQUIRE(other);
    CHECK(*one == *other);
    CHECK(sort_key(*one) == sort_key(*other));
    CHECK(read_json_number(text_of(*one)) == one);
  }
  for (auto const* const none : {"", "-", ".", "1e", "e5", "1e+", "0x5", "1_000", "5a", "--5", "NaN", "1.2.3", "1e5.0"})
    CHECK_FALSE(read_json_number(none));
}

TEST_CASE("their keys compare as they do", "[json_number]") {
  std::vector<std::string> const ordered{"-1e300",
                                         "-9007199254740993",
                                         "-9007199254740992",
                                         "-100",
                                         "-20",
                                         "-12.5",
                                         "-12",
                                         "-1.25",
                                         "-1.2",
                                         "-1",
                                         "-0.1",
                                         "-0.012",
                                         "-1e-300",
                                         "0",
                                         "1e-300",
                                         "0.01",
                                         "0.012",
                                         "0.0125",
                                         "0.1",
                                         "1",
                                         "1.2",
                                         "1.25",
                                         "9.99",
                                         "10",
                                         "12",
                                         "12.5",
                                         "20",
                                         "100",
                                         "9007199254740992",
                                         "9007199254740993",
                                         "1e300",
                                         "1e1000000001"};
  for (std::size_t i = 0; i + 1 < ordered.size(); ++i) {
    CAPTURE(ordered[i], ordered[i + 1]);
    CHECK(sort_key(*read_json_number(ordered[i])) < sort_key(*read_json_number(ordered[i + 1])));
  }
}
