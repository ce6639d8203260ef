// SPDX-License-Identifier: MIT
#include "query/builder/joins.hpp"

#include <algorithm>

namespace restapi::query::builder {
namespace {

constexpr Join rows[] = {
    {Kind::node, "with_incoming", Kind::node, Kind::link, "l.input_id", "l.output_id", true},
    {Kind::node, "with_outgoing", Kind::node, Kind::link, "l.output_id", "l.input_id"},
    {Kind::node, "with_ancestors", Kind::node, Kind::walk, "w.ancestor_id", "w.descendant_id"},
    {Kind::node, "with_descendants", Kind::node, Kind::walk, "w.descendant_id", "w.ancestor_id"},
    {Kind::node, "with_group", Kind::group, Kind::member, "m.dbgroup_id", "m.dbnode_id"},
    {Kind::node, "with_user", Kind::user, {}, ".id", ".user_id"},
    {Kind::node, "with_computer", Kind::computer, {}, ".id", ".dbcomputer_id"},
    {Kind::group, "with_node", Kind::node, Kind::member, "m.dbnode_id", "m.dbgroup_id"},
    {Kind::group, "with_user", Kind::user, {}, ".id", ".user_id"},
    {Kind::computer, "with_node", Kind::node, {}, ".dbcomputer_id", ".id"},
    {Kind::user, "with_node", Kind::node, {}, ".user_id", ".id"},
    {Kind::user, "with_group", Kind::group, {}, ".user_id", ".id"},
};

}  // namespace

std::span<Join const> joins() { return rows; }

Join const* find_join(Kind self, std::string_view keyword, Kind other) {
  auto const* const found = std::ranges::find_if(
      rows, [&](auto const& row) { return row.self == self && row.keyword == keyword && row.other == other; });
  return found == std::end(rows) ? nullptr : found;
}

bool is_keyword(std::string_view word) { return std::ranges::find(rows, word, &Join::keyword) != std::end(rows); }

std::string_view default_keyword(Kind self) { return self == Kind::node ? "with_incoming" : "with_node"; }

}  // namespace restapi::query::builder
