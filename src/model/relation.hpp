// SPDX-License-Identifier: MIT
/// How rows of one resource belong to rows of another: one row for each direction.
#pragma once

#include <span>
#include <string_view>

#include "sql/fragment.hpp"

namespace restapi::model {

/// How many related rows one row has.
enum class Arity { one, many };

/// All kinds of nodes are `nodes` here.
struct Relation {
  std::string_view name;      ///< what a related row is called from here: "node"
  std::string_view from, to;  ///< resources
  Arity arity;
  std::string_view help;  ///< what they are, on pages
  /// Around conditions of a row of `to`, in the alias of its table: a row of `from` has one that fulfils them. An alias
  /// means the innermost table of that name.
  sql::Fragment begin, end;
  sql::Fragment one =
      {};  ///< of Arity::one, behind (SELECT and an expression of a row of `to`: the one of a row of `from`
  bool has_link = false;  ///< conditions may also be of the link that leads to it: a row of `links`
  /// Not empty: `begin` ends with a column of ids, which is one of those that this selects, with the conditions.
  sql::Fragment ids = {};
};

std::span<Relation const> relations();

/// Or nullptr.
Relation const* find_relation(std::string_view from, std::string_view name);

}  // namespace restapi::model
