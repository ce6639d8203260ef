// SPDX-License-Identifier: MIT
#include "base/keyed_hash.hpp"

#include <sodium.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace restapi {
namespace {

template <std::size_t size>
std::array<unsigned char, size> random_key() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start");
  std::array<unsigned char, size> key{};
  randombytes_buf(key.data(), key.size());
  return key;
}

unsigned char const* bytes_of(std::string_view text) { return reinterpret_cast<unsigned char const*>(text.data()); }

}  // namespace

std::size_t keyed_hash(std::string_view text) {
  static auto const key = random_key<crypto_shorthash_KEYBYTES>();
  std::array<unsigned char, crypto_shorthash_BYTES> hash{};
  crypto_shorthash(hash.data(), bytes_of(text), text.size(), key.data());
  std::size_t number = 0;
  static_assert(sizeof number == hash.size());
  std::memcpy(&number, hash.data(), sizeof number);
  return number;
}

std::string keyed_digest(std::string_view text) {
  static auto const key = random_key<crypto_generichash_KEYBYTES>();
  std::array<unsigned char, crypto_generichash_BYTES_MIN> digest{};
  crypto_generichash(digest.data(), digest.size(), bytes_of(text), text.size(), key.data(), key.size());
  std::string hexadecimal(2 * digest.size() + 1, '\0');
  sodium_bin2hex(hexadecimal.data(), hexadecimal.size(), digest.data(), digest.size());
  hexadecimal.pop_back();  // bin2hex ends with a zero byte
  return hexadecimal;
}

}  // namespace restapi
