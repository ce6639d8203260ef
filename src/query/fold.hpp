// SPDX-License-Identifier: MIT
/// How strings compare in this service: ASCII letters are folded to lower case, everything else compares by code
/// point (which is the byte order of UTF-8). The databases do the same: lower(x COLLATE "C"), lower(x).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace restapi::query {

std::string fold(std::string_view text);

/// The least text greater than every text that begins with `prefix`; nothing when there is none (prefix is empty
/// or all U+10FFFF). Requires valid UTF-8.
std::optional<std::string> after_prefix(std::string_view prefix);

}  // namespace restapi::query
