// SPDX-License-Identifier: MIT
/// Whether two queries say the same: everything compared but the offsets.
#pragma once

#include <algorithm>

#include "grammar/ast.hpp"

namespace restapi::test {

inline bool same_query(ast::Query const& left, ast::Query const& right) {
  auto const same_literal = [](ast::Literal const& a, ast::Literal const& b) { return a.value == b.value; };
  auto const same_clause = [&](ast::Clause const& a, ast::Clause const& b) {
    return a.key == b.key && a.comparison == b.comparison && std::ranges::equal(a.literals, b.literals, same_literal);
  };
  return std::ranges::equal(left.clauses, right.clauses, same_clause);
}

}  // namespace restapi::test
