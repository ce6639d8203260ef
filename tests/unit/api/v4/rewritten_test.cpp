// SPDX-License-Identifier: MIT
#include "api/v4/rewritten.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "api/v4/vocabulary.hpp"
#include "grammar/parse.hpp"
#include "grammar/print.hpp"

using namespace restapi;

namespace {

std::string rewritten(std::string const& text, char const* resource = "nodes") {
  auto query = grammar::parse(text, grammar::Tolerance::lenient);
  REQUIRE(query);
  api::v4::rewrite(*query, *api::v4::vocabulary().find_view(resource));
  return grammar::print(*query);
}

std::string const nothing = "id<-9223372036854775808", everything = "id>=-9223372036854775808";

}  // namespace

TEST_CASE("integers are compared by value, however they are written", "[v4][rewritten]") {
  CHECK(rewritten("id=5.0") == "id=5");
  CHECK(rewritten("id=\"5\"") == "id=5");
  CHECK(rewritten("id=1e3") == "id=1000");
  CHECK(rewritten("id=+5") == "id=5");
  CHECK(rewritten("id=-5.0") == "id=-5");
  CHECK(rewritten("id=5.5") == nothing);
  CHECK(rewritten("id!=5.5") == everything);
  CHECK(rewritten("id=99999999999999999999") == nothing);
  CHECK(rewritten("id=in=4,5.5,6.0,1e99") == "id=in=4,6");
  CHECK(rewritten("id=notin=5.5") == everything);
  CHECK(rewritten("id>5.5") == "id>5");
  CHECK(rewritten("id>=5.5") == "id>5");
  CHECK(rewritten("id<5.5") == "id<=5");
  CHECK(rewritten("id<=5.5") == "id<=5");
  CHECK(rewritten("id<=5.0") == "id<=5");
  CHECK(rewritten("id<-0.5") == "id<=-1");
  CHECK(rewritten("id>1e-400") == "id>0");
  CHECK(rewritten("id<99999999999999999999") == everything);
  CHECK(rewritten("id>99999999999999999999") == nothing);
  CHECK(rewritten("id<-1e400") == nothing);
  CHECK(rewritten("id>=-1e30") == everything);
  CHECK(rewritten("(id=5.0|!(pk>\"7\"))") == "(id=5|!(id>7))");
}

TEST_CASE("what is no number stays for the planner", "[v4][rewritten]") {
  CHECK(rewritten("id=abc") == "id=abc");
  CHECK(rewritten("id=\"\"") == "id=\"\"");
  CHECK(rewritten("id=1,2") == "id=1,2");
  CHECK(rewritten("label=5.0") == "label=5.0");
  CHECK(rewritten("limit=abc") == "limit=abc");
}

TEST_CASE("counts are cut to integers", "[v4][rewritten]") {
  CHECK(rewritten("limit=2.9") == "limit=2");
  CHECK(rewritten("offset=\"3\"") == "offset=3");
  CHECK(rewritten("offset=-0.5") == "offset=0");
  CHECK(rewritten("perpage=1e9") == "perpage=1000000000");
  CHECK(rewritten("limit=99999999999999999999") == "limit=9223372036854775807");
}

TEST_CASE("a time in quotes is an instant", "[v4][rewritten]") {
  CHECK(rewritten("ctime>\"2019-04-01T10:00:00+02:00\"") == "ctime>2019-04-01T10:00:00.000000+02:00");
  CHECK(rewritten("ctime=\"2019-04-01\"") == "ctime=2019-04-01T00:00:00.000000");
  CHECK(rewritten("ctime=\"2019-04-01 10:00\"") == "ctime=2019-04-01T10:00:00.000000");
  CHECK(rewritten("ctime=2019-04-01") == "ctime=2019-04-01");
  CHECK(rewritten("ctime=\"soon\"") == "ctime=\"soon\"");
}

TEST_CASE("names of AiiDA 1 and orders in quotes are today's", "[v4][rewritten]") {
  CHECK(rewritten("name=\"a\"&orderby=-name", "computers") == "label=\"a\"&orderby=-label");
  CHECK(rewritten("type=\"core\"", "groups") == "type_string=\"core\"");
  CHECK(rewritten("orderby=\"-ctime,id\",+pk") == "orderby=-ctime,id,+id");
}
