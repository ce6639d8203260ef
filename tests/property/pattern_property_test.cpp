// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "base/utf8.hpp"
#include "query/fold.hpp"
#include "query/pattern.hpp"
#include "support/query_generator.hpp"

using namespace restapi;
using test::QueryGenerator;

namespace {

constexpr int rounds = 20'000;

QueryGenerator generator() { return QueryGenerator(Catch::getResultCapture().getCurrentTestName()); }

std::size_t character_at(std::string_view text) { return std::max<std::size_t>(1, utf8::first_character(text)); }

/// The definition of docs/query-language.md, as plainly as it can be said. Exponential: for short texts only.
bool naive_match(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  auto const wildcard = pattern[0];
  auto const rest = pattern.substr(1);
  if (wildcard == '%' || wildcard == '_') {
    if (naive_match(rest, text)) return true;  // no character
    if (text.empty()) return false;
    return naive_match(wildcard == '%' ? pattern : rest, text.substr(character_at(text)));
  }
  auto const literal = wildcard == '\\' && !rest.empty() ? rest : pattern;
  auto const length = character_at(literal);
  return text.starts_with(literal.substr(0, length)) && naive_match(literal.substr(length), text.substr(length));
}

std::string random_text(QueryGenerator& generate, std::vector<std::string> const& pieces, std::size_t longest) {
  std::string text;
  for (auto count = generate.below(longest + 1); count > 0; --count) text += generate.pick(pieces);
  return text;
}

std::vector<std::string> const pattern_pieces = {"a", "b", "A", "\xC3\xA9", "%", "%", "_", "_", "\\", "\\%", "\\_"};
std::vector<std::string> const text_pieces = {"a", "a", "b", "A", "\xC3\xA9", "%", "_", "\\"};

/// A text that is likely to match: the pattern with its wildcards filled in.
std::string filled(QueryGenerator& generate, std::string_view pattern) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '%')
      text += random_text(generate, text_pieces, 2);
    else if (pattern[i] == '_')
      text += random_text(generate, text_pieces, 1);
    else if (pattern[i] == '\\' && i + 1 < pattern.size())
      text += pattern[++i];
    else
      text += pattern[i];
  }
  return text;
}

}  // namespace

TEST_CASE("the automaton says what the definition says", "[property][pattern]") {
  auto generate = generator();
  int matches = 0;
  for (int round = 0; round < rounds; ++round) {
    auto const written = random_text(generate, pattern_pieces, 8);
    auto const text = generate.one_in(2) ? filled(generate, written) : random_text(generate, text_pieces, 8);
    auto const pattern = query::read_pattern(written, false);
    REQUIRE(pattern);
    auto const expected = naive_match(written, text);
    matches += expected;
    if (query::Matcher(*pattern)(text) != expected) FAIL("pattern " << written << " text " << text);
    auto const folded = query::read_pattern(written, true);
    REQUIRE(folded);
    if (query::Matcher(*folded)(text) != naive_match(query::fold(written), query::fold(text)))
      FAIL("folded pattern " << written << " text " << text);
  }
  // Both answers are met often, else the comparison says little.
  CHECK(matches > rounds / 4);
  CHECK(matches < rounds * 3 / 4);
}

TEST_CASE("a pattern survives being written", "[property][pattern]") {
  auto generate = generator();
  for (int round = 0; round < rounds; ++round) {
    auto const written = generate.string().text;
    bool const fold = generate.one_in(2);
    auto const pattern = query::read_pattern(written, fold);
    REQUIRE(pattern);
    auto const again = query::read_pattern(query::write_pattern(*pattern), fold);
    REQUIRE(again);
    if (!(*again == *pattern)) FAIL("pattern " << written);
  }
}

TEST_CASE("every match begins with the pattern's beginning", "[property][pattern]") {
  auto generate = generator();
  for (int round = 0; round < rounds; ++round) {
    auto const written = random_text(generate, pattern_pieces, 8);
    auto const pattern = *query::read_pattern(written, false);
    auto const text = filled(generate, written);
    if (!query::Matcher(pattern)(text)) continue;
    auto const prefix = pattern.prefix();
    if (!text.starts_with(prefix)) FAIL("pattern " << written << " text " << text);
    auto const after = query::after_prefix(prefix);
    if (after && !(text >= prefix && text < *after)) FAIL("range of " << written << " misses " << text);
  }
}
