// SPDX-License-Identifier: MIT
#include "sql/qualify.hpp"

#include <algorithm>

namespace restapi::sql {
namespace {

constexpr std::string_view mark = "@";
constexpr std::string_view table = "db_db";

bool is_plain(char c) {
  bool const is_ascii = static_cast<unsigned char>(c) < 0x80;
  return !is_ascii || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == ' ';
}

/// Whoever made the schema chose its name, and may have hoped that its quotes end ours, or that its colon is taken for
/// a placeholder. In this form (PostgreSQL 15, 4.1.2.3) no such character is left.
std::string quoted(std::string_view name) {
  if (std::ranges::all_of(name, is_plain)) return '"' + std::string(name) + '"';
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string text = "U&\"";
  for (char const c : name) {
    if (is_plain(c)) {
      text += c;
      continue;
    }
    auto const byte = static_cast<unsigned char>(c);
    text += "\\00";
    text += hex[byte >> 4];
    text += hex[byte & 15];
  }
  return text + '"';
}

std::string replace_marks(std::string_view text, std::string_view by) {
  std::string replaced;
  replaced.reserve(text.size() + 4 * by.size());
  for (std::size_t begin = 0; begin < text.size();) {
    auto const at = std::min(text.find(mark, begin), text.size());
    replaced += text.substr(begin, at - begin);
    begin = at;
    if (at == text.size()) break;
    begin += mark.size();
    replaced += text.substr(begin).starts_with(table) ? by : mark;
  }
  return replaced;
}

}  // namespace

std::string qualify(std::string_view text, std::string_view schema) {
  return replace_marks(text, quoted(schema) + '.');
}

std::string without_marks(std::string_view text) { return replace_marks(text, ""); }

}  // namespace restapi::sql
