// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "base/utf8.hpp"
#include "http/target.hpp"
#include "support/query_generator.hpp"

using namespace restapi;
using test::QueryGenerator;

namespace {

constexpr int rounds = 50'000;

QueryGenerator generator() { return QueryGenerator(Catch::getResultCapture().getCurrentTestName()); }

std::string concatenated(QueryGenerator& generate, std::vector<std::string> const& pieces) {
  std::string text;
  for (auto count = generate.below(12); count > 0; --count) text += generate.pick(pieces);
  return text;
}

/// Well-formed and broken escapes, raw characters, stray bytes.
std::string sent(QueryGenerator& generate) {
  static std::vector<std::string> const pieces = {
      "%", "%2",        "%25", "%22", "%c3", "%a9", "%e2%82", "%AC", "\xC3\xA9", "da",  "d",    "a",  "&",
      "=", "%f0%9f%98", "%80", "/",   "?",   "%2F", "+",      "%20", "\"",       "%ff", "\xFF", "%00"};
  return concatenated(generate, pieces);
}

}  // namespace

TEST_CASE("what is encoded is decoded to itself", "[property][target]") {
  static std::vector<std::string> const pieces = {
      "%", "%25", "%41", "%c3", "%a9", "\xC3\xA9", "\xF0\x9F\x98\x80", "a", "1", "\"", "<", ">", "#", " ", "\\", "/",
      "?", "+",   "&",   "da",  "=",   "'"};
  auto generate = generator();
  for (int round = 0; round < rounds; ++round) {
    auto const text = concatenated(generate, pieces);
    auto const encoded = http::percent_encode(text);
    auto const decoded = http::percent_decode(encoded);
    if (!decoded || *decoded != text) FAIL("text " << text << " encoded " << encoded);
    if (encoded.find_first_of("<>\" #\\^`{|}") != encoded.npos) FAIL("not fit for a URI: " << encoded);
  }
}

TEST_CASE("decoded text is UTF-8 without control characters", "[property][target]") {
  auto generate = generator();
  for (int round = 0; round < rounds; ++round) {
    auto const text = sent(generate);
    auto const decoded = http::percent_decode(text);
    if (!decoded) {
      REQUIRE(decoded.error().offset);
      if (*decoded.error().offset >= text.size()) FAIL("offset outside " << text);
      continue;
    }
    if (!utf8::is_valid(*decoded)) FAIL("no UTF-8: " << text);
    for (char const byte : *decoded)
      if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F) FAIL("control character: " << text);
  }
}

TEST_CASE("an offset leads back to the byte it came from", "[property][target]") {
  auto generate = generator();
  for (int round = 0; round < rounds; ++round) {
    auto const text = sent(generate);
    auto const decoded = http::percent_decode(text);
    if (!decoded) continue;
    if (http::offset_before_decoding(text, decoded->size()) != text.size()) FAIL("end of " << text);
    // Where a character begins, decoding the rest gives the rest.
    for (std::size_t offset = 0; offset < decoded->size(); offset += utf8::first_character(decoded->substr(offset))) {
      auto const before = http::offset_before_decoding(text, offset);
      auto const rest = http::percent_decode(text.substr(before));
      if (!rest || *rest != decoded->substr(offset)) FAIL("byte " << offset << " of " << text);
    }
  }
}

TEST_CASE("any bytes are a target or an error", "[property][target]") {
  auto generate = generator();
  for (int round = 0; round < rounds; ++round) {
    auto const text =
        generate.one_in(2) ? "/api/v2/" + generate.noise() : generate.damaged("http://h/a?" + sent(generate));
    auto const target = http::read_target(text);
    if (!target) {
      if (target.error().offset.value_or(0) > text.size()) FAIL("offset outside");
      continue;
    }
    if (!utf8::is_valid(target->decoded_path) || !utf8::is_valid(target->decoded_query)) FAIL("no UTF-8");
    for (auto const& segment : target->segments)
      if (!utf8::is_valid(segment)) FAIL("segment is no UTF-8");
  }
}
