// SPDX-License-Identifier: MIT
/// The order of a list's rows, as what they are compared by, and where in it a row stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/projection.hpp"

namespace restapi::query {

/// By a column, or by what is at a path of a document: numbers first, then texts, then everything else. Without a value
/// last, or first if descending.
struct SortKey {
  Operand operand;
  bool descending = false;
};

/// What rows are compared by, the first one first.
struct OrderTerm {
  enum class Kind {
    id,
    column,
    rank,    ///< of a document's value: 0 a number, 1 a text, 2 anything else, nothing: none or null
    number,  ///< it, where it is one
    text,    ///< likewise
  };
  Kind kind;
  Operand const* operand;  ///< of a sort key; null: the id of the row
  bool descending;
};

/// The last one is the id, which no two rows share. Views of `order`.
std::vector<OrderTerm> order_terms(std::vector<SortKey> const& order, model::BoundResource const& own);

/// What the terms of one row are, as texts of the store; nothing: NULL.
using Position = std::vector<std::optional<std::string>>;

}  // namespace restapi::query
