// SPDX-License-Identifier: MIT
#include "exporters/number_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace restapi::exporters {

// As float.__repr__ of Python: fixed where the first digit stands for 10^-4 to 10^15.
std::string shortest(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
  std::array<char, 32> buffer{};
  auto const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::scientific);
  std::string_view const scientific(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
  auto digits = scientific.substr(scientific.find('e') + 1);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  int exponent = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  if (exponent < -4 || exponent >= 16) return std::string(scientific);
  auto const fixed = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed);
  std::string text(buffer.data(), fixed.ptr);
  if (text.find('.') == text.npos) text += ".0";
  return text;
}

}  // namespace restapi::exporters
