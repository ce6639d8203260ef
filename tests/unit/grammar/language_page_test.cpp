// SPDX-License-Identifier: MIT
/// grammar/query.ebnf is normative, so the page, the parser and its rules are held against each other.
#include <catch2/catch.hpp>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "grammar/expectations.hpp"
#include "grammar/operators.hpp"
#include "grammar/parse.hpp"
#include "grammar/print.hpp"
#include "support/source_path.hpp"

using namespace restapi;

namespace {

using Names = std::set<std::string>;

std::vector<std::string> lines_of(std::string const& path) {
  std::ifstream file(test::source_path(path));
  REQUIRE(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::vector<std::smatch> matches_of(std::vector<std::string> const& lines, char const* pattern) {
  std::regex const expression(pattern);
  std::vector<std::smatch> matches;
  for (std::string const& line : lines) {
    for (std::sregex_iterator match(line.begin(), line.end(), expression), end; match != end; ++match) {
      matches.push_back(*match);
    }
  }
  return matches;
}

Names first_groups(std::vector<std::string> const& lines, char const* pattern) {
  Names names;
  for (std::smatch const& match : matches_of(lines, pattern)) names.insert(match[1]);
  return names;
}

std::vector<std::string> rule_sources() {
  std::vector<std::string> lines = lines_of("grammar/lexical_def.hpp");
  for (std::string& line : lines_of("grammar/query_def.hpp")) lines.push_back(std::move(line));
  return lines;
}

}  // namespace

TEST_CASE("every accepted example of the language page is parsed", "[grammar][page]") {
  std::vector<std::string> const page = lines_of("grammar/query.ebnf");
  std::vector<std::smatch> const examples = matches_of(page, R"(^# accepted: ?(.*)$)");
  CHECK(examples.size() >= 25);
  for (std::smatch const& example : examples) {
    INFO(example[0].str());
    CHECK(grammar::parse(example[1].str()));
  }
}

TEST_CASE("every refused example of the language page fails where it says", "[grammar][page]") {
  std::vector<std::string> const page = lines_of("grammar/query.ebnf");
  std::vector<std::smatch> const examples = matches_of(page, R"(^# refused at (\d+), ([^:]+): (.*)$)");
  CHECK(examples.size() >= 25);
  for (std::smatch const& example : examples) {
    INFO(example[0].str());
    Result<ast::Query> const query = grammar::parse(example[3].str());
    REQUIRE_FALSE(query);
    CHECK(query.error().offset.value() == std::stoul(example[1].str()));
    CHECK(query.error().message == "syntax error: expected " + example[2].str());
  }
}

TEST_CASE("every comment that looks like an example is one", "[grammar][page]") {
  std::vector<std::string> const page = lines_of("grammar/query.ebnf");
  CHECK(matches_of(page, "^# ?(accepted|refused)").size() ==
        matches_of(page, R"(^# accepted: ?(.*)$)").size() +
            matches_of(page, R"(^# refused at (\d+), ([^:]+): (.*)$)").size());
}

TEST_CASE("what the language page calls lenient is read so, and only so", "[grammar][page]") {
  std::vector<std::string> const page = lines_of("grammar/query.ebnf");
  std::vector<std::smatch> const taken = matches_of(page, R"(^# lenient: ?(.*)$)");
  CHECK(taken.size() >= 7);
  for (std::smatch const& example : taken) {
    INFO(example[0].str());
    CHECK(grammar::parse(example[1].str(), grammar::Tolerance::lenient));
    CHECK_FALSE(grammar::parse(example[1].str()));
  }
  std::vector<std::smatch> const refused = matches_of(page, R"(^# lenient, refused at (\d+), ([^:]+): (.*)$)");
  CHECK(refused.size() >= 4);
  for (std::smatch const& example : refused) {
    INFO(example[0].str());
    Result<ast::Query> const query = grammar::parse(example[3].str(), grammar::Tolerance::lenient);
    REQUIRE_FALSE(query);
    CHECK(query.error().offset.value() == std::stoul(example[1].str()));
    CHECK(query.error().message == "syntax error: expected " + example[2].str());
  }
}

TEST_CASE("every other example of the language page means the same when it is read leniently", "[grammar][page]") {
  std::vector<std::string> const page = lines_of("grammar/query.ebnf");
  for (std::smatch const& example : matches_of(page, R"(^# accepted: ?(.*)$)")) {
    INFO(example[0].str());
    auto const strictly = grammar::parse(example[1].str());
    auto const leniently = grammar::parse(example[1].str(), grammar::Tolerance::lenient);
    REQUIRE(leniently);
    CHECK(grammar::print(*leniently) == grammar::print(*strictly));
  }
}

TEST_CASE("offsets of what is read leniently count the blanks", "[grammar][page]") {
  auto const query = grammar::parse("  id  >=  5 & label = \"a\"", grammar::Tolerance::lenient);
  REQUIRE(query);
  REQUIRE(query->clauses.size() == 2);
  CHECK(query->clauses[0].offset == 2);
  CHECK(query->clauses[0].operator_offset == 6);
  CHECK(query->clauses[0].literals[0].offset == 10);
  CHECK(query->clauses[1].offset == 14);
}

TEST_CASE("the language page has the operators of the table and no others", "[grammar][page]") {
  std::vector<std::string> const page = lines_of("grammar/query.ebnf");
  std::vector<std::smatch> const production = matches_of(page, R"(^comparison +::= (.*)$)");
  REQUIRE(production.size() == 1);
  Names const on_page = first_groups({production[0][1].str()}, "\"([^\"]+)\"");
  Names in_table;
  for (grammar::OperatorRow const& row : grammar::operators) in_table.insert(std::string(row.text));
  CHECK(on_page == in_table);
}

TEST_CASE("the fuzzer's dictionary has the operators of the table", "[grammar][page]") {
  Names const in_dictionary = first_groups(lines_of("tests/fuzz/grammar.dict"), "^\"(.+)\"$");
  for (grammar::OperatorRow const& row : grammar::operators) CHECK(in_dictionary.contains(std::string(row.text)));
}

TEST_CASE("the hint at a missing operator names those of the table", "[grammar][page]") {
  std::string operators = "the operators are";
  for (grammar::OperatorRow const& row : grammar::operators) operators += " " + std::string(row.text);
  CHECK(grammar::parse("id").error().hint == operators + "; a key is made of letters, digits and _");
}

TEST_CASE("each operator of the table is explained in docs/query-language.md, not only listed", "[grammar][page]") {
  std::vector<std::string> explanations;
  bool is_generated = false;
  for (std::string& line : lines_of("docs/query-language.md")) {
    is_generated = line.starts_with("<!-- generated: ") || (is_generated && line != "<!-- end -->");
    if (!is_generated) explanations.push_back(std::move(line));
  }
  Names const explained = first_groups(explanations, "`([=!<>][^` ]*)`");
  for (grammar::OperatorRow const& row : grammar::operators) {
    CAPTURE(row.text);
    CHECK(explained.contains(std::string(row.text)));
  }
}

TEST_CASE("the language page has the rules of the parser and no others", "[grammar][page]") {
  std::vector<std::string> const sources = rule_sources();
  Names in_parser;
  for (std::smatch const& rule : matches_of(sources, R"re(^x3::rule<.*> const (\w+) = "(\w+)";)re")) {
    CHECK(rule[1].str() == rule[2].str());
    in_parser.insert(rule[2]);
  }
  CHECK(in_parser.size() == matches_of(sources, "x3::rule<").size());
  Names const on_page = first_groups(lines_of("grammar/query.ebnf"), R"(^(\w+) +::= )");
  CHECK(on_page == in_parser);
}

TEST_CASE("every rule that the parser insists on has words for a person", "[grammar][page]") {
  std::vector<std::string> const sources = rule_sources();
  Names insisted = first_groups(sources, R"(x3::expect\[(\w+)\])");
  insisted.merge(first_groups(sources, R"( > (\w+))"));
  insisted.erase("literals");  // it begins with a literal, and insists on that itself
  Names explained, explained_always;
  for (grammar::Expectation const& row : grammar::expectations) {
    explained.insert(std::string(row.rule));
    if (row.after.empty() && row.at.empty()) explained_always.insert(std::string(row.rule));
  }
  CHECK(insisted.contains("end_of_clause"));
  CHECK(explained == insisted);
  CHECK(explained_always == insisted);
}
