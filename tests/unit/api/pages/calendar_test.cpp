// SPDX-License-Identifier: MIT
#include "api/pages/calendar.hpp"

#include <catch2/catch.hpp>

namespace restapi::api::pages {
namespace {

using Catch::Contains;

TEST_CASE("a calendar ends with the last day", "[pages]") {
  // A Friday in the last of 53 columns.
  auto const html = calendar_of({{"2025-03-14", 12}, {"2025-03-10", 1}}, "/api/v2/nodes");
  CHECK_THAT(html, Contains("2024-03-11 to 2025-03-14"));
  CHECK_THAT(html, Contains("<rect x=\"676\" y=\"70\" width=\"11\" height=\"11\" rx=\"2\" class=\"shade-4\">"));
  CHECK_THAT(html, Contains("<rect x=\"676\" y=\"18\" width=\"11\" height=\"11\" rx=\"2\" class=\"shade-2\">"));
  CHECK_THAT(html, Contains("href=\"/api/v2/nodes?ctime%3E=2025-03-14&amp;ctime%3C2025-03-15\""));
  CHECK_THAT(html, Contains("2025-03-14: 12 nodes") && !Contains("Earlier years"));
}

TEST_CASE("days before that year are counted by year", "[pages]") {
  auto const html = calendar_of({{"2025-03-14", 1}, {"2021-01-01", 2}, {"2021-12-31", 3}, {"2016-02-29", 4}}, "/n");
  CHECK_THAT(html, Contains("Earlier years") && Contains("href=\"/n?ctime%3E=2021-01-01&amp;ctime%3C2022-01-01\""));
  CHECK(html.find(">2021<") < html.find(">2016<"));
}

TEST_CASE("what is no day is left out", "[pages]") {
  CHECK(calendar_of({}, "/n").empty());
  CHECK(calendar_of({{"2025-02-30", 1}, {"", 2}, {"yesterday", 3}}, "/n").empty());
}

}  // namespace
}  // namespace restapi::api::pages
