// SPDX-License-Identifier: MIT
// Databases that AiiDA itself wrote, where they are at hand, and the demo: all they hold is served.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "api/v2/vocabulary.hpp"
#include "source/demo.hpp"
#include "support/source_path.hpp"
#include "support/walk.hpp"

using namespace restapi;

namespace {

// A file of the data shared by several projects; nothing where this machine has none.
std::optional<std::string> shared_file(std::string const& name) {
  auto const* folder = std::getenv("RESTAPI_SHARED_DATA");
  auto const path = std::filesystem::path(folder && *folder ? folder : test::source_path("../shared/data")) / name;
  if (!std::filesystem::exists(path)) {
    WARN("not tested, for want of the file " << name << " in RESTAPI_SHARED_DATA");
    return std::nullopt;
  }
  return path.string();
}

// How many targets were asked for.
std::size_t check_all(store::Store& store) {
  auto const targets = test::every_target(store);
  for (auto const& target : targets) {
    INFO(target);
    auto const answer = test::ask(store, target);
    CHECK(answer.status == 200);
    CHECK(answer.body.is_object());
    CHECK(answer.body["data"].dump().find('@') == std::string::npos);
  }
  return targets.size();
}

// The rows of a PostgreSQL database of AiiDA 2.x in an SQLite file, value by value.
void copy_to_sqlite(test::PostgreSqlDatabase const& database, std::string const& path) {
  std::string text = test::read_file("sql/schema/sqlite_gen2.sql");
  for (std::string const table :
       {"db_dbuser", "db_dbcomputer", "db_dbnode", "db_dblink", "db_dbgroup", "db_dbgroup_dbnodes"}) {
    // One expression for each column that gives an SQL literal; times as SQLite keeps them.
    auto const columns = "FROM information_schema.columns WHERE table_name = '" + table + "'";
    auto const names = database.run("SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) " + columns);
    auto const values = database.run(
        "SELECT string_agg(format('coalesce('''''''' || replace(%s, '''''''', '''''''''''') || '''''''', ''NULL'')', "
        "CASE WHEN data_type LIKE 'timestamp%' THEN format('to_char(%I, ''YYYY-MM-DD HH24:MI:SS.US'')', column_name) "
        "ELSE format('%I::text', column_name) END), ' || '','' || ' ORDER BY ordinal_position) " +
        columns);
    text += database.run("SET TIME ZONE 'UTC'; SELECT string_agg('INSERT INTO " + table + " (" + names +
                         ") VALUES (' || " + values + " || ');', chr(10)) FROM " + table);
  }
  test::make_sqlite_file(path, text);
}

}  // namespace

TEST_CASE("the demo is served whole", "[archive]") {
  auto context = source::source_context_of_process();
  context.demo = source::demo_archive();
  auto const found = source::find_sources({source::SourceSpec::Kind::demo}, context);
  REQUIRE(found);
  auto source = source::open_source(found->front(), context);
  REQUIRE(source);
  auto const store = store::open_store(*std::move(source), {});
  REQUIRE(store);
  CHECK(check_all(**store) > 1000);
  for (auto const& bound : (*store)->catalog().resources()) {
    INFO(bound.name());
    CHECK(test::ask(**store, "/api/v2/" + std::string(bound.name())).header("X-Total-Count") != "0");
  }
}

TEST_CASE("an archive of AiiDA is served whole", "[archive]") {
  for (auto const* name : {"export_main_0000_simple.aiida", "arithmetic.add.aiida"}) {
    auto const path = shared_file(name);
    if (!path) continue;
    INFO(name);
    auto const store = test::open(*path);
    CHECK(check_all(*store) > 20);
    CHECK(test::ask(*store, "/api/v2/nodes").header("X-Total-Count") != "0");
    // Everything is some kind: data, a code or a process.
    auto const count = [&](char const* resource) {
      return std::stoi(test::ask(*store, std::string("/api/v2/") + resource).header("X-Total-Count"));
    };
    CHECK(count("nodes") == count("data") + count("codes") + count("calculations"));
  }
}

TEST_CASE("a profile of AiiDA 2.x is served whole, from PostgreSQL as from SQLite", "[archive]") {
  auto const dump = shared_file("aiida_2x.sql");
  if (!dump) return;
  test::PostgreSqlDatabase const database;
  auto const load = "psql -X -q -v ON_ERROR_STOP=1 -d '" + database.uri() + "' -f '" + *dump + "' >/dev/null";
  REQUIRE(std::system(load.c_str()) == 0);
  test::TemporaryFolder const folder;
  copy_to_sqlite(database, folder.path() + "/copy.sqlite");

  auto const postgresql = test::open(database.uri());
  auto const sqlite = test::open(folder.path() + "/copy.sqlite");
  CHECK(check_all(*postgresql) > 200);
  CHECK(test::ask(*postgresql, "/api/v2/nodes").header("X-Total-Count") == "65");
  for (auto const& target : test::every_target(*postgresql)) {
    INFO(target);
    CHECK(test::ask(*postgresql, target).text == test::ask(*sqlite, target).text);
  }
  for (auto const& view : api::v2::vocabulary().views) {
    for (auto const& field : view.fields) {
      if (!query::is_sortable(field)) continue;
      auto const target = "/api/v2/" + std::string(view.name) + "?orderby=-" + std::string(field.name);
      INFO(target);
      CHECK(test::ask(*postgresql, target).text == test::ask(*sqlite, target).text);
    }
  }
}
