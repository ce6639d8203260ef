// SPDX-License-Identifier: MIT
/// The gzip content coding (RFC 1952) by zlib.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/answer_limits.hpp"

namespace restapi::http {

/// Smaller texts gain nothing from it: bytes.
inline constexpr std::size_t worth_gzip = 1024;

/// Fast rather than small: JSON of rows shrinks to a tenth all the same. Throws Interrupted. What it has taken of the
/// limits is the capacity of the result.
std::string gzip(std::string_view text, AnswerLimits& limits);

}  // namespace restapi::http
