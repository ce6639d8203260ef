// SPDX-License-Identifier: MIT
/// Small texts with numbers and separators: 12:3,4.
#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace restapi {

/// The number that the whole text is; nothing where there is anything else in it, or it is out of range.
template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number = 0;
  auto const* const end = text.data() + text.size();
  auto const [stopped, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stopped == end ? std::optional(number) : std::nullopt;
}

/// What is before the next separator, or all of it; both are taken off.
inline std::string_view take_part(std::string_view& text, char separator) {
  auto const part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return part;
}

}  // namespace restapi
