// SPDX-License-Identifier: MIT
#include "sql/entities_read.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace restapi;

namespace {

std::string read_by(sql::Fragment text) {
  sql::Statement statement("test", 1);
  statement.add(text);
  std::string names;
  auto const read = sql::entities_read(statement);
  for (std::size_t i = 0; i < read.size(); ++i)
    if (read[i]) names.append(names.empty() ? "" : " ").append(model::entities()[i].name);
  return names;
}

}  // namespace

TEST_CASE("a statement depends on the tables that its text marks", "[sql][entities]") {
  CHECK(read_by("SELECT 1 FROM @db_dbnode AS n") == "nodes");
  CHECK(read_by("SELECT 1 FROM @db_dbnode AS n WHERE EXISTS (SELECT FROM @db_dblink) AND @db_dbnode") == "nodes links");
  CHECK(read_by("SELECT 1 FROM @db_dbgroup_dbnodes") == "group_nodes");
  CHECK(read_by("SELECT 1 FROM @db_dbgroup") == "groups");
  CHECK(read_by("SELECT 1 FROM @db_dbcalcstate AS s") == "nodes");
  CHECK(read_by("SELECT a @> b FROM db_dbuser") == "");
}

TEST_CASE("a table whose changes nobody tells is no table to depend on", "[sql][entities]") {
  CHECK_THROWS_AS(read_by("SELECT 1 FROM @db_dbsetting"), std::logic_error);
}
