// SPDX-License-Identifier: MIT
/// The gzip content coding (RFC 1952) by zlib.
#pragma once

#include <string>
#include <string_view>

#include "base/answer_limits.hpp"

namespace restapi::http {

/// Fast rather than small: JSON of rows shrinks to a tenth all the same. Throws Interrupted. What it has taken of the
/// limits is the capacity of the result.
std::string gzip(std::string_view text, AnswerLimits& limits);

}  // namespace restapi::http
