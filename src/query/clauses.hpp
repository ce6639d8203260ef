// SPDX-License-Identifier: MIT
/// The clauses of a query, told apart: what is reserved, and what is a filter.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "grammar/ast.hpp"
#include "query/vocabulary.hpp"

namespace restapi::query {

inline constexpr std::size_t max_filters = 100;  ///< in one query, with those in groups

/// Views of the query and the vocabulary that it was made of.
struct Clauses {
  struct Reserved {
    ReservedKey const* key;
    ast::Clause const* clause;
  };
  std::vector<Reserved> reserved = {};           ///< each key once, by name
  std::vector<ast::Clause const*> filters = {};  ///< in the order written
  std::vector<ast::Group const*> groups = {};    ///< likewise

  Reserved const* find(Meaning meaning) const;        ///< or nullptr
  Reserved const* find(std::string_view name) const;  ///< or nullptr
  bool has(Meaning meaning) const { return find(meaning) != nullptr; }
  bool has_filters() const { return !filters.empty() || !groups.empty(); }
  bool empty() const { return reserved.empty() && !has_filters(); }
};

/// only_assignment, repeated_key; key_elsewhere: a reserved key in a group; out_of_range: too many filters.
Result<Clauses> sort_out(ast::Query const& query, Vocabulary const& vocabulary);

}  // namespace restapi::query
