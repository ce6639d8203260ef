// SPDX-License-Identifier: MIT
/// Which operators each type accepts: one row per type (docs/query-language.md is printed from it).
#pragma once

#include "grammar/ast.hpp"
#include "model/type.hpp"

namespace restapi::model {

struct Acceptance {
  Type type;
  bool equality;    ///< =  !=
  bool order;       ///< <  >  <=  >=
  bool pattern;     ///< =like=  =ilike=
  bool membership;  ///< =in=  =notin=
};

inline constexpr Acceptance acceptances[] = {
    // type          equality order  pattern membership
    {Type::integer, true, true, false, true},  {Type::text, true, true, true, true},
    {Type::uuid, true, true, true, true},      {Type::boolean, true, false, false, false},
    {Type::datetime, true, true, false, true},
};

/// Every operator in the order in which documents and hints list them.
inline constexpr ast::Operator all_operators[] = {
    ast::Operator::equal,      ast::Operator::not_equal,     ast::Operator::less, ast::Operator::greater,
    ast::Operator::less_equal, ast::Operator::greater_equal, ast::Operator::like, ast::Operator::ilike,
    ast::Operator::in,         ast::Operator::not_in,
};

constexpr bool accepts(Type type, ast::Operator comparison) {
  using ast::Operator;
  for (auto const& row : acceptances) {
    if (row.type != type) continue;
    switch (comparison) {
      case Operator::equal:
      case Operator::not_equal:
        return row.equality;
      case Operator::less:
      case Operator::greater:
      case Operator::less_equal:
      case Operator::greater_equal:
        return row.order;
      case Operator::like:
      case Operator::ilike:
        return row.pattern;
      case Operator::in:
      case Operator::not_in:
        return row.membership;
    }
  }
  return false;
}

}  // namespace restapi::model
