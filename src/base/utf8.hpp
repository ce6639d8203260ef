// SPDX-License-Identifier: MIT
/// The parts of UTF-8 (RFC 3629) that are needed to compare and decode text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace restapi::utf8 {

/// The bytes of the well-formed character that `text` begins with; 0 where there is none: the text is empty, cut
/// short, overlong, a surrogate, or beyond U+10FFFF.
std::size_t first_character(std::string_view text);

bool is_valid(std::string_view text);

/// Requires valid UTF-8, not empty.
std::string_view last_character(std::string_view text);

/// Requires exactly one well-formed character.
char32_t decode(std::string_view character);
std::string encode(char32_t code_point);

/// The code point after this one, surrogates passed over; nothing after U+10FFFF.
std::optional<char32_t> next_code_point(char32_t code_point);

}  // namespace restapi::utf8
