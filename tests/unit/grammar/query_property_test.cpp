// SPDX-License-Identifier: MIT
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "grammar/parse.hpp"
#include "grammar/print.hpp"
#include "support/query_generator.hpp"
#include "support/same_query.hpp"

using namespace restapi;
using test::QueryGenerator;
using test::same_query;

namespace {

constexpr int rounds = 10'000;

QueryGenerator generator() { return QueryGenerator(Catch::getResultCapture().getCurrentTestName()); }

/// Every offset points at what it says, and they rise.
bool offsets_hold(ast::Query const& query, std::string_view text) {
  std::size_t least = 0;
  for (ast::Clause const& clause : query.clauses) {
    std::string_view const comparison = grammar::print(clause.comparison);
    if (clause.offset < least || text.substr(clause.offset, clause.key.size()) != clause.key) return false;
    if (text.substr(clause.operator_offset, comparison.size()) != comparison) return false;
    least = clause.operator_offset + comparison.size();
    for (ast::Literal const& literal : clause.literals) {
      if (literal.offset < least || literal.offset >= text.size()) return false;
      if (std::string_view("&,=<>! ").find(text[literal.offset]) != std::string_view::npos) return false;
      least = literal.offset + 2;  // at least a byte and a separator
    }
  }
  return true;
}

/// Any text is a query that survives printing, or an error that says where.
void check_any(std::string const& text) {
  Result<ast::Query> const query = grammar::parse(text);
  bool sound = false;
  if (query) {
    Result<ast::Query> const again = grammar::parse(grammar::print(*query));
    sound = again && same_query(*query, *again) && offsets_hold(*query, text);
  } else {
    Error const& error = query.error();
    sound = error.code == Code::syntax && error.offset && *error.offset <= text.size() &&
            error.message.starts_with("syntax error: expected ") && !error.hint.empty();
  }
  if (!sound) FAIL("not sound: " << Catch::StringMaker<std::string>::convert(text));
}

}  // namespace

TEST_CASE("what was printed is parsed as the same query", "[grammar][property]") {
  QueryGenerator generate = generator();
  for (int round = 0; round < rounds; ++round) {
    ast::Query const query = generate.query();
    std::string const text = grammar::print(query);
    Result<ast::Query> const again = grammar::parse(text);
    if (!again || !same_query(query, *again) || !offsets_hold(*again, text)) FAIL("came back otherwise: " << text);
  }
  SUCCEED();
}

TEST_CASE("any pieces of the language are a query or an error with its place", "[grammar][property]") {
  QueryGenerator generate = generator();
  for (int round = 0; round < rounds; ++round) check_any(generate.noise());
  SUCCEED();
}

TEST_CASE("a damaged query is a query or an error with its place", "[grammar][property]") {
  QueryGenerator generate = generator();
  for (int round = 0; round < rounds; ++round) check_any(generate.damaged(grammar::print(generate.query())));
  SUCCEED();
}

TEST_CASE("what stands before an error in a query's text does not change by what stands behind",
          "[grammar][property]") {
  QueryGenerator generate = generator();
  int errors = 0;
  for (int round = 0; round < rounds; ++round) {
    std::string const text = generate.damaged(grammar::print(generate.query()));
    Result<ast::Query> const whole = grammar::parse(text);
    if (whole || whole.error().message == "syntax error: expected a closing quote") continue;
    ++errors;
    std::string const good = grammar::print(generate.query());
    std::string const longer = good.empty() ? text : good + '&' + text;
    std::size_t const moved = longer.size() - text.size() + *whole.error().offset;
    if (text.empty() || text.front() == '&') continue;
    Result<ast::Query> const later = grammar::parse(longer);
    if (later || later.error().offset != moved) FAIL("error elsewhere: " << longer);
  }
  CHECK(errors > rounds / 10);
}

TEST_CASE("generated literals are of every kind", "[grammar][property]") {
  QueryGenerator generate = generator();
  bool seen[std::variant_size_v<decltype(ast::Literal::value)>] = {};
  for (int round = 0; round < 1000; ++round) seen[generate.literal().value.index()] = true;
  CHECK(std::ranges::all_of(seen, [](bool kind) { return kind; }));
}

TEST_CASE("generated keys keep to the vocabulary", "[grammar][property]") {
  QueryGenerator generate("vocabulary", {"id", "label"});
  for (int round = 0; round < 100; ++round) {
    std::string const key = generate.clause().key;
    bool const known = key == "id" || key == "label";
    CHECK(known);
  }
}
