// SPDX-License-Identifier: MIT
// The sentences that docs/api-v2.md prints, word for word, and which of several is reported.
#include <catch2/catch.hpp>

#include "query/reserved_keys.hpp"
#include "tests/support/requests.hpp"

using namespace restapi;
using query::Scope;
using test::plan;

namespace {

constexpr auto one = "338357f4-f2";
constexpr auto perpage_and_window = "perpage key is incompatible with limit and offset";
constexpr auto page_and_window = "requesting a specific page is incompatible with limit and offset";
constexpr auto perpage_needs_page = "perpage key requires that a page is requested (i.e. the path must contain /page/)";
constexpr auto no_filters = "selecting a specific id does not allow to specify filters";
constexpr auto too_large = "Limit and perpage cannot be bigger than 400";

void check(Result<query::ReadPlan> const& planned, Code code, std::string_view message) {
  REQUIRE_FALSE(planned);
  CHECK(planned.error().code == code);
  CHECK(planned.error().message == message);
}

}  // namespace

TEST_CASE("more than 400 rows are refused in the documented words", "[planner][error]") {
  for (auto const* text : {"limit=401", "limit=9223372036854775807", "limit=99999999999999999999999"}) {
    CAPTURE(text);
    check(plan("nodes", text), Code::limit_too_large, too_large);
  }
  for (auto const* text : {"perpage=401", "perpage=99999999999999999999999"}) {
    CAPTURE(text);
    check(plan("nodes", text, Scope::list, "", 1), Code::limit_too_large, too_large);
  }
}

TEST_CASE("counts that are no counts", "[planner][error]") {
  check(plan("nodes", "limit=-1"), Code::out_of_range, "limit is too small");
  check(plan("nodes", "limit=-99999999999999999999999"), Code::out_of_range, "the number after limit is too large");
  check(plan("nodes", "offset=-1"), Code::out_of_range, "offset is too small");
  check(plan("nodes", "offset=9223372036854775808"), Code::out_of_range, "the number after offset is too large");
  check(plan("nodes", "perpage=0", Scope::list, "", 1), Code::out_of_range, "perpage is too small");
  check(plan("nodes", "limit=ten"), Code::wrong_type, "limit takes an integer");
  check(plan("nodes", "limit=\"10\""), Code::wrong_type, "limit takes an integer");
  check(plan("nodes", "limit=1,2"), Code::wrong_type, "limit takes one value");
}

TEST_CASE("every reserved key stands at most once and only with an equals sign", "[planner][error]") {
  for (auto const& key : query::reserved_keys()) {
    auto const name = std::string(key.name);
    CAPTURE(name);
    check(plan("nodes", name + "=1&" + name + "=1"), Code::repeated_key,
          "You cannot specify " + name + " more than once");
    for (auto const* comparison : {"!=", "<", ">", "<=", ">=", "=like=", "=ilike=", "=in=", "=notin="})
      check(plan("nodes", name + comparison + "1"), Code::only_assignment,
            "only assignment operator '=' is permitted after '" + name + "'");
  }
}

TEST_CASE("keys that exclude each other are refused in the documented words", "[planner][error]") {
  check(plan("nodes", "perpage=3&limit=2"), Code::incompatible_keys, perpage_and_window);
  check(plan("nodes", "perpage=3&offset=2"), Code::incompatible_keys, perpage_and_window);
  check(plan("nodes", "limit=2", Scope::list, "", 1), Code::incompatible_keys, page_and_window);
  check(plan("nodes", "offset=2", Scope::inputs, one, 1), Code::incompatible_keys, page_and_window);
  check(plan("nodes", "perpage=3"), Code::incompatible_keys, perpage_needs_page);
  check(plan("nodes", "perpage=3", Scope::outputs, one), Code::incompatible_keys, perpage_needs_page);
  for (auto const scope : {Scope::one, Scope::attributes, Scope::extras})
    check(plan("nodes", "id>3", scope, one), Code::incompatible_keys, no_filters);
  check(plan("nodes", "alist=a&nalist=b", Scope::attributes, one), Code::incompatible_keys,
        "you cannot specify both alist and nalist");
  check(plan("nodes", "elist=a&nelist=b", Scope::extras, one), Code::incompatible_keys,
        "you cannot specify both elist and nelist");
}

TEST_CASE("of several conflicts the first in the documented order is reported", "[planner][error]") {
  check(plan("nodes", "limit=401&perpage=3", Scope::list, "", 1), Code::incompatible_keys, perpage_and_window);
  check(plan("nodes", "perpage=3&limit=1&id>3", Scope::one, one), Code::incompatible_keys, perpage_and_window);
  check(plan("nodes", "limit=401", Scope::list, "", 1), Code::incompatible_keys, page_and_window);
  check(plan("nodes", "perpage=401&colour=1"), Code::incompatible_keys, perpage_needs_page);
  check(plan("nodes", "alist=a&nalist=b&id>3", Scope::attributes, one), Code::incompatible_keys, no_filters);
}

TEST_CASE("reserved keys on other paths", "[planner][error]") {
  struct Case {
    std::string text;
    Scope scope;
    std::string message, hint;
  };
  std::vector<Case> const cases = {
      {"alist=a", Scope::list, "alist cannot stand here", "alist belongs to content/attributes"},
      {"nalist=a", Scope::extras, "nalist cannot stand here", "nalist belongs to content/attributes"},
      {"elist=a", Scope::attributes, "elist cannot stand here", "elist belongs to content/extras"},
      {"nelist=a", Scope::one, "nelist cannot stand here", "nelist belongs to content/extras"},
      {"limit=3", Scope::one, "limit cannot stand here", "limit belongs to lists, io/inputs and io/outputs"},
      {"orderby=id", Scope::attributes, "orderby cannot stand here",
       "orderby belongs to lists, io/inputs and io/outputs"},
      {"offset=3", Scope::statistics, "offset cannot stand here", "offset belongs to lists, io/inputs and io/outputs"},
      {"user=3", Scope::list, "user cannot stand here", "user belongs to nodes/statistics"},
  };
  for (auto const& row : cases) {
    CAPTURE(row.text);
    auto const planned = plan("nodes", row.text, row.scope, one);
    check(planned, Code::key_elsewhere, row.message);
    CHECK(planned.error().hint == row.hint);
    CHECK(planned.error().offset == 0);
  }
}

TEST_CASE("a hundred filters are enough", "[planner][error]") {
  std::string text = "id>1";
  for (std::size_t i = 1; i < query::max_filters; ++i) text += "&id>1";
  CHECK(plan("nodes", text));
  auto const planned = plan("nodes", text + "&id>2");
  check(planned, Code::out_of_range, "the query has too many filters");
  CHECK(planned.error().hint == "at most 100");
  CHECK(planned.error().offset == text.size() + 1);
}

TEST_CASE("the date-times in lists have a limit, however they are dealt out", "[planner][error]") {
  std::string list = "ctime=in=2016-04-23";
  for (std::size_t i = 1; i < query::max_intervals / 2; ++i) list += ",2016-04-23";
  auto const two = list + "&m" + list.substr(1);
  CHECK(plan("nodes", two));
  CHECK(plan("nodes", two + "&mtime>2016-04-23&id=in=1,2,3"));
  auto const planned = plan("nodes", two + ",2016-04-24");
  check(planned, Code::out_of_range, "the query has too many date-times in lists");
  CHECK(planned.error().hint == "at most 200");
  CHECK(planned.error().offset == two.size() + 1);
}
