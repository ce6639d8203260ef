// SPDX-License-Identifier: MIT
#include "http/error_catalogue.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "http/message.hpp"
#include "support/source_path.hpp"

using namespace restapi;

namespace {

/// The enumerators of Code, read from the header's text: the one place that has their names.
std::map<std::string, int> enumerators() {
  std::ifstream file(test::source_path("src/base/error.hpp"));
  static std::regex const line_of("  (\\w+) = (\\d+),");
  std::map<std::string, int> found;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("enum class Code")) inside = true;
    if (line.starts_with("};")) inside = false;
    std::smatch match;
    if (inside && std::regex_match(line, match, line_of)) found[match[1]] = std::stoi(match[2]);
  }
  return found;
}

}  // namespace

TEST_CASE("every error code has exactly one row, under its own name", "[error_catalogue]") {
  auto const codes = enumerators();
  REQUIRE(codes.size() > 20);
  std::map<std::string, int> rows;
  for (auto const& row : http::error_catalogue()) {
    CAPTURE(row.name);
    CHECK(rows.emplace(row.name, static_cast<int>(row.code)).second);
    CHECK(&http::error_row(row.code) == &row);
    CHECK_FALSE(row.when.empty());
  }
  CHECK(rows == codes);
}

TEST_CASE("numbers are not shared", "[error_catalogue]") {
  std::set<int> numbers;
  for (auto const& [name, number] : enumerators()) CHECK(numbers.insert(number).second);
}

TEST_CASE("statuses follow the stage", "[error_catalogue]") {
  for (auto const& row : http::error_catalogue()) {
    CAPTURE(row.name);
    CHECK_FALSE(http::reason_phrase(row.status).empty());
    auto const stage = static_cast<int>(row.code) / 100;
    if (stage <= 2) CHECK(row.status == 400);
    if (stage == 3 || stage == 5) CHECK(row.status / 100 == 4);
    // The store is sound: less, or something else, can be asked for.
    if (row.code == Code::answer_too_large || row.code == Code::unreadable_document) continue;
    if (stage == 4 || stage == 9) CHECK(row.status / 100 == 5);
  }
  auto const status = [](Code code) { return http::error_row(code).status; };
  CHECK(status(Code::no_such_route) == 404);
  CHECK(status(Code::method_not_allowed) == 405);
  CHECK(status(Code::not_acceptable) == 406);
  CHECK(status(Code::body_too_large) == 413);
  CHECK(status(Code::target_too_long) == 414);
  CHECK(status(Code::headers_too_large) == 431);
  CHECK(status(Code::store_unavailable) == 503);
  CHECK(status(Code::store_too_slow) == 504);
  CHECK(status(Code::answer_too_large) == 422);
  CHECK(status(Code::unreadable_document) == 422);
  CHECK(status(Code::internal) == 500);
  CHECK(status(Code::overloaded) == 503);
}
