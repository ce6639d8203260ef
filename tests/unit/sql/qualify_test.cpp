// SPDX-License-Identifier: MIT
#include "sql/qualify.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "model/catalog.hpp"
#include "model/relation.hpp"

using namespace restapi;
using sql::qualify;

TEST_CASE("marked tables are those of a schema", "[sql][qualify]") {
  CHECK(qualify("SELECT 1 FROM @db_dbnode AS n, (SELECT 1 FROM @db_dblink AS l)", "public") ==
        "SELECT 1 FROM \"public\".db_dbnode AS n, (SELECT 1 FROM \"public\".db_dblink AS l)");
  CHECK(qualify("@db_dbnode", "my schema-1.2 ä") == "\"my schema-1.2 ä\".db_dbnode");
  CHECK(sql::without_marks("FROM @db_dbnode AS n") == "FROM db_dbnode AS n");
}

TEST_CASE("what is no mark stays", "[sql][qualify]") {
  for (std::string_view const text : {"", "@", "n.attributes @> '{}'", "n.attributes @? '$.a' AND a @@ b", "db_dbnode"})
    CHECK(qualify(text, "public") == text);
}

TEST_CASE("no name of a schema ends its quotes, or is a placeholder", "[sql][qualify]") {
  CHECK(qualify("@db_dbnode", "a\"b") == "U&\"a\\0022b\".db_dbnode");
  CHECK(qualify("@db_dbnode", "a:p1'\\") == "U&\"a\\003Ap1\\0027\\005C\".db_dbnode");
  for (int byte = 1; byte < 256; ++byte) {
    auto const text = qualify("@db_dbnode", std::string(1, static_cast<char>(byte)));
    CHECK(std::count(text.begin(), text.end(), '"') == 2);
    CHECK(text.find_first_of(":'") == text.npos);
  }
}

TEST_CASE("every table of the resources is marked", "[sql][qualify]") {
  auto const check = [](std::string_view text) {
    CAPTURE(text);
    for (std::size_t at = 0; (at = text.find("db_db", at)) != text.npos; ++at) CHECK((at > 0 && text[at - 1] == '@'));
  };
  for (auto const* resource : model::all_resources()) {
    check(resource->table.text());
    for (auto const& column : resource->columns)
      for (auto const& expression : column.expressions) check(expression.sql.text());
  }
  for (auto const& relation : model::relations()) {
    check(relation.begin.text());
    check(relation.end.text());
  }
}
