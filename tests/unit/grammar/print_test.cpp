// SPDX-License-Identifier: MIT
#include "grammar/print.hpp"

#include <catch2/catch.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "grammar/operators.hpp"
#include "grammar/parse.hpp"

using namespace restapi;

TEST_CASE("a query is printed in its canonical form", "[grammar][print]") {
  struct Case {
    std::string_view written;
    std::string_view canonical;
  };
  Case const cases[] = {
      {"", ""},
      {"id>45&", "id>45"},
      {"id=+007,-0", "id=7,0"},
      {R"(id>45&type=like="%data%")", R"(id>45&type=like="%data%")"},
      {R"(label="5"" disk","")", R"(label="5"" disk","")"},
      {"enabled=true,false", "enabled=true,false"},
      {"orderby=-scheduler_type,+name,id", "orderby=-scheduler_type,+name,id"},
      {"t=0016-04-03T05-03", "t=0016-04-03T05-03:00"},
      {"t=2016-04-23T05:45:02.250+03:45", "t=2016-04-23T05:45:02.250+03:45"},
      {"t=2016-04-23T05:45Z,2016-04-23T05:45:12.250z", "t=2016-04-23T05:45+00:00,2016-04-23T05:45:12.250+00:00"},
      {"t=2016-04-23T05:45+0345", "t=2016-04-23T05:45+03:45"},
      {"user.last_name=a&(b=1|!(c.d=2&e=3))&f=4", "user.last_name=a&f=4&(b=1|!(c.d=2&e=3))"},
      {"t=2016-04-23T05:45-00:00", "t=2016-04-23T05:45+00:00"},
      {"t=2016-04-23T05:45-00:30,2016-04-23T05+99:59", "t=2016-04-23T05:45-00:30,2016-04-23T05+99:59"},
  };
  for (Case const& each : cases) {
    INFO(each.written);
    Result<ast::Query> const query = grammar::parse(each.written);
    REQUIRE(query);
    CHECK(grammar::print(*query) == each.canonical);
  }
}

TEST_CASE("the operator table has each operator once, in the order of the enumeration", "[grammar][print]") {
  for (std::size_t index = 0; index < grammar::operators_in_order.size(); ++index) {
    auto const& row = grammar::operators_in_order[index];
    CHECK(static_cast<std::size_t>(row.comparison) == index);
    CHECK(&grammar::row_of(row.comparison) == &row);
    CHECK(grammar::print(row.comparison) == row.text);
  }
  CHECK(grammar::operators_in_order.back().comparison ==
        ast::Operator::of_type);  // the last enumerator: none is missing
}
