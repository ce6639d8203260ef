// SPDX-License-Identifier: MIT
#include "api/v2/hints.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "support/requests.hpp"

using namespace restapi;
using namespace restapi::api;

namespace {

/// `query` as sent.
std::string hint(std::string const& query, std::string_view resource = "nodes") {
  auto const target = http::read_target("/api/v2/" + std::string(resource) + "?" + query);
  REQUIRE(target);
  return v2::hint_of_empty_list(test::view(resource), *target);
}

std::string hint_of_id(std::string_view resource, std::string_view id, std::vector<std::string> const& pks) {
  auto const plan = test::planner().object(test::view(resource), id, {});
  REQUIRE(plan);
  store::Rows rows(1);
  for (auto const& pk : pks) rows.add(pk);
  return v2::hint_of_id(*plan, rows);
}

}  // namespace

TEST_CASE("an id that names none or several may be meant as a pk", "[v2][hints]") {
  CHECK(hint_of_id("nodes", "17", {}) == "if 17 is a pk: nodes?id=17");
  CHECK(hint_of_id("data", "17", {"1", "2"}) == "if 17 is a pk: data?id=17");
  for (auto const* id : {"17a", "12345678-1", "1234567890123456789"}) CHECK(hint_of_id("nodes", id, {}).empty());
  CHECK(hint_of_id("users", "17", {}).empty());
}

TEST_CASE("two objects with one uuid are told apart by their pks", "[v2][hints]") {
  auto const* const whole = "ED122747D10A4F0F92676C3AC0EDE538";
  CHECK(hint_of_id("nodes", whole, {"3", "5"}) == "several have this uuid: nodes?id=3 and nodes?id=5 tell them apart");
  CHECK(hint_of_id("nodes", whole, {}).empty());
  CHECK(hint_of_id("nodes", "ed122747", {"3", "5"}).empty());
}

TEST_CASE("where nothing was found, what was probably meant", "[v2][hints]") {
  struct Case {
    std::string query, hint;
  };
  auto const capitals =
      "a pattern has % and two capitals that a client may have made of small letters; write each % of "
      "a pattern as %25 before the client sees it";
  auto const plus = "+ is a plus here and never a blank; write a blank as %20";
  auto const twice = "a text has %20, perhaps a blank that was encoded twice; once is right";
  for (auto const& row : {
           Case{"type=%22StructureData%22",
                "StructureData is a class; types that end with it are found with type=like=\"%.StructureData.\""},
           Case{"id>3&type=in=StructureData",
                "StructureData is a class; types that end with it are found with type=like=\"%.StructureData.\""},
           Case{"label=%22*silicon*%22", "* is no wildcard; patterns are written label=like=\"%...%\""},
           Case{"label=like=%22*silicon*%22", "* is no wildcard; patterns are written label=like=\"%...%\""},
           Case{"label=%22%25silicon%25%22", "% is a wildcard only after =like= and =ilike=: label=like=\"%...%\""},
           Case{"uuid=ED12", "a whole uuid has 32 digits; a start of it is found with uuid=like=\"ED12%\""},
           Case{"state=null", "null is a text here; missing values are found with state=is=null"},
           Case{"type=%22StructureData.%22",
                "StructureData is a class; types that end with it are found with type=like=\"%.StructureData.\""},
           Case{"type=like=StructureData",
                "StructureData is a class; types that end with it are found with type=like=\"%.StructureData.\""},
           Case{"type=%22data.core.structure.StructureData%22",
                "types end with a dot: type=\"data.core.structure.StructureData.\""},
           Case{"state=None", "None is a text here; missing values are found with state=is=null"},
           Case{"state=FINISHED", "states are in small letters here: state=\"finished\""},
           Case{"uuid=like=%22ed122747%22",
                "a pattern without % is compared with the whole text; a part of it is found with uuid=like=\"%...%\""},
           Case{"type=like=%22%25DAta%25%22", capitals},
           Case{"label=like=%22%BAnds%22", capitals},
           Case{"id>3&label=like=%22bands%2520of%25%22", twice},
           Case{"label=%22bands%2520of%2520silicon%22", twice},
           Case{"label=%22bands+of+silicon%22", plus},
           Case{"attributes.energy=null",
                "null is a text here; missing values are found with attributes.energy=is=null"},
           Case{"attributes.flag=TRUE", "true is written in small letters and without quotes"},
           Case{"attributes.n>%225%22", "in quotes this is a text; numbers have none: attributes.n=5"},
       }) {
    CAPTURE(row.query);
    CHECK(hint(row.query) == row.hint);
  }
}

TEST_CASE("an empty list without a likely mistake has no hint", "[v2][hints]") {
  for (auto const* query :
       {"", "id=0", "label=silicon", "type=%22data.core.structure.StructureData.%22", "label=StructureData",
        "uuid=%22ed122747-d10a-4f0f-9267-6c3ac0ede538%22", "uuid=x", "state!=null", "type=like=%22%25data%25%22",
        "type=like=%22%2520%25%22", "label=ilike=%22%25DAta%25%22", "orderby=-id", "limit=0", "_=null",
        "ctime>2016-04-23T05:45%2B03:45"}) {
    CAPTURE(query);
    CHECK(hint(query).empty());
  }
  CHECK(hint("type=UpfFamily", "groups").empty());
}

TEST_CASE("a hint is one line of ASCII, whatever was asked for", "[v2][hints]") {
  for (auto const* query : {"type=%22Str%C3%BCctureData%22", "label=%22*%C3%BC%22", "uuid=%22ed%C3%BC%22"}) {
    CAPTURE(query);
    CHECK(std::ranges::all_of(hint(query), [](char byte) { return byte >= ' ' && byte <= '~'; }));
  }
}
