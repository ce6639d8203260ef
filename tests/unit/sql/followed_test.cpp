// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "model/entity.hpp"
#include "sql/feed/following.hpp"

using namespace restapi;
using namespace restapi::sql::feed;

TEST_CASE("what is followed is what changes are told of", "[sql][feed]") {
  auto const entities = model::entities();
  auto const tables = followed();
  REQUIRE(tables.size() == entities.size() + 1);
  for (std::size_t i = 0; i < entities.size(); ++i) {
    INFO(entities[i].name);
    CHECK(tables[i].letter == entities[i].letter);
    CHECK(tables[i].table == entities[i].table);
    bool const has_uuid = entities[i].uuid == model::KeptUuid::own;
    CHECK((!tables[i].keeps_uuid || has_uuid));
    if (!tables[i].first.empty()) CHECK(tables[i].first.text() == "t." + std::string(entities[i].first));
    if (!tables[i].second.empty()) CHECK(tables[i].second.text() == "t." + std::string(entities[i].second));
  }
  CHECK(tables.back().letter == state_letter);
  CHECK(tables.back().table == model::state_table);
  for (auto const& table : tables) {
    CHECK(table.from.text() == "@" + std::string(table.table) + " AS t");
    for (auto const& column : table.content)
      if (!column.name.empty()) CHECK(column.sql.text() == "t." + std::string(column.name));
  }
}

TEST_CASE("tables are followed as far as they may be read", "[sql][feed]") {
  auto const found = followed_in({"db_dbnode.id", "db_dbnode.uuid", "db_dblink.id", "db_dblink.input_id",
                                  "db_dbcomputer.uuid", "db_dbgroup_dbnodes.id", "db_dbgroup_dbnodes.dbnode_id",
                                  "db_dbgroup_dbnodes.dbgroup_id", "db_dbuser.id", "db_dbuser.first_name"});
  REQUIRE(found.size() == 4);
  CHECK(found[0].what->letter == 'n');
  CHECK(found[0].has_uuid);
  CHECK_FALSE(found[0].has_mtime);
  CHECK(found[1].what->letter == 'u');
  CHECK(found[1].content.size() == 1);
  CHECK(found[2].what->letter == 'l');
  CHECK_FALSE(found[2].has_ends);
  CHECK(found[3].has_ends);
}
