// SPDX-License-Identifier: MIT
#include "repository/hash.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace restapi::repository {

bool is_hash(std::string_view text, std::size_t digits) {
  return text.size() == digits && std::ranges::all_of(text, [](char digit) {
           return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
         });
}

std::string hex(unsigned char const* bytes, std::size_t size) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += digits[bytes[i] >> 4U];
    text += digits[bytes[i] & 15U];
  }
  return text;
}

std::string hash_of(std::string_view content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  bool const is_made = ::EVP_Digest(content.data(), content.size(), digest.data(), &size, ::EVP_sha256(), nullptr) == 1;
  return is_made ? hex(digest.data(), size) : std::string();
}

}  // namespace restapi::repository
