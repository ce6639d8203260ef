// SPDX-License-Identifier: MIT
#include "model/relation.hpp"

#include <algorithm>

namespace restapi::model {
namespace {

constexpr Relation rows[] = {
    {"node", "computers", "nodes", Arity::many, "n.dbcomputer_id = c.id"},
};

}  // namespace

std::span<Relation const> relations() { return rows; }

Relation const* find_relation(std::string_view from, std::string_view name) {
  auto const found =
      std::ranges::find_if(rows, [&](Relation const& row) { return row.from == from && row.name == name; });
  return found == std::end(rows) ? nullptr : found;
}

}  // namespace restapi::model
