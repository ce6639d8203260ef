// SPDX-License-Identifier: MIT
// Streams of rows from SQLite files and archives: nobody who writes is kept out for long.
#include <catch2/catch.hpp>
#include <filesystem>
#include <future>

#include "support/eventually.hpp"
#include "support/postgresql_tools.hpp"
#include "support/row_streams.hpp"

using namespace restapi;
using namespace std::chrono_literals;
using source::Engine;
using test::all_generated;
using test::eventually;
using test::expected;
using test::Fixture;
using test::generated;
using test::many;
using test::rest_of;
using test::statement;
using test::store_of_many;
using test::stream;

TEST_CASE("an SQLite file without a log is not written while it is read, and the rows end for a writer that waits",
          "[row_stream][sqlite]") {
  auto const opened = store_of_many(Engine::sqlite);
  auto const rows = stream(*opened->store, all_generated());
  REQUIRE(rows->next());
  // Another process: to SQLite, all locks of one are its own.
  auto writing = std::async(std::launch::async, [&] {
    test::run_shell("python3 -c \"import sqlite3; c = sqlite3.connect('" + opened->source +
                    "', timeout=600); c.execute('DELETE FROM db_dbnode WHERE id = 10001'); c.commit()\"");
  });
  CHECK(writing.wait_for(300ms) == std::future_status::timeout);
  CHECK(eventually([&] {
    rows->look();
    return writing.wait_for(10ms) == std::future_status::ready;
  }));
  CHECK_NOTHROW(writing.get());
  auto const read = rest_of(*rows);
  REQUIRE(read.error);
  CHECK(read.error->code == Code::store_unavailable);
  CHECK(rest_of(*stream(*opened->store, all_generated())).cells.size() == many - 1);
}

TEST_CASE("a log that begins while rows are read ends them no sooner than it changes the file",
          "[row_stream][sqlite]") {
  auto const opened = store_of_many(Engine::sqlite);
  test::run_shell("sqlite3 '" + opened->source + "' 'PRAGMA journal_mode = wal' >/dev/null");
  auto const rows = stream(*opened->store, all_generated());
  REQUIRE(rows->next());
  std::string const write =
      "c = sqlite3.connect('" + opened->source + "'); c.execute('DELETE FROM db_dbnode WHERE id = 10001'); c.commit()";
  // A writer that ends without a word leaves its log as it is.
  test::run_shell("python3 -c \"import os, sqlite3; " + write + "; os._exit(0)\"");
  auto const read = rest_of(*rows);
  CHECK_FALSE(read.error);
  CHECK(read.cells.size() > many / 2);
  CHECK(read.cells.back() == std::to_string(10'000 + many - 1));
}

TEST_CASE("a statement that takes long gives way to a writer", "[row_stream][sqlite]") {
  auto const opened = store_of_many(Engine::sqlite);
  auto reading = std::async(std::launch::async, [&] {
    return opened->store->read(
        statement("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000000) SELECT "
                  "CAST(count(*) AS text) FROM n, (SELECT id FROM @db_dbnode LIMIT 1)"));
  });
  CHECK_NOTHROW(test::run_shell("python3 -c \"import sqlite3; c = sqlite3.connect('" + opened->source +
                                "', timeout=600); c.execute('DELETE FROM db_dbnode WHERE id = 10001'); c.commit()\""));
  auto const read = reading.get();
  REQUIRE_FALSE(read);
  CHECK(read.error().code == Code::store_unavailable);
  CHECK(opened->store->read(statement("SELECT CAST(count(*) AS text) FROM @db_dbnode")));
}

TEST_CASE("a file that another one takes the place of while its rows are read is an error", "[row_stream][sqlite]") {
  auto const opened = store_of_many(Engine::sqlite);
  auto const rows = stream(*opened->store, all_generated());
  REQUIRE(rows->next());
  auto const other = opened->folder->path() + "/other.sqlite";
  test::make_sqlite_file(other, Fixture::generation2);
  std::filesystem::rename(other, opened->source);
  auto const read = rest_of(*rows);
  REQUIRE(read.error);
  CHECK(read.error->code == Code::store_unavailable);
}

TEST_CASE("archives are read likewise", "[row_stream][sqlite]") {
  test::TemporaryFolder const folder;
  auto const path = folder.path() + "/database.sqlite";
  test::make_sqlite_file(path, Fixture::generation2);
  test::make_sqlite_file(path, generated(10'000, many));
  auto source = test::source_of(path);
  source.immutable = true;
  auto const store = store::open_store(source, {});
  REQUIRE(store);
  auto const read = rest_of(*stream(**store, all_generated()));
  CHECK_FALSE(read.error);
  CHECK(read.cells == expected(10'000, many));
}
