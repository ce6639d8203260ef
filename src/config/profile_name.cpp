// SPDX-License-Identifier: MIT
#include "config/profile_name.hpp"

#include <algorithm>
#include <array>

#include "base/printable.hpp"
#include "base/utf8.hpp"

namespace restapi::config {
namespace {

bool ends_in_password(std::string_view name) {
  constexpr std::string_view word = "password";
  if (name.size() < word.size()) return false;
  return std::ranges::equal(name.substr(name.size() - word.size()), word,
                            [](char a, char b) { return (a | 0x20) == b; });
}

}  // namespace

std::string check_profile_name(std::string_view name) {
  constexpr std::array<std::string_view, 6> taken{".", "..", "api", "content", "socket.io", "ws"};
  if (name.empty()) return "must not be empty";
  if (std::find(taken.begin(), taken.end(), name) != taken.end()) return "must not be \"" + std::string(name) + "\"";
  if (name.find('/') != name.npos) return "must not contain a /";
  if (!utf8::is_valid(name)) return "must be UTF-8";
  if (printable(name) != name) return "must not contain control characters";
  // Then what follows its = would be one, and be taken for a profile, which messages name.
  if (ends_in_password(name)) return "must not end in \"password\"";
  return "";
}

}  // namespace restapi::config
