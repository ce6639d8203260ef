// SPDX-License-Identifier: MIT
/// How rows of one resource belong to rows of another: one row for each direction.
#pragma once

#include <span>
#include <string_view>

#include "sql/fragment.hpp"

namespace restapi::model {

/// How many related rows one row has.
enum class Arity { one, many };

struct Relation {
  std::string_view name;      ///< what a related row is called from here: "node"
  std::string_view from, to;  ///< resources
  Arity arity;
  sql::Fragment join;  ///< what a row of `to` that belongs to a row of `from` fulfils, in the aliases of their tables
};

std::span<Relation const> relations();

/// Or nullptr.
Relation const* find_relation(std::string_view from, std::string_view name);

}  // namespace restapi::model
