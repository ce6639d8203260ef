// SPDX-License-Identifier: MIT
/// Stored JSON with its keys in order, as text, without a document in between.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/answer_limits.hpp"

namespace restapi {

/// Appends one JSON value with the keys of all its objects sorted and no white space; numbers, strings and escapes
/// stay byte for byte, but for what others write and JSON does not have: the numbers NaN, Infinity and -Infinity become
/// null, a byte of a string or key that is no UTF-8 becomes U+FFFD. `wanted`, asked for each key of the outermost
/// object (unescaped), chooses members; empty: all. False where `json` is not one well-formed value or nests deeper
/// than max_json_depth; `out` cannot be used then.
///
/// Takes time in proportion to the text, but for the sorting of keys, and memory for the text once more and up to 32
/// bytes for each member of an object whose keys are not in order. Where a mended text is longer than what `out` has
/// room for, memory is taken for that as well. Throws Interrupted.
bool append_sorted_json(std::string& out, std::string_view json, std::function<bool(std::string_view)> const& wanted,
                        AnswerLimits& limits);

inline constexpr int max_json_depth = 1000;

}  // namespace restapi
