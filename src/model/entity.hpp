// SPDX-License-Identifier: MIT
/// The tables of AiiDA whose changes are told, and what is kept of a row that is deleted: one row for each.
#pragma once

#include <bitset>
#include <cstddef>
#include <span>
#include <string_view>

namespace restapi::model {

/// What becomes of the uuid of a row that is deleted.
enum class KeptUuid {
  none,            ///< the row has none
  own,             ///< its column `uuid`
  of_second_node,  ///< that of the node which `second` names, if the node is still there
};

struct Entity {
  std::string_view name;    ///< "nodes"
  std::string_view table;   ///< "db_dbnode"
  char letter;              ///< 'n', as it is written down in the database
  std::string_view first;   ///< the column of one end, or of what the row belongs to; empty: it has none
  std::string_view second;  ///< likewise, of the other end
  KeptUuid uuid;
};

inline constexpr std::size_t number_of_entities = 8;

std::span<Entity const, number_of_entities> entities();

/// Some of them, in their order.
using EntitySet = std::bitset<number_of_entities>;

/// Or nullptr.
Entity const* find_entity(char letter);

/// Of AiiDA 0.x: its rows are about a node, and a change of them is an update of that node.
inline constexpr std::string_view state_table = "db_dbcalcstate";

}  // namespace restapi::model
