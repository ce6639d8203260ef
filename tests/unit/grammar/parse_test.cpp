// SPDX-License-Identifier: MIT
#include "grammar/parse.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/print.hpp"

using namespace restapi;
using grammar::parse;

namespace {

using Value = decltype(ast::Literal::value);

ast::Query parsed(std::string_view text) {
  INFO(text);
  Result<ast::Query> query = parse(text);
  if (!query) FAIL(query.error().message << " at byte " << query.error().offset.value_or(0));
  return *std::move(query);
}

/// The values of the only clause of the text.
std::vector<Value> values(std::string_view text) {
  ast::Query const query = parsed(text);
  REQUIRE(query.clauses.size() == 1);
  std::vector<Value> result;
  for (ast::Literal const& literal : query.clauses[0].literals) result.push_back(literal.value);
  return result;
}

Value value(std::string const& literal) {
  std::vector<Value> const all = values("key=" + literal);
  REQUIRE(all.size() == 1);
  return all[0];
}

}  // namespace

TEST_CASE("every query of the API's documentation is understood", "[grammar][parse]") {
  struct Case {
    std::string_view text;
    std::size_t clauses;
  };
  Case const cases[] = {
      {R"(scheduler_type="slurm")", 1},
      {R"(id>45&type=like="%data%")", 2},
      {"limit=3&offset=2", 2},
      {"orderby=+id", 1},
      {"orderby=+name", 1},
      {"orderby=-uuid", 1},
      {"alist=append_text,prepend_text", 1},
      {"ctime>2016-04-23T05:45+03:45", 1},
      {"ctime<2016-04-23T05:45", 1},
      {"mtime>=2016-04-23", 1},
      {R"(name=like="a%d_")", 1},
      {R"(name=ilike="a%d_")", 1},
      {R"(name=like="a_d_")", 1},
      {R"(name=like="aii%d_a")", 1},
      {R"(uuid=like="cdfd48%")", 1},
      {R"(description=like="This calculation is %\% useful")", 1},
      {"id=in=45,56,78", 1},
      {R"(scheduler_type=in="slurm","pbs"&state="FINISHED")", 2},
      {"id>578", 1},
      {"last_login>2014-04-07", 1},
      {R"(last_name<="m")", 1},
      {R"(type="data.Data.")", 1},
      {R"(type="data.folder.FolderData.")", 1},
      {"limit=3&offset=2&orderby=id", 3},
      {"limit=2&offset=8&orderby=-id", 3},
      {"limit=2", 1},
      {R"(type="data.array.kpoints.KpointsData.")", 1},
      {"alist=append_text,is_local", 1},
      {"elist=trialBool,trialInt", 1},
      {R"(first_name=ilike="aii%")", 1},
      {"limit=10&orderby=-user_id", 2},
  };
  for (Case const& each : cases) {
    INFO(each.text);
    CHECK(parsed(each.text).clauses.size() == each.clauses);
  }
}

TEST_CASE("the empty text is the empty query", "[grammar][parse]") {
  CHECK(parsed("").clauses.empty());
  CHECK(parsed(std::string_view()).clauses.empty());
}

TEST_CASE("one ampersand may end a query", "[grammar][parse]") {
  CHECK(parsed("id>45&").clauses.size() == 1);
  CHECK(parsed("label=\"&\"&").clauses.size() == 1);
}

TEST_CASE("of two operators that begin alike the longer is read", "[grammar][parse]") {
  struct Case {
    std::string_view text;
    ast::Operator comparison;
  };
  Case const cases[] = {
      {"a=1", ast::Operator::equal},        {"a!=1", ast::Operator::not_equal},  {"a<1", ast::Operator::less},
      {"a>1", ast::Operator::greater},      {"a<=1", ast::Operator::less_equal}, {"a>=1", ast::Operator::greater_equal},
      {"a=like=1", ast::Operator::like},    {"a=ilike=1", ast::Operator::ilike}, {"a=in=1", ast::Operator::in},
      {"a=notin=1", ast::Operator::not_in}, {"a=like", ast::Operator::equal},    {"a=in,notin", ast::Operator::equal},
  };
  for (Case const& each : cases) {
    INFO(each.text);
    CHECK(parsed(each.text).clauses.at(0).comparison == each.comparison);
  }
  CHECK(values("a=like") == std::vector<Value>{ast::Word{"like"}});
}

TEST_CASE("a literal is the longest run of bytes that it can be", "[grammar][parse]") {
  struct Case {
    std::string text;
    Value value;
  };
  Case const cases[] = {
      {"45", ast::Integer{"45"}},
      {"-45", ast::Integer{"-45"}},
      {"+5", ast::Integer{"5"}},
      {"0", ast::Integer{"0"}},
      {"-0", ast::Integer{"0"}},
      {"000", ast::Integer{"0"}},
      {"-007", ast::Integer{"-7"}},
      {"20160423", ast::Integer{"20160423"}},
      {"123456789012345678901234567890", ast::Integer{"123456789012345678901234567890"}},
      {"true", ast::Boolean{true}},
      {"false", ast::Boolean{false}},
      {"45abc", ast::Word{"45abc"}},
      {"1.5", ast::Word{"1.5"}},
      {"-1.5", ast::Word{"1.5", '-'}},
      {"1-2", ast::Word{"1-2"}},
      {"true1", ast::Word{"true1"}},
      {"false.", ast::Word{"false."}},
      {"True", ast::Word{"True"}},
      {"-true", ast::Word{"true", '-'}},
      {"slurm", ast::Word{"slurm"}},
      {"append_text", ast::Word{"append_text"}},
      {"-scheduler_type", ast::Word{"scheduler_type", '-'}},
      {"+name", ast::Word{"name", '+'}},
      {"data.Data.", ast::Word{"data.Data."}},
      {".", ast::Word{"."}},
      {"338357f4-f236", ast::Word{"338357f4-f236"}},
      {"338357f4-f236-4f9c-8fbe-cd550dc6b858", ast::Word{"338357f4-f236-4f9c-8fbe-cd550dc6b858"}},
      {"2016-04-23x", ast::Word{"2016-04-23x"}},
      {"2016-04-23-03", ast::Word{"2016-04-23-03"}},
      {"2016-04-23.", ast::Word{"2016-04-23."}},
      {"2016-04", ast::Word{"2016-04"}},
      {"2016-4-23", ast::Word{"2016-4-23"}},
      {"12016-04-23", ast::Word{"12016-04-23"}},
      {"2016-04-23t05", ast::Word{"2016-04-23t05"}},
      {"-2016-04-23", ast::Word{"2016-04-23", '-'}},
  };
  for (Case const& each : cases) {
    INFO(each.text);
    CHECK(value(each.text) == each.value);
  }
}

TEST_CASE("a date-time keeps what was written and no more", "[grammar][parse]") {
  struct Case {
    std::string text;
    ast::DateTime moment;
  };
  Case const cases[] = {
      {"2016-04-23", {2016, 4, 23}},
      {"2016-04-23T05", {2016, 4, 23, 5}},
      {"2016-04-23T05:45", {2016, 4, 23, 5, 45}},
      {"2016-04-23T05:45:12", {2016, 4, 23, 5, 45, 12}},
      {"2016-04-23T05:45:12.250", {2016, 4, 23, 5, 45, 12, "250"}},
      {"2016-04-23T05:45:12.000000000000001", {2016, 4, 23, 5, 45, 12, "000000000000001"}},
      {"2016-04-23T05+03", {2016, 4, 23, 5, {}, {}, "", 180}},
      {"2016-04-23T05-03", {2016, 4, 23, 5, {}, {}, "", -180}},
      {"2016-04-23T05:45+03:45", {2016, 4, 23, 5, 45, {}, "", 225}},
      {"2016-04-23T05:45-00:30", {2016, 4, 23, 5, 45, {}, "", -30}},
      {"2016-04-23T05:45-00:00", {2016, 4, 23, 5, 45, {}, "", 0}},
      {"2016-04-23T05:45:12.5+99:59", {2016, 4, 23, 5, 45, 12, "5", 5999}},
      {"0000-00-00T99:99:99", {0, 0, 0, 99, 99, 99}},
  };
  for (Case const& each : cases) {
    INFO(each.text);
    CHECK(value(each.text) == Value(each.moment));
  }
}

TEST_CASE("a string holds any byte and a doubled quote is one", "[grammar][parse]") {
  struct Case {
    std::string literal;
    std::string text;
  };
  Case const cases[] = {
      {R"("")", ""},
      {R"("water")", "water"},
      {R"("a&b=c<d>e,f+g h")", "a&b=c<d>e,f+g h"},
      {R"("""")", R"(")"},
      {R"("""""")", R"("")"},
      {R"("""a""b""")", R"("a"b")"},
      {R"("%\%_'")", R"(%\%_')"},
      {"\"caf\xC3\xA9 \xE6\xB0\xB4\"", "caf\xC3\xA9 \xE6\xB0\xB4"},
      {"\"\xFF\xFE\"", "\xFF\xFE"},
      {std::string("\"a\0b\"", 5), std::string("a\0b", 3)},
  };
  for (Case const& each : cases) {
    INFO(each.literal);
    CHECK(value(each.literal) == Value(ast::String{each.text}));
  }
}

TEST_CASE("a list may mix kinds of literal", "[grammar][parse]") {
  CHECK(values(R"(a=in=45,"x,y",true,-b)") ==
        std::vector<Value>{ast::Integer{"45"}, ast::String{"x,y"}, ast::Boolean{true}, ast::Word{"b", '-'}});
}

TEST_CASE("clauses, operators and literals know the byte where they begin", "[grammar][parse]") {
  ast::Query const query = parsed(R"(id>=45&label=in="a&b",word,2016-04-23)");
  REQUIRE(query.clauses.size() == 2);
  CHECK(query.clauses[0].offset == 0);
  CHECK(query.clauses[0].operator_offset == 2);
  CHECK(query.clauses[0].literals.at(0).offset == 4);
  CHECK(query.clauses[1].offset == 7);
  CHECK(query.clauses[1].operator_offset == 12);
  REQUIRE(query.clauses[1].literals.size() == 3);
  CHECK(query.clauses[1].literals[0].offset == 16);
  CHECK(query.clauses[1].literals[1].offset == 22);
  CHECK(query.clauses[1].literals[2].offset == 27);
}

TEST_CASE("keys repeat and keep their order", "[grammar][parse]") {
  ast::Query const query = parsed("b=1&a=2&b=3");
  REQUIRE(query.clauses.size() == 3);
  CHECK(query.clauses[0].key == "b");
  CHECK(query.clauses[1].key == "a");
  CHECK(query.clauses[2].key == "b");
}

TEST_CASE("a view into a longer text is read to its end only", "[grammar][parse]") {
  std::string_view const text = "id=45,56\"&";
  CHECK(values(text.substr(0, 5)) == std::vector<Value>{ast::Integer{"45"}});
  CHECK(parse(text.substr(0, 6)).error().offset.value() == 6u);
}

TEST_CASE("a great many of one thing are read without depth", "[grammar][parse]") {
  std::size_t const many = 100'000;
  std::string const digits(many, '9');
  CHECK(value(digits) == Value(ast::Integer{digits}));

  std::string quotes(2 * many, '"');
  CHECK(value('"' + quotes + '"') == Value(ast::String{std::string(many, '"')}));
  CHECK(parse("key=" + quotes + '"').error().offset.value() == 4u);

  std::string list = "key=1";
  for (std::size_t count = 1; count < many; ++count) list += ",1";
  CHECK(values(list).size() == many);

  std::string fields;
  for (std::size_t count = 0; count < many; ++count) fields += "a=1&";
  CHECK(parsed(fields).clauses.size() == many);
  CHECK(parse(fields + '&').error().offset.value() == 4 * many);
}
