// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "grammar/operators.hpp"
#include "grammar/parse.hpp"

using namespace restapi;
using grammar::parse;

namespace {

Error refused(std::string_view text) {
  INFO(text);
  Result<ast::Query> query = parse(text);
  REQUIRE_FALSE(query);
  return query.error();
}

}  // namespace

TEST_CASE("a syntax error says what was expected and at which byte", "[grammar][error]") {
  struct Case {
    std::string_view text;
    std::size_t offset;
    std::string_view expected;
  };
  std::string_view const key = "a key", comparison = "an operator", value = "a value", quote = "a closing quote",
                         separator = "\",\" or \"&\"", digits = "two digits";
  Case const cases[] = {
      {"&", 0, key},
      {"&&", 0, key},
      {"&id=1", 0, key},
      {"id=1&&", 5, key},
      {"id=1&&a=2", 5, key},
      {"id=1& a=2", 5, key},
      {"=1", 0, key},
      {"1=1", 0, key},
      {" ", 0, key},
      {"\xC3\xA9=1", 0, key},
      {"id", 2, comparison},
      {"id&a=1", 2, comparison},
      {"id 1", 2, comparison},
      {"id!1", 2, comparison},
      {"a-b=1", 1, comparison},
      {"na\xC3\xAFve=1", 2, comparison},
      {"id=", 3, value},
      {"id=&a=1", 3, value},
      {"id=in=", 6, value},
      {"id=,1", 3, value},
      {"id=1,", 5, value},
      {"id=1,&", 5, value},
      {"id==1", 3, value},
      {"id=>1", 3, value},
      {"id<>1", 3, value},
      {"id>>1", 3, value},
      {"id= 1", 3, value},
      {"id=+", 3, value},
      {"id=-", 3, value},
      {"id=--1", 3, value},
      {"id=(1)", 3, value},
      {"label='x'", 6, value},
      {"label=\xC3\xA9", 6, value},
      {"label=%", 6, value},
      {R"(label=")", 6, quote},
      {R"(label="x)", 6, quote},
      {R"(label="x"")", 6, quote},
      {R"(a=1,"x","y&b=2)", 8, quote},
      {R"(label="x"y)", 9, separator},
      {R"(label="x" )", 9, separator},
      {R"(label=x"y")", 7, separator},
      {R"(label=like"y")", 10, separator},
      {"label=a b", 7, separator},
      {"label=a%", 7, separator},
      {"label=a\xC3\xA9", 7, separator},
      {"label=lik=x", 9, separator},
      {"id=1=2", 4, separator},
      {"id=1;a=2", 4, separator},
      {"id=1+1", 4, separator},
      {"t=12:30", 4, separator},
      {"t=2016-04-23+03", 12, separator},
      {"t=2016-04-23T05x", 15, separator},
      {"t=2016-04-23T05:45ZZ", 19, separator},
      {"t=2016-04-23T05:45+03Z", 21, separator},
      {"t=2016-04-23T05.5", 15, separator},
      {"t=2016-04-23T", 13, digits},
      {"t=2016-04-23T5", 13, digits},
      {"t=2016-04-23Test", 13, digits},
      {"t=2016-04-23T05:4", 16, digits},
      {"t=2016-04-23T05:45:", 19, digits},
      {"t=2016-04-23T05:45+3", 19, digits},
      {"t=2016-04-23T05:45:12.", 22, "a digit"},
      {"t=2016-04-23T05:45:12.+03", 22, "a digit"},
      {"t=2016-04-23T05:45+03:", 22, "two digits from 00 to 59"},
      {"t=2016-04-23T05:45+03:60", 22, "two digits from 00 to 59"},
      {"t=2016-04-23T05:45+03:5", 22, "two digits from 00 to 59"},
      {"t=2016-04-23T05:45+035", 21, "two digits from 00 to 59"},
      {"t=2016-04-23T05:45+0360", 21, "two digits from 00 to 59"},
      {"id=1&t=2016-04-23T5", 18, digits},
  };
  for (Case const& each : cases) {
    INFO(each.text);
    Error const error = refused(each.text);
    CHECK(error.code == Code::syntax);
    CHECK(error.message == "syntax error: expected " + std::string(each.expected));
    CHECK(error.offset.value() == each.offset);
    CHECK_FALSE(error.hint.empty());
  }
}

TEST_CASE("a control byte outside a string is a syntax error where it stands", "[grammar][error]") {
  CHECK(refused(std::string_view("id\0=1", 5)).offset == 2u);
  CHECK(refused(std::string_view("id=1\0", 5)).offset == 4u);
  CHECK(refused("id=1\n").offset == 4u);
}

TEST_CASE("the hint fits the slip", "[grammar][error]") {
  struct Case {
    std::string_view text;
    std::string_view hint;
  };
  Case const cases[] = {
      {"id=1&&a=2", "one & stands between two fields"},
      {"id==1", "the operators are = != "},
      {"id=>1", "the operators are = != "},
      {"my-tag=1", "a key is made of letters, digits and _"},
      {"computer.=1", "the steps of a path are joined by points"},
      {"id=1|id=2", "alternatives stand in parentheses"},
      {"id=1)", "there is no ( that it ends"},
      {"(id=1)(id=2)", "fields are joined by &"},
      {"(id=1", "alternatives end with a )"},
      {"!id=1", "what is negated stands in parentheses"},
      {"t=2016-04-23T05:45CET", "with Z, UTC or GMT; names of other zones are not known"},
      {"t=2016-04-23T05:45Europe/Zurich", "a date-time ends with its shift from UTC, as in 2016-04-23T05:45:12+03:45"},
      {"t=2016-04-23T05:45UTCX", "a date-time ends with its shift from UTC"},
      {"t=2016-04-23T05:45[Europe/Zurich]", "stands behind one: 2016-04-23T05:45:12+03:45[Asia/Kathmandu]"},
      {"label=a1[2]", "stands in double quotes: label=\"heavy water\""},
      {"label='water'", "strings stand in double quotes: label=\"water\""},
      {"label=heavy water", "stands in double quotes: label=\"heavy water\""},
      {R"(label="a"b")", "a quote inside a string is written twice"},
      {R"(label="water)", "the string that begins here does not end"},
      {R"(label=like"w%")", "a named operator ends with ="},
      {"label=lik=w", "the operators are = != "},
      {"id=in=1,,2", "one , stands between two values"},
      {"ctime>2016-04-23T5", "2016-04-23T05:45:12+03:45"},
      {"ctime>2016-04-23+03:45", "2016-04-23T05:45:12+03:45"},
      {"ctime>2016-04-23T05:45+03Z", "2016-04-23T05:45:12+03:45"},
      {"ctime>2016-04-23T05:45:12.25Z5", "2016-04-23T05:45:12+03:45"},
      {"ctime>2016-04-23T05:45+03455", "2016-04-23T05:45:12+03:45"},
      {"ctime>2016-04-23 05:45", "a date-time has a T: 2016-04-23T05:45"},
      {"label=5 disks", "text with a blank stands in double quotes"},
      {"id=3;id=4", "fields are joined by &"},
      {"label=\"a\";id=4", "fields are joined by &"},
      {"label=a;b", "text with a ; stands in double quotes"},
  };
  for (Case const& each : cases) {
    INFO(each.text);
    CHECK_THAT(refused(each.text).hint, Catch::Contains(std::string(each.hint)));
  }
}

TEST_CASE("every hint about operators names them all", "[grammar][error]") {
  for (std::string_view const text : {"id", "id==1", "label=lik=w"}) {
    std::string const hint = refused(text).hint + ' ';
    for (grammar::OperatorRow const& row : grammar::operators) {
      INFO(hint << " lacks " << row.text);
      bool const named = hint.find(' ' + std::string(row.text) + ' ') != std::string::npos ||
                         hint.find(' ' + std::string(row.text) + ';') != std::string::npos;
      CHECK(named);
    }
  }
}
