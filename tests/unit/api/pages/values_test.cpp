// SPDX-License-Identifier: MIT
#include "api/pages/values.hpp"

#include <catch2/catch.hpp>

namespace restapi::api::pages {
namespace {

using Catch::Contains;
using nlohmann::json;

TEST_CASE("times are shown as ISO 8601 has them", "[pages]") {
  CHECK(shown_time("Fri, 14 Mar 2025 19:20:09 GMT") == "2025-03-14 19:20:09");
  CHECK(shown_time("yesterday") == "yesterday");
  CHECK(seconds_of("Fri, 14 Mar 2025 19:20:09 GMT") == 1741980009);
  CHECK(seconds_of("Thu, 01 Jan 1970 00:00:00 GMT") == 0);
  CHECK_FALSE(seconds_of("Fri, 14 Mai 2025 19:20:09 GMT"));
}

TEST_CASE("numbers and types are shortened", "[pages]") {
  CHECK(spaced(999) == "999");
  CHECK(spaced(1234567) == "1\u202f234\u202f567");
  CHECK(spaced(-1234) == "-1\u202f234");
  CHECK(short_type("data.core.structure.StructureData.") == "StructureData");
  CHECK(short_type("").empty());
}

TEST_CASE("a cell links what names its object", "[pages]") {
  CHECK(cell_of("label", "silicon", "/n/1", "/")["cell_href"] == "/n/1");
  CHECK_FALSE(cell_of("label", "", "/n/1", "/").contains("cell_href"));
  CHECK_FALSE(cell_of("description", "x", "/n/1", "/").contains("cell_href"));
  CHECK(cell_of("user_id", 3, "/n/1", "/main/")["cell_href"] == "/main/api/v2/users/3");
  CHECK(cell_of("ctime", "Fri, 14 Mar 2025 19:20:09 GMT", "", "/")["cell_time"] == "2025-03-14T19:20:09Z");
  CHECK(cell_of("label", std::string(300, 'x'), "", "/")["cell_text"].get<std::string>().size() < 210);
}

TEST_CASE("a tree shows the beginning of what is large", "[pages]") {
  json const list = json::array({json::object({{"a", 1}}), json::object({{"b", "<b>"}})});
  CHECK_THAT(tree_of(list, 100, ""), Contains("&lt;b&gt;") && !Contains("more"));
  json many = json::object();
  for (int i = 0; i < 50; ++i) many["key" + std::to_string(i)] = i;
  CHECK_THAT(tree_of(many, 20, "/whole"), Contains("<a class=\"load\" href=\"/whole\">30 more</a>"));
}

}  // namespace
}  // namespace restapi::api::pages
