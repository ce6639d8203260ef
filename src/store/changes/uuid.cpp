// SPDX-License-Identifier: MIT
#include "store/changes/uuid.hpp"

#include <cstddef>

namespace restapi::store {
namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr bool is_dash(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }
constexpr std::size_t length = 36;

}  // namespace

Uuid uuid_of(std::string_view text) {
  Uuid uuid = {};
  if (text.size() != length) return uuid;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < length; ++i) {
    if (is_dash(i)) {
      if (text[i] != '-') return {};
      continue;
    }
    auto const value = digit(text[i]);
    if (value < 0) return {};
    auto& byte = uuid[digits++ / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | value);
  }
  return uuid;
}

std::string text_of(Uuid const& uuid) {
  if (uuid == Uuid{}) return {};
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text;
  text.reserve(length);
  for (auto const byte : uuid) {
    if (is_dash(text.size())) text += '-';
    text += hex[byte >> 4];
    text += hex[byte & 15];
  }
  return text;
}

}  // namespace restapi::store
