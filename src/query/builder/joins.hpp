// SPDX-License-Identifier: MIT
/// What can be a vertex or an edge of a query, and how vertices join each other: one row for each.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "sql/fragment.hpp"

namespace restapi::query::builder {

/// The first five are vertices; the last three are edges.
enum class Kind { node, group, computer, user, link, member, walk };

/// How a vertex joins an earlier one.
struct Join {
  Kind self;
  std::string_view keyword;  ///< "with_incoming"
  Kind other;                ///< the earlier vertex
  std::optional<Kind> edge;  ///< what lies between; nothing: a column of one of the two
  /// With an edge: its columns with the id of the earlier vertex, and of this one. Without: the columns of the earlier
  /// vertex and of this one that are equal, as vertices show them (sql/builder/compile.cpp).
  sql::Fragment near, far;
  bool keeps_edge = false;  ///< an outer join of the vertex is one of the edge, too
};

std::span<Join const> joins();

/// Or nullptr.
Join const* find_join(Kind self, std::string_view keyword, Kind other);

/// Whether any vertex joins another one by that keyword.
bool is_keyword(std::string_view word);

/// Where a query says nothing: how such a vertex joins the one before it.
std::string_view default_keyword(Kind self);

}  // namespace restapi::query::builder
