// SPDX-License-Identifier: MIT
// What statements leave behind, here and in the database, however many different ones a client makes.
#include <malloc.h>

#include <catch2/catch.hpp>

#include "sql/compile.hpp"
#include "sql/qualify.hpp"
#include "support/ask.hpp"
#include "support/requests.hpp"

using namespace restapi;
using test::Fixture;

namespace {

constexpr std::size_t largest_target = 16 * 1024;

std::string cell(store::Store& store, sql::Fragment text) {
  sql::Statement statement("test", 1);
  auto const rows = store.read(statement.add(text));
  return rows ? std::string(rows->at(0, 0).value_or("NULL")) : "error: " + rows.error().message;
}

long number(store::Store& store, sql::Fragment text) { return std::stol(cell(store, text)); }

constexpr sql::Fragment kept = "SELECT CAST(count(*) AS text) FROM pg_prepared_statements";
constexpr sql::Fragment kept_bytes = "SELECT CAST(sum(length(statement)) AS text) FROM pg_prepared_statements";
constexpr sql::Fragment memory_of_server = "SELECT CAST(sum(total_bytes) AS text) FROM pg_backend_memory_contexts";

/// Bytes of the heap that are in use. 0 where a sanitizer has a heap of its own.
std::size_t memory_used() { return ::mallinfo2().uordblks; }

/// A statement of its own for each number below 4096; half of them are large.
std::string different_query(unsigned which) {
  static constexpr char const* filters[] = {
      "id>1",     "id<99999999",     "label!=x", "label<=\"z\"",      "ctime>2000-01-01", "mtime>2000-01-01",
      "state!=a", "type=like=\"%\"", "uuid!=a",  "label=ilike=\"%\"", "id=notin=1,2",     "label=like=\"%_\""};
  std::string query;
  for (unsigned i = 0; i < std::size(filters); ++i)
    if (which & 1U << i) query += std::string("&") + filters[i];
  if (which % 2 == 1)
    for (unsigned i = 0; i < 60; ++i) query += "&type=like=\"%_" + std::to_string(which) + "\"";
  return "/api/v2/nodes?_=1" + query;
}

std::string long_list(std::string query, std::string const& before, std::string const& after, int begin) {
  for (int i = begin; query.size() < largest_target - 64; ++i) query += "," + before + std::to_string(i) + after;
  return query;
}

}  // namespace

TEST_CASE("a statement is prepared once for all its values, and for lists of every length", "[postgresql][prepared]") {
  auto const opened = test::open_fixture(Fixture::generation2, source::Engine::postgresql, {.connections = 1});
  auto& store = *opened->store;
  cell(store, kept);
  test::ids_of(store, "/api/v2/nodes?id>5&label=like=\"a%\"&id=in=1,2");
  auto const first = cell(store, kept);
  std::string list = "1,2";
  for (int id = 0; id < 50; ++id) {
    list += "," + std::to_string(id);
    test::ids_of(store, "/api/v2/nodes?id>" + std::to_string(id) + "&label=like=\"b%\"&id=in=" + list);
  }
  CHECK(cell(store, kept) == first);
}

TEST_CASE("statements of any number and size leave little in the database and here", "[prepared][memory]") {
  for (auto const engine : test::engines) {
    auto const opened = test::open_fixture(Fixture::generation2, engine, {.connections = 1});
    auto& store = *opened->store;
    bool const is_postgresql = engine == source::Engine::postgresql;
    INFO(opened->name);
    auto const round = [&](unsigned first) {
      for (unsigned which = first; which < first + 300; ++which)
        CHECK(test::ask(store, different_query(which)).status == 200);
      for (int i = 0; i < 20; ++i) {
        CHECK(test::ask(store, long_list("/api/v2/nodes?id=in=1", "", "", i)).status == 200);
        CHECK(test::ask(store, long_list("/api/v2/nodes?label=notin=a", "\"\\", "\"", i)).status == 200);
        CHECK(test::ask(store, long_list("/api/v2/nodes?uuid=in=a", "ed122747-d10a-4f0f-9267-", "00000000", 1000 + i))
                  .status == 200);
      }
    };
    round(0);
    auto const here = memory_used();
    auto const there = is_postgresql ? number(store, memory_of_server) : 0;
    round(1000);
    round(2000);
    CHECK(memory_used() < here + (std::size_t{4} << 20));
    if (!is_postgresql) continue;
    CHECK(number(store, kept) > 1);
    CHECK(number(store, kept) <= 64 + 1);
    CHECK(number(store, kept_bytes) < 64 * 1024 + 4 * 1024);
    CHECK(number(store, memory_of_server) < there + (8L << 20));
  }
}

TEST_CASE("what large rows were read into is given back", "[prepared][memory]") {
  for (auto const engine : test::engines) {
    auto const opened = test::open_fixture(Fixture::generation2, engine, {.connections = 1});
    auto const update = "UPDATE db_dbcomputer SET description = '" + std::string(std::size_t{8} << 20, 'x') + "'";
    if (engine == source::Engine::postgresql)
      opened->database->run(update);
    else
      test::make_sqlite_file(opened->source, update);
    INFO(opened->name);
    CHECK(test::ask(*opened->store, "/api/v2/computers?limit=0").status == 200);
    auto const before = memory_used();
    CHECK(test::ask(*opened->store, "/api/v2/computers").status == 200);
    CHECK(test::ask(*opened->store, "/api/v2/computers?id>0").status == 200);
    CHECK(memory_used() < before + (std::size_t{4} << 20));
  }
}

TEST_CASE("a list of ids or uuids is looked up in the index of each", "[postgresql][sqlite][index]") {
  auto const plan_of = [](test::OpenedStore const& opened, std::string const& query, std::string const& list) {
    auto const& dialect = opened.store->dialect();
    auto const& catalog = opened.store->catalog();
    auto const plan = test::with_clauses(query, [&](query::Clauses const& clauses) {
      return query::Planner{api::v2::vocabulary(), catalog}.list(test::view("nodes"), clauses, {});
    });
    REQUIRE(plan);
    auto const statement = sql::compile_count(*plan, {}, dialect);
    auto text = sql::qualify(statement.text(), "public");
    auto const at = text.find(":p1");
    REQUIRE(at != text.npos);
    REQUIRE(statement.values().size() == 1);
    REQUIRE(statement.values()[0] == model::Value(list));
    return text.replace(at, 3, "'" + list + "'");
  };
  auto const& postgresql = test::shared_store(Fixture::generation2, source::Engine::postgresql);
  auto const explained = [&](std::string const& query, std::string const& list) {
    return postgresql.database->run("SET enable_seqscan = off; SET enable_bitmapscan = off; EXPLAIN (FORMAT JSON) " +
                                    plan_of(postgresql, query, list));
  };
  auto const uuid = std::string("ed122747-d10a-4f0f-9267-3ac0ede538aa");
  CHECK_THAT(explained("id=in=1,2", "{1,2}"), Catch::Contains("db_dbnode_pkey") && Catch::Contains("Index Cond"));
  CHECK_THAT(explained("uuid=in=\"" + uuid + "\",\"fd122747-d10a-4f0f-9267-3ac0ede538aa\"",
                       "{\"" + uuid + "\",\"fd122747-d10a-4f0f-9267-3ac0ede538aa\"}"),
             Catch::Contains("uq_db_dbnode_uuid") && Catch::Contains("Index Cond"));
}

TEST_CASE("a file with a table of the function's name is read like others", "[sqlite][prepared]") {
  auto const opened = test::open_fixture(Fixture::generation2, source::Engine::sqlite);
  auto const expected = test::ids_of(*opened->store, "/api/v2/nodes?id=in=1,2,3");
  CHECK(expected.size() == 3);
  for (auto const* table : {"CREATE TABLE json_each (value, json)", "CREATE VIEW json_each AS SELECT 1 AS value",
                            "CREATE VIRTUAL TABLE json_each USING rtree(value, a, b)"}) {
    test::make_sqlite_file(opened->source, table);
    INFO(table);
    CHECK(test::ids_of(*test::open(opened->source), "/api/v2/nodes?id=in=1,2,3") == expected);
    test::make_sqlite_file(
        opened->source, std::string(table).starts_with("CREATE VIEW") ? "DROP VIEW json_each" : "DROP TABLE json_each");
  }
}
