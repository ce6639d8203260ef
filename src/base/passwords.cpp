// SPDX-License-Identifier: MIT
#include "base/passwords.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace restapi {
namespace {

constexpr std::string_view hidden = "…";
constexpr std::string_view keyword = "password";
constexpr std::string_view blanks = " \t\r\n";

/// Where the word begins, which is of small letters, in whatever letters the text has it; npos: nowhere.
std::size_t find_word(std::string_view text, std::string_view word) {
  auto const found = std::search(text.begin(), text.end(), word.begin(), word.end(),
                                 [](char a, char b) { return ascii_lower(a) == b; });
  return found == text.end() ? text.npos : static_cast<std::size_t>(found - text.begin());
}

/// Where the value after `password`, blanks and `=` begins; npos where there is none.
std::size_t value_after(std::string_view text, std::size_t keyword_end) {
  auto const sign = text.find_first_not_of(blanks, keyword_end);
  if (sign == text.npos || text[sign] != '=') return text.npos;
  return std::min(text.find_first_not_of(blanks, sign + 1), text.size());
}

/// The end of a value: of a quoted one its quote (backslashes escape), else a blank, a quote around the whole, or `&`.
std::size_t end_of_value(std::string_view text, std::size_t begin) {
  if (begin == text.size() || text[begin] != '\'')
    return std::min(text.find_first_of(" \t\r\n\"&", begin), text.size());
  auto end = begin + 1;
  while (end < text.size() && text[end] != '\'') end += text[end] == '\\' ? 2 : 1;
  return std::min(end + 1, text.size());
}

std::string without_keywords(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    auto const found = find_word(text, keyword);
    if (found == text.npos) break;
    auto const end = found + keyword.size();
    auto const value = value_after(text, end);
    result += text.substr(0, value == text.npos ? end : value);
    if (value != text.npos) result += hidden;
    text.remove_prefix(value == text.npos ? end : end_of_value(text, value));
  }
  return result += text;
}

/// Where a database's URI has its user or host, well-formed or not: after `postgresql://`, `mysql://`, `postgres:/`.
/// npos: there is none.
std::size_t authority_of(std::string_view word) {
  constexpr std::string_view postgres = "postgres", ql = "ql", separators = ":/;\\";
  auto const found = find_word(word, postgres);
  auto end = word.npos;
  if (found != word.npos) {
    end = found + postgres.size();
    if (find_word(word.substr(end, ql.size()), ql) == 0) end += ql.size();
  } else if (auto const scheme = word.find("://"); scheme != word.npos) {
    auto const before = word.substr(0, scheme);
    if (!before.ends_with("http") && !before.ends_with("https")) end = scheme;
  }
  if (end >= word.size() || separators.find(word[end]) == separators.npos) return word.npos;
  return std::min(word.find_first_not_of(separators, end), word.size());
}

/// `postgresql://reader:secret/x` → `postgresql://reader:…`.
std::string without_what_follows_user(std::string_view word) {
  auto const authority = authority_of(word);
  auto const colon = authority == word.npos ? word.npos : word.find(':', authority);
  if (colon == word.npos || colon + 1 == word.size()) return std::string(word);
  return std::string(word.substr(0, colon + 1)).append(hidden);
}

/// `scheme://user:secret@host` → `scheme://user:…@host`.
std::string without_user_password(std::string_view word) {
  auto const at = word.rfind('@');
  if (at == word.npos) return without_what_follows_user(word);
  auto colon = word.find(':');
  if (colon < at && word.substr(colon + 1, 1) == "/") colon = word.find(':', colon + 1);  // the scheme's
  if (colon >= at) return std::string(word);
  return std::string(word.substr(0, colon + 1)).append(hidden).append(word.substr(at));
}

}  // namespace

std::string without_passwords(std::string_view text) {
  auto const shown = without_keywords(text);
  std::string result;
  for (std::size_t begin = 0; begin < shown.size();) {
    auto const end = std::min(shown.find_first_of(" \t\r\n\"", begin), shown.size());
    result += without_user_password(std::string_view(shown).substr(begin, end - begin));
    if (end < shown.size()) result += shown[end];
    begin = end + 1;
  }
  return result;
}

bool may_hold_password(std::string_view name) { return name.find_first_of(":/@=") != name.npos; }

std::string shown_name(std::string_view name) { return std::string(may_hold_password(name) ? hidden : name); }

std::string shown_missing_path(std::string_view path) {
  auto const sign = path.find_first_of(":=");
  if (sign != path.npos && sign + 1 < path.size()) return std::string(path.substr(0, sign + 1)).append(hidden);
  auto const at = path.rfind('@');
  return at == path.npos ? std::string(path) : std::string(hidden).append(path.substr(at));
}

}  // namespace restapi
