// SPDX-License-Identifier: MIT
#include "base/utf8.hpp"

namespace restapi::utf8 {
namespace {

unsigned byte_at(std::string_view text, std::size_t position) { return static_cast<unsigned char>(text[position]); }

bool is_continuation(unsigned byte) { return (byte & 0xC0) == 0x80; }

}  // namespace

std::size_t first_character(std::string_view text) {
  if (text.empty()) return 0;
  auto const lead = byte_at(text, 0);
  if (lead < 0x80) return 1;
  std::size_t const length = lead >= 0xC2 && lead <= 0xDF   ? 2
                             : (lead & 0xF0) == 0xE0        ? 3
                             : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                            : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if (!is_continuation(byte_at(text, i))) return 0;
  // The second byte excludes overlong forms, surrogates and what lies beyond U+10FFFF (RFC 3629 §4).
  auto const second = byte_at(text, 1);
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) ||
      (lead == 0xF4 && second > 0x8F))
    return 0;
  return length;
}

bool is_valid(std::string_view text) {
  while (!text.empty()) {
    auto const length = first_character(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string_view last_character(std::string_view text) {
  auto start = text.size() - 1;
  while (start > 0 && is_continuation(byte_at(text, start))) --start;
  return text.substr(start);
}

char32_t decode(std::string_view character) {
  auto const lead = byte_at(character, 0);
  if (lead < 0x80) return lead;
  char32_t code_point = lead & (character.size() == 2 ? 0x1Fu : character.size() == 3 ? 0x0Fu : 0x07u);
  for (std::size_t i = 1; i < character.size(); ++i) code_point = (code_point << 6) | (byte_at(character, i) & 0x3Fu);
  return code_point;
}

std::string encode(char32_t code_point) {
  auto const continuation = [&](int shift) { return static_cast<char>(0x80 | ((code_point >> shift) & 0x3F)); };
  if (code_point < 0x80) return {static_cast<char>(code_point)};
  if (code_point < 0x800) return {static_cast<char>(0xC0 | (code_point >> 6)), continuation(0)};
  if (code_point < 0x10000) return {static_cast<char>(0xE0 | (code_point >> 12)), continuation(6), continuation(0)};
  return {static_cast<char>(0xF0 | (code_point >> 18)), continuation(12), continuation(6), continuation(0)};
}

std::optional<char32_t> next_code_point(char32_t code_point) {
  if (code_point >= 0x10FFFF) return std::nullopt;
  return code_point == 0xD7FF ? 0xE000 : code_point + 1;
}

}  // namespace restapi::utf8
