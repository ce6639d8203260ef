// SPDX-License-Identifier: MIT
#include "query/fold.hpp"

#include "base/utf8.hpp"

namespace restapi::query {

std::string fold(std::string_view text) {
  std::string folded(text);
  for (auto& byte : folded)
    if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte + ('a' - 'A'));
  return folded;
}

std::optional<std::string> after_prefix(std::string_view prefix) {
  while (!prefix.empty()) {
    auto const last = utf8::last_character(prefix);
    prefix.remove_suffix(last.size());
    auto const next = utf8::next_code_point(utf8::decode(last));
    if (next) return std::string(prefix) + utf8::encode(*next);
  }
  return std::nullopt;
}

}  // namespace restapi::query
