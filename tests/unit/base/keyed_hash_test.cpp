// SPDX-License-Identifier: MIT
#include "base/keyed_hash.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <cstring>
#include <functional>
#include <set>
#include <unordered_map>

using namespace restapi;

namespace {

// libstdc++'s hash of two words: MurmurHash64A with a seed that everybody knows.
constexpr std::uint64_t factor = 0xc6a4a7935bd1e995;
constexpr std::uint64_t seed = 0xc70f6907;

constexpr std::uint64_t inverse_factor = [] {
  std::uint64_t inverse = 1;
  for (int i = 0; i < 6; ++i) inverse *= 2 - factor * inverse;  // Newton, modulo 2 to the 64
  return inverse;
}();

constexpr std::uint64_t shifted(std::uint64_t word) { return word ^ (word >> 47); }

/// Texts of 16 bytes that std::hash cannot tell apart: the second word undoes what the first one did.
std::string colliding(std::uint64_t first) {
  constexpr std::uint64_t same_for_all = 42;
  auto const after_first = ((seed ^ (16 * factor)) ^ (shifted(first * factor) * factor)) * factor;
  auto const second = shifted((same_for_all ^ after_first) * inverse_factor) * inverse_factor;
  std::string text(16, '\0');
  std::memcpy(text.data(), &first, 8);
  std::memcpy(text.data() + 8, &second, 8);
  return text;
}

}  // namespace

TEST_CASE("texts that are made to collide do not", "[keyed_hash]") {
  std::set<std::size_t> known, keyed;
  std::unordered_map<std::string, int, KeyedHash> table;
  for (std::uint64_t number = 0; number < 20'000; ++number) {
    auto const text = colliding(number);
    known.insert(std::hash<std::string>{}(text));
    keyed.insert(keyed_hash(text));
    table.emplace(text, 0);
  }
  CHECK(known.size() == 1);
  CHECK(keyed.size() == 20'000);
  std::size_t fullest = 0;
  for (std::size_t place = 0; place < table.bucket_count(); ++place)
    fullest = std::max(fullest, table.bucket_size(place));
  CHECK(fullest < 20);
}

TEST_CASE("the same text has the same hash, another one another", "[keyed_hash]") {
  CHECK(keyed_hash("") == keyed_hash({}));
  CHECK(keyed_hash("a") == KeyedHash{}(std::string("a")));
  CHECK(keyed_hash("a") != keyed_hash("b"));
  CHECK(keyed_digest("a") == keyed_digest("a"));
  CHECK(keyed_digest("a") != keyed_digest("b"));
  CHECK(keyed_digest("").size() == 32);
}
