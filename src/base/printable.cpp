// SPDX-License-Identifier: MIT
#include "base/printable.hpp"

#include "base/utf8.hpp"

namespace restapi {

std::string printable(std::string_view text, std::size_t most) {
  std::string out;
  out.reserve(text.size() < most ? text.size() : most);
  while (!text.empty()) {
    auto const length = utf8::first_character(text);
    auto const taken = length == 0 ? 1 : length;
    if (most < taken) return out + "\xE2\x80\xA6";
    most -= taken;
    auto const code_point = length == 0 ? 0 : utf8::decode(text.substr(0, length));
    bool const is_control = code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
    if (is_control || code_point == 0xFFFE || code_point == 0xFFFF)
      out += "\xEF\xBF\xBD";
    else
      out += text.substr(0, length);
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace restapi
