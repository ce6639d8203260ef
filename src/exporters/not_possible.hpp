// SPDX-License-Identifier: MIT
/// What exporters answer where a node has not what a format needs.
#pragma once

#include <string>
#include <utility>

#include "base/answer_limits.hpp"
#include "base/error.hpp"

namespace restapi::exporters {

/// The sentence says what is wrong with the node, such as "the structure has no cell".
inline Error not_possible(std::string sentence) { return {Code::export_not_possible, std::move(sentence)}; }

/// For files beyond largest_answer. Exporters look while they write: a small node may ask for a large file.
inline Error too_large() { return {Code::answer_too_large, "the file would be larger than an answer may be"}; }

}  // namespace restapi::exporters
