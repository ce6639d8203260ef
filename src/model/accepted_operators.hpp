// SPDX-License-Identifier: MIT
/// Which operators each type accepts: one row per type (docs/query-language.md is printed from it).
#pragma once

#include <algorithm>
#include <array>
#include <span>

#include "grammar/operators.hpp"
#include "model/type.hpp"

namespace restapi::model {

struct Acceptance {
  Type type;
  std::span<grammar::Family const> families;
};

namespace families {
using enum grammar::Family;
inline constexpr std::array only_equality{equality, presence};
inline constexpr std::array but_patterns{equality, order, membership, presence};
inline constexpr std::array all{equality, order, pattern, membership, presence, beginning};
}  // namespace families

inline constexpr Acceptance acceptances[] = {
    {Type::integer, families::but_patterns},
    {Type::text, families::all},
    {Type::uuid, families::all},
    {Type::boolean, families::only_equality},
    {Type::datetime, families::but_patterns},
};

/// Only what is in a JSON document takes these; it takes all others, too.
inline constexpr std::array only_of_documents{grammar::Family::member, grammar::Family::elements,
                                              grammar::Family::length, grammar::Family::json_type};

static_assert(std::ranges::all_of(grammar::operators,
                                  [](auto const& row) {
                                    bool const is_of_columns =
                                        std::ranges::any_of(acceptances, [&](auto const& of_type) {
                                          return std::ranges::find(of_type.families, row.family) !=
                                                 of_type.families.end();
                                        });
                                    return is_of_columns != (std::ranges::find(only_of_documents, row.family) !=
                                                             only_of_documents.end());
                                  }),
              "each family of operators is accepted by some type, or by documents alone");

constexpr bool accepts(Type type, ast::Operator comparison) {
  auto const family = grammar::row_of(comparison).family;
  return std::ranges::any_of(acceptances, [&](auto const& row) {
    return row.type == type && std::ranges::find(row.families, family) != row.families.end();
  });
}

}  // namespace restapi::model
