// SPDX-License-Identifier: MIT
/// The entry point of the grammar.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "grammar/ast.hpp"

namespace restapi::grammar {

inline constexpr int max_depth = 16;  ///< of groups in groups

/// How strictly a text is read.
enum class Tolerance {
  strict,   ///< grammar/query.ebnf
  lenient,  ///< and what stands there under "lenient": blanks between words, "-" in keys, an "&" before, a "," behind
};

/// Reads a decoded query string (no leading '?'), as grammar/query.ebnf says. The empty text is the empty query. On
/// failure: Code::syntax, a message ("syntax error: expected a value"), a hint, and the byte where that was expected;
/// offset ≤ text.size(). A string that never ends is reported at its opening quote. Takes any bytes: never throws,
/// never takes more than linear time.
Result<ast::Query> parse(std::string_view text, Tolerance tolerance = Tolerance::strict);

/// Reads what may stand before an operator, and nothing else. Nothing: it is none.
std::optional<ast::Key> parse_key(std::string_view text);

}  // namespace restapi::grammar
