// SPDX-License-Identifier: MIT
#include "query/pattern.hpp"

#include <catch2/catch.hpp>

using namespace restapi;
using query::Pattern;
using Kind = Pattern::Piece::Kind;

namespace {

bool matches(std::string_view text, std::string_view pattern, bool fold = false) {
  return query::Matcher(*query::read_pattern(pattern, fold))(text);
}

bool like(std::string_view text, std::string_view pattern) { return matches(text, pattern); }
bool ilike(std::string_view text, std::string_view pattern) { return matches(text, pattern, true); }

}  // namespace

TEST_CASE("every row of the document's table of patterns holds", "[query][pattern][document]") {
  CHECK(like("aiida", "a%d_"));
  CHECK_FALSE(like("AiiDA", "a%d_"));
  CHECK(ilike("aiida", "a%d_"));
  CHECK(ilike("AiiDA", "a%d_"));
  CHECK_FALSE(like("aiida", "a_d_"));
  CHECK(like("aiida", "aii%d_a"));
  CHECK(like("cdfd48f9-7ed2-4969-ba06-09c752b83d2", "cdfd48%"));
  CHECK(like("This calculation is 100% useful", "This calculation is %\\% useful"));
  CHECK_FALSE(like("This calculation is 100 useful", "This calculation is %\\% useful"));
}

TEST_CASE("an underscore is one character or none", "[query][pattern]") {
  CHECK(like("", "_"));
  CHECK(like("a", "_"));
  CHECK(like("\xC3\xA9", "_"));  // a character is a code point, not a byte
  CHECK(like("\xF0\x9F\x98\x80", "_"));
  CHECK_FALSE(like("ab", "_"));
  CHECK(like("ab", "__"));
  CHECK(like("ac", "a_c"));
  CHECK(like("abc", "a_c"));
  CHECK_FALSE(like("abbc", "a_c"));
  CHECK(like("aa", "_aa"));
  CHECK(like("baa", "_aa"));
}

TEST_CASE("a percent sign is any run of characters", "[query][pattern]") {
  CHECK(like("", "%"));
  CHECK(like("anything\xC3\xA9", "%"));
  CHECK(like("data.Data.", "%data%"));
  CHECK_FALSE(like("DATA.", "%data%"));
  CHECK(ilike("data.Data.", "%DATA%"));
  CHECK(like("aXbXc", "a%b%c"));
  CHECK_FALSE(like("aXcXb", "a%b%c"));
  CHECK(like("abab", "%ab"));
  CHECK_FALSE(like("abab", "ab"));
  CHECK(like("", ""));
  CHECK_FALSE(like("a", ""));
}

TEST_CASE("a backslash makes the next character literal", "[query][pattern]") {
  CHECK(like("100%", "100\\%"));
  CHECK_FALSE(like("1000", "100\\%"));
  CHECK(like("a_b", "a\\_b"));
  CHECK_FALSE(like("ab", "a\\_b"));
  CHECK(like("a\\b", "a\\\\b"));
  CHECK(like("ab", "a\\b"));
  CHECK(like("a\xC3\xA9", "a\\\xC3\xA9"));
  CHECK(like("a\\", "a\\"));  // at the end it stands for itself
}

TEST_CASE("ilike ignores ASCII case only", "[query][pattern]") {
  CHECK(ilike("AIIDA", "aiida"));
  CHECK(ilike("aiida", "AIIDA"));
  CHECK(ilike("[", "["));
  CHECK_FALSE(ilike("{", "["));
  CHECK_FALSE(ilike("\xC3\x89", "\xC3\xA9"));
}

TEST_CASE("patterns have a normal form", "[query][pattern]") {
  auto const pieces = [](std::string_view text) { return query::read_pattern(text, false)->pieces; };
  CHECK(pieces("").empty());
  CHECK(pieces("a%d_") ==
        std::vector<Pattern::Piece>{{Kind::text, "a"}, {Kind::any}, {Kind::text, "d"}, {Kind::optional, "", 1}});
  CHECK(pieces("%%") == pieces("%"));
  CHECK(pieces("_%__%_") == pieces("%"));
  CHECK(pieces("___") == std::vector<Pattern::Piece>{{Kind::optional, "", 3}});
  CHECK(pieces("\\a") == pieces("a"));
  CHECK(query::read_pattern("ABC", true)->pieces[0].text == "abc");
  for (auto const* text : {"", "a%d_", "100\\%\\_\\\\", "__%\xC3\xA9", "\\"}) {
    CAPTURE(text);
    auto const pattern = *query::read_pattern(text, false);
    CHECK(*query::read_pattern(query::write_pattern(pattern), false) == pattern);
  }
}

TEST_CASE("the beginning that all matches share", "[query][pattern]") {
  auto const prefix = [](std::string_view text, bool fold) { return query::read_pattern(text, fold)->prefix(); };
  CHECK(prefix("data.%", false) == "data.");
  CHECK(prefix("data\\%x_", false) == "data%x");
  CHECK(prefix("water", false) == "water");
  CHECK(prefix("%data", false).empty());
  CHECK(prefix("_data", false).empty());
  CHECK(prefix("", false).empty());
  CHECK(prefix("data.%", true).empty());
  CHECK(query::read_pattern("a_", false)->has_optional());
  CHECK_FALSE(query::read_pattern("a\\_%_%", false)->has_optional());
}

TEST_CASE("in a pattern of SQL, _ is exactly one character", "[query][pattern]") {
  auto const matches = [](std::string_view pattern, std::string_view text, bool fold = false) {
    return query::Matcher(*query::read_sql_pattern(pattern, fold))(text);
  };
  CHECK(matches("a_", "ab"));
  CHECK_FALSE(matches("a_", "a"));
  CHECK_FALSE(matches("a_", "abc"));
  CHECK(matches("_", "\xC3\xA9"));
  CHECK(matches("%_", "ab"));
  CHECK_FALSE(matches("%_", ""));
  CHECK(matches("_%_", "ab"));
  CHECK_FALSE(matches("_%_", "a"));
  CHECK(matches("a%_c%", "axbcx"));
  CHECK_FALSE(matches("a%_c%", "acx"));
  CHECK(matches("\\__", "_x"));
  CHECK_FALSE(matches("\\__", "xx"));
  CHECK(matches("A_", "ab", true));
  CHECK(matches(std::string(100, '_'), std::string(100, 'x')));
  CHECK_FALSE(matches(std::string(100, '_'), std::string(101, 'x')));
  for (auto const* text : {"a_%_b", "\\_\\%__", "%", ""})
    CHECK(query::write_pattern(*query::read_sql_pattern(text, false)) == text);
  CHECK(query::read_sql_pattern("ab_", false)->prefix() == "ab");
}

TEST_CASE("patterns beyond the limits are refused", "[query][pattern][error]") {
  CHECK(query::read_pattern(std::string(query::max_pattern_bytes, 'a'), false));
  auto const too_long = query::read_pattern(std::string(query::max_pattern_bytes + 1, 'a'), false);
  REQUIRE_FALSE(too_long);
  CHECK(too_long.error().code == Code::pattern_too_complex);
  CHECK(too_long.error().message == "the pattern is too long");
  CHECK(query::read_pattern(std::string(query::max_optional_characters, '_'), false));
  auto const too_many = query::read_pattern(std::string(query::max_optional_characters + 1, '_'), false);
  REQUIRE_FALSE(too_many);
  CHECK(too_many.error().code == Code::pattern_too_complex);
  CHECK(too_many.error().message == "the pattern has too many _");
  // Those that a % swallows do not count.
  CHECK(query::read_pattern(std::string(500, '_') + "%", false));
  std::string apart;
  for (std::size_t i = 0; i <= query::max_optional_characters; ++i) apart += "_a";
  CHECK_FALSE(query::read_pattern(apart, false));
}

TEST_CASE("hostile patterns over long texts come to an end", "[query][pattern]") {
  std::string pattern;
  for (int i = 0; i < 490; ++i) pattern += "%a";
  CHECK_FALSE(like(std::string(2'000, 'a') + "b", pattern));
  std::string optional(query::max_optional_characters, '_');
  CHECK_FALSE(like(std::string(5'000, 'a'), "%a" + optional + "b"));
}

TEST_CASE("long texts are read in time that grows with them alone, and it may be enough", "[query][pattern]") {
  std::string const text(std::size_t{16} << 20, 'a');
  std::string const repeated(900, 'a'), optional(query::max_optional_characters, '_');
  CHECK_FALSE(like(text, "%" + repeated + optional + "b"));
  CHECK_FALSE(like(text, "%" + repeated + "b%"));
  CHECK_FALSE(like(text, "%a_a_a%b_b%"));
  CHECK(like(text, "%" + repeated + optional));
  for (auto const& pattern : {"%" + repeated + optional + "b", "%" + repeated + "b%"}) {
    query::Matcher const matcher(*query::read_pattern(pattern, false));
    int asked = 0;
    CHECK_FALSE(matcher.match(text, [&] { return ++asked == 3; }));  // not known
    CHECK(asked == 3);
  }
}

TEST_CASE("places for a character reach over words of the automaton", "[query][pattern]") {
  for (std::size_t const size : {62, 63, 64, 65, 127, 128, 129}) {
    CAPTURE(size);
    std::string const before(size, 'a'), optional(query::max_optional_characters, '_');
    CHECK(like(before + "b", before + optional + "b"));
    CHECK(like(before + std::string(64, 'x') + "b", before + optional + "b"));
    CHECK_FALSE(like(before + std::string(65, 'x') + "b", before + optional + "b"));
    CHECK(like("xyz" + before + "\xC3\xA9" + "b!", "%" + before + "_b%"));
  }
}

TEST_CASE("texts that are no UTF-8 match byte by byte", "[query][pattern]") {
  CHECK(like("\xFF\xFE", "%"));
  CHECK(like("\xFF", "_"));
  CHECK_FALSE(like("\xFF\xFF", "_"));
  CHECK(like("\xFF", "\xFF"));
  CHECK(like("a\xC3", "a_"));
}
