// SPDX-License-Identifier: MIT
#include "api/pages/pictures/picture.hpp"

#include <catch2/catch.hpp>

namespace restapi::api::pages {
namespace {

std::int64_t counted(char const* attributes) { return numbers_in_arrays(nlohmann::json::parse(attributes)); }

TEST_CASE("numbers of arrays are counted as far as they matter", "[pages]") {
  CHECK(counted("{}") == 0);
  CHECK(counted(R"({"array|a": [22, 7], "array|b": [3], "units|a": "eV", "other": [9]})") == 157);
  CHECK(counted(R"({"array|a": []})") == 1);
  CHECK(counted(R"({"array|a": [0, 5]})") == 0);
  CHECK(counted(R"({"array|a": [9223372036854775807, 9223372036854775807]})") == most_numbers + 1);
  CHECK(counted(R"({"array|a": [-1, -9223372036854775808], "array|b": ["x", null, 2]})") == 2);
}

}  // namespace
}  // namespace restapi::api::pages
