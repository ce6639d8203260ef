// SPDX-License-Identifier: MIT
#include "http/preferences.hpp"

#include <algorithm>
#include <string_view>

#include "base/ascii.hpp"

namespace restapi::http {
namespace {

struct Row {
  std::string_view name, value;  // an empty value: none
  bool Preferences::*member;
};

constexpr Row rows[] = {
    {"server-timing", "", &Preferences::server_timing},
    {"count", "exact", &Preferences::exact_count},
};

bool is_same_token(std::string_view token, std::string_view lower) {
  return std::ranges::equal(token, lower, {}, ascii_lower);
}

std::string_view unquoted(std::string_view text) {
  bool const is_quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return is_quoted ? text.substr(1, text.size() - 2) : text;
}

/// RFC 7240 §2: preferences are separated by commas; a value (`=`) or parameters (`;`) may follow the name. A comma in
/// a quoted value splits it, which does no harm: no piece of it is a preference of ours.
void take(Preferences& preferences, std::string_view list) {
  while (!list.empty()) {
    auto const item = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), item.size() + 1));
    auto const preference = item.substr(0, item.find(';'));
    auto const equals = std::min(preference.find('='), preference.size());
    auto const value = unquoted(trimmed(preference.substr(std::min(equals + 1, preference.size()))));
    for (auto const& row : rows)
      if (is_same_token(trimmed(preference.substr(0, equals)), row.name) && (row.value.empty() || value == row.value))
        preferences.*row.member = true;
  }
}

}  // namespace

Preferences preferences_of(std::vector<Header> const& headers) {
  Preferences preferences;
  for (auto const& [name, value] : headers)
    if (is_same_token(name, "prefer")) take(preferences, value);
  return preferences;
}

std::string applied(Preferences const& preferences) {
  std::string text;
  for (auto const& row : rows) {
    if (!(preferences.*row.member)) continue;
    if (!text.empty()) text += ", ";
    text += row.name;
    if (!row.value.empty()) text.append("=").append(row.value);
  }
  return text;
}

}  // namespace restapi::http
