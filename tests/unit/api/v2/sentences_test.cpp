// SPDX-License-Identifier: MIT
// The sentences that docs/api-v2.md prints, word for word, and which of several is reported.
#include <catch2/catch.hpp>

#include "api/v2/answers.hpp"
#include "api/v2/keys.hpp"
#include "query/planner.hpp"
#include "sql/dialect.hpp"
#include "support/schemas.hpp"

using namespace restapi;
using namespace restapi::api;

namespace {

constexpr auto perpage_and_window = "perpage key is incompatible with limit and offset";
constexpr auto page_and_window = "requesting a specific page is incompatible with limit and offset";
constexpr auto perpage_needs_page = "perpage key requires that a page is requested (i.e. the path must contain /page/)";
constexpr auto no_filters = "selecting a specific id does not allow to specify filters";
constexpr auto too_large = "Limit and perpage cannot be bigger than 400";

/// What v2 makes of the path behind its prefix and the decoded query.
Result<v2::Planned> prepare(std::string const& path, std::string const& query) {
  auto const& catalog = test::catalog_of("postgresql_gen2");
  auto const target = http::read_target("/api/v2/" + path + "?" + http::percent_encode(query));
  REQUIRE(target);
  auto const found = v2::find_route(target->segments);
  REQUIRE(found);
  return v2::prepare(*found, *target, nullptr, catalog, {}, sql::postgresql());
}

void check(Result<v2::Planned> const& planned, Code code, std::string_view message) {
  REQUIRE_FALSE(planned);
  CHECK(planned.error().code == code);
  CHECK(planned.error().message == message);
}

}  // namespace

TEST_CASE("more than 400 rows are refused in the documented words", "[planner][error]") {
  for (auto const* text : {"limit=401", "limit=9223372036854775807", "limit=99999999999999999999999"}) {
    CAPTURE(text);
    check(prepare("nodes", text), Code::limit_too_large, too_large);
  }
  for (auto const* text : {"perpage=401", "perpage=99999999999999999999999"}) {
    CAPTURE(text);
    check(prepare("nodes/page/1", text), Code::limit_too_large, too_large);
  }
}

TEST_CASE("counts that are no counts", "[planner][error]") {
  check(prepare("nodes", "limit=-1"), Code::out_of_range, "limit is too small");
  check(prepare("nodes", "limit=-99999999999999999999999"), Code::out_of_range, "the number after limit is too large");
  check(prepare("nodes", "offset=-1"), Code::out_of_range, "offset is too small");
  check(prepare("nodes", "offset=9223372036854775808"), Code::out_of_range, "the number after offset is too large");
  check(prepare("nodes/page/1", "perpage=0"), Code::out_of_range, "perpage is too small");
  check(prepare("nodes", "limit=ten"), Code::wrong_type, "limit takes an integer");
  check(prepare("nodes", "limit=\"10\""), Code::wrong_type, "limit takes an integer");
  check(prepare("nodes", "limit=1,2"), Code::wrong_type, "limit takes one value");
}

TEST_CASE("every reserved key stands at most once and only with an equals sign", "[planner][error]") {
  for (auto const& key : v2::reserved_keys()) {
    auto const name = std::string(key.name);
    CAPTURE(name);
    check(prepare("nodes", name + "=1&" + name + "=1"), Code::repeated_key,
          "You cannot specify " + name + " more than once");
    for (auto const* comparison : {"!=", "<", ">", "<=", ">=", "=like=", "=ilike=", "=in=", "=notin="})
      check(prepare("nodes", name + comparison + "1"), Code::only_assignment,
            "only assignment operator '=' is permitted after '" + name + "'");
  }
}

TEST_CASE("keys that exclude each other are refused in the documented words", "[planner][error]") {
  check(prepare("nodes", "perpage=3&limit=2"), Code::incompatible_keys, perpage_and_window);
  check(prepare("nodes", "perpage=3&offset=2"), Code::incompatible_keys, perpage_and_window);
  check(prepare("nodes/page/1", "limit=2"), Code::incompatible_keys, page_and_window);
  check(prepare("nodes/338357f4-f2/io/inputs/page/1", "offset=2"), Code::incompatible_keys, page_and_window);
  check(prepare("nodes", "perpage=3"), Code::incompatible_keys, perpage_needs_page);
  check(prepare("nodes/338357f4-f2/io/outputs", "perpage=3"), Code::incompatible_keys, perpage_needs_page);
  for (auto const* path : {"nodes/33", "nodes/33/content/attributes", "nodes/33/content/extras"})
    check(prepare(path, "id>3"), Code::incompatible_keys, no_filters);
  check(prepare("nodes/33/content/attributes", "alist=a&nalist=b"), Code::incompatible_keys,
        "you cannot specify both alist and nalist");
  check(prepare("nodes/33/content/extras", "elist=a&nelist=b"), Code::incompatible_keys,
        "you cannot specify both elist and nelist");
}

TEST_CASE("of several conflicts the first in the documented order is reported", "[planner][error]") {
  check(prepare("nodes/page/1", "limit=401&perpage=3"), Code::incompatible_keys, perpage_and_window);
  check(prepare("nodes/33", "perpage=3&limit=1&id>3"), Code::incompatible_keys, perpage_and_window);
  check(prepare("nodes/page/1", "limit=401"), Code::incompatible_keys, page_and_window);
  check(prepare("nodes", "perpage=401&colour=1"), Code::incompatible_keys, perpage_needs_page);
  check(prepare("nodes/33/content/attributes", "alist=a&nalist=b&id>3"), Code::incompatible_keys, no_filters);
}

TEST_CASE("schemas take no query, and say first what is wrong with it anyway", "[planner][error]") {
  constexpr auto no_query = "schema requests do not allow specifying a query string";
  CHECK(prepare("nodes/schema", "_=1"));
  check(prepare("nodes/schema", "id>3"), Code::incompatible_keys, no_query);
  check(prepare("nodes/schema", "limit=3"), Code::incompatible_keys, no_query);
  check(prepare("nodes/schema", "perpage=3&limit=2"), Code::incompatible_keys, perpage_and_window);
  check(prepare("nodes/schema", "limit=1&limit=2"), Code::repeated_key, "You cannot specify limit more than once");
  check(prepare("server", "id>3"), Code::incompatible_keys, "this endpoint does not take a query string");
}

TEST_CASE("of several keys that stand elsewhere the first by name is reported", "[planner][error]") {
  check(prepare("nodes/33", "user=1&orderby=id&limit=3"), Code::key_elsewhere, "limit cannot stand here");
}

TEST_CASE("reserved keys on other paths", "[planner][error]") {
  struct Case {
    std::string text, path, message, hint;
  };
  std::vector<Case> const cases = {
      {"alist=a", "nodes", "alist cannot stand here", "alist belongs to content/attributes"},
      {"nalist=a", "nodes/33/content/extras", "nalist cannot stand here", "nalist belongs to content/attributes"},
      {"elist=a", "nodes/33/content/attributes", "elist cannot stand here", "elist belongs to content/extras"},
      {"nelist=a", "nodes/33", "nelist cannot stand here", "nelist belongs to content/extras"},
      {"limit=3", "nodes/33", "limit cannot stand here", "limit belongs to lists, io/inputs, io/outputs and io/graph"},
      {"orderby=id", "nodes/33/content/attributes", "orderby cannot stand here",
       "orderby belongs to lists, io/inputs and io/outputs"},
      {"offset=3", "nodes/statistics", "offset cannot stand here", "offset belongs to lists, io/inputs and io/outputs"},
      {"user=3", "nodes", "user cannot stand here", "user belongs to nodes/statistics"},
  };
  for (auto const& row : cases) {
    CAPTURE(row.text);
    auto const planned = prepare(row.path, row.text);
    check(planned, Code::key_elsewhere, row.message);
    CHECK(planned.error().hint == row.hint);
    CHECK(planned.error().offset == 0);
  }
}

TEST_CASE("a hundred filters are enough", "[planner][error]") {
  std::string text = "id>1";
  for (std::size_t i = 1; i < query::max_filters; ++i) text += "&id>1";
  CHECK(prepare("nodes", text));
  auto const planned = prepare("nodes", text + "&id>2");
  check(planned, Code::out_of_range, "the query has too many filters");
  CHECK(planned.error().hint == "at most 100");
  CHECK(planned.error().offset == text.size() + 1);
}

TEST_CASE("the date-times in lists have a limit, however they are dealt out", "[planner][error]") {
  std::string list = "ctime=in=2016-04-23";
  for (std::size_t i = 1; i < query::max_intervals / 2; ++i) list += ",2016-04-23";
  auto const two = list + "&m" + list.substr(1);
  CHECK(prepare("nodes", two));
  CHECK(prepare("nodes", two + "&mtime>2016-04-23&id=in=1,2,3"));
  auto const planned = prepare("nodes", two + ",2016-04-24");
  check(planned, Code::out_of_range, "the query has too many date-times in lists");
  CHECK(planned.error().hint == "at most 200");
  CHECK(planned.error().offset == two.size() + 1);
}
