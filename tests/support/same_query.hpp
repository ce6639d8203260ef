// SPDX-License-Identifier: MIT
/// Whether two queries say the same: everything compared but the offsets.
#pragma once

#include <algorithm>

#include "grammar/ast.hpp"

namespace restapi::test {

inline bool same_query(ast::Query const& left, ast::Query const& right) {
  auto const same_literal = [](ast::Literal const& a, ast::Literal const& b) { return a.value == b.value; };
  auto const same_clause = [&](ast::Clause const& a, ast::Clause const& b) {
    return a.key == b.key && a.path == b.path && a.comparison == b.comparison &&
           std::ranges::equal(a.literals, b.literals, same_literal);
  };
  auto const same_group = [](ast::Group const& a, ast::Group const& b) {
    return a.is_negated == b.is_negated && std::ranges::equal(a.alternatives, b.alternatives, same_query);
  };
  return std::ranges::equal(left.clauses, right.clauses, same_clause) &&
         std::ranges::equal(left.groups, right.groups, same_group);
}

}  // namespace restapi::test
