// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "base/utf8.hpp"
#include "query/fold.hpp"
#include "support/query_generator.hpp"

using namespace restapi;
using test::QueryGenerator;

namespace {

constexpr int rounds = 50'000;

QueryGenerator generator() { return QueryGenerator(Catch::getResultCapture().getCurrentTestName()); }

/// Mostly around the places where the length of a character changes.
std::string character(QueryGenerator& generate) {
  static std::vector<char32_t> const edges = {'a',    'b',    '~',    0x7F,    0x80,     0x7FF,   0x800,
                                              0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFE, 0x10FFFF};
  return utf8::encode(generate.pick(edges));
}

std::string text(QueryGenerator& generate, std::size_t longest) {
  std::string result;
  for (auto count = generate.below(longest + 1); count > 0; --count) result += character(generate);
  return result;
}

}  // namespace

TEST_CASE("after_prefix parts the texts that begin with the prefix from those behind", "[property][fold]") {
  auto generate = generator();
  for (int round = 0; round < rounds; ++round) {
    auto const prefix = text(generate, 3);
    auto const after = query::after_prefix(prefix);
    auto const inside = prefix + text(generate, 3);
    auto const other = text(generate, 5);
    if (!after) {
      // Nothing lies behind: every text from the prefix on begins with it.
      if (other >= prefix && !other.starts_with(prefix)) FAIL("nothing after the prefix, but a text is");
      continue;
    }
    if (!utf8::is_valid(*after)) FAIL("no UTF-8");
    if (!(prefix <= inside && inside < *after)) FAIL("a text that begins with the prefix lies outside");
    if ((other >= prefix && other < *after) != other.starts_with(prefix)) FAIL("a stranger lies inside");
  }
}

TEST_CASE("code points survive encoding and their order is that of the bytes", "[property][utf8]") {
  std::string before;
  char32_t code_point = 0;
  for (std::optional<char32_t> next = 0; next; next = utf8::next_code_point(code_point)) {
    code_point = *next;
    auto const encoded = utf8::encode(code_point);
    if (utf8::first_character(encoded) != encoded.size() || utf8::decode(encoded) != code_point)
      FAIL("code point " << static_cast<unsigned>(code_point));
    if (code_point > 0 && !(before < encoded)) FAIL("order at " << static_cast<unsigned>(code_point));
    before = encoded;
  }
  CHECK(code_point == 0x10FFFF);
}
