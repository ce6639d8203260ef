// SPDX-License-Identifier: MIT
/// Letters of ASCII, whatever the locale: as protocols and option names compare them.
#pragma once

#include <string>

namespace restapi {

constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr char ascii_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

inline std::string in_ascii_lower_case(std::string text) {
  for (char& c : text) c = ascii_lower(c);
  return text;
}

}  // namespace restapi
