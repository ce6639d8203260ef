// SPDX-License-Identifier: MIT
#include "model/entity.hpp"

#include <algorithm>

namespace restapi::model {
namespace {

constexpr Entity rows[number_of_entities] = {
    {"nodes", "db_dbnode", 'n', "", "", KeptUuid::own},
    {"computers", "db_dbcomputer", 'c', "", "", KeptUuid::own},
    {"groups", "db_dbgroup", 'g', "", "", KeptUuid::own},
    {"users", "db_dbuser", 'u', "", "", KeptUuid::none},
    {"links", "db_dblink", 'l', "input_id", "output_id", KeptUuid::none},
    {"group_nodes", "db_dbgroup_dbnodes", 'm', "dbgroup_id", "dbnode_id", KeptUuid::of_second_node},
    {"comments", "db_dbcomment", 'k', "dbnode_id", "", KeptUuid::own},
    {"logs", "db_dblog", 'o', "dbnode_id", "", KeptUuid::own},
};

}  // namespace

std::span<Entity const, number_of_entities> entities() { return rows; }

Entity const* find_entity(char letter) {
  auto const found = std::ranges::find(rows, letter, &Entity::letter);
  return found == std::end(rows) ? nullptr : found;
}

}  // namespace restapi::model
