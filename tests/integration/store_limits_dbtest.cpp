// SPDX-License-Identifier: MIT
// What a store does where it must not, cannot, or can no longer do what was asked: writes, time limits, lost
// connections, stopped servers, too few connections.
#include <sqlite3.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "support/ask.hpp"
#include "support/postgresql_server.hpp"

using namespace restapi;
using namespace std::chrono_literals;
using test::Fixture;

namespace {

constexpr char const* all_nodes = "/api/v2/nodes";

sql::Statement statement(sql::Fragment text, std::size_t width = 1) {
  sql::Statement made("test", width);
  made.add(text);
  return made;
}

std::string cell(store::Store& store, sql::Fragment text) {
  auto const rows = store.read(statement(text));
  return rows ? std::string(rows->at(0, 0).value_or("NULL")) : "error: " + rows.error().message;
}

constexpr char const* terminate_others =
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()";

void wait_for_sleeper(test::PostgreSqlDatabase const& database) {
  while (database.run("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
                      "AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()") == "0")
    std::this_thread::yield();
}

}  // namespace

TEST_CASE("no statement writes, whatever its text", "[read-only]") {
  struct Row {
    sql::Fragment text;
    bool is_for_sqlite = true;
  };
  Row const rows[] = {
      {"INSERT INTO @db_dbuser (id, email) VALUES (99, 'new@example.org') RETURNING id"},
      {"UPDATE @db_dbnode SET label = 'changed' RETURNING id"},
      {"DELETE FROM @db_dblink RETURNING id"},
      {"DELETE FROM @db_dblink"},
      {"CREATE TABLE intruder (id integer)"},
      {"CREATE INDEX intruder ON @db_dbnode (label)", false},
      {"CREATE INDEX intruder ON db_dbnode (label)"},
      {"DROP TABLE @db_dblink"},
      {"ALTER TABLE @db_dbnode ADD COLUMN intruder integer"},
      {"WITH gone AS (DELETE FROM @db_dblink RETURNING id) SELECT id FROM gone", false},
      {"SELECT nextval('public.db_dbnode_id_seq')", false},
      {"TRUNCATE @db_dblink", false},
      {"COMMENT ON TABLE @db_dbnode IS 'intruder'", false},
  };
  for (auto const fixture : test::fixtures) {
    for (auto const engine : test::engines) {
      auto const opened = test::open_fixture(fixture, engine);
      auto const before = test::ask(*opened->store, all_nodes).text;
      auto const links = cell(*opened->store, "SELECT CAST(count(*) AS text) FROM @db_dblink");
      for (auto const& row : rows) {
        if (engine == source::Engine::sqlite && !row.is_for_sqlite) continue;
        INFO(opened->name << ": " << row.text.text());
        auto const answer = opened->store->read(statement(row.text));
        REQUIRE(!answer);
        INFO(answer.error().detail);
        CHECK(answer.error().code == Code::store_failed);
        CHECK(answer.error().message.find("db_db") == std::string::npos);
      }
      CHECK(test::ask(*opened->store, all_nodes).text == before);
      CHECK(cell(*opened->store, "SELECT CAST(count(*) AS text) FROM @db_dblink") == links);
    }
  }
}

TEST_CASE("an SQLite file is not changed by being served, and none appears beside it", "[read-only]") {
  test::TemporaryFolder const folder;
  auto const path = folder.path() + "/database.sqlite";
  test::make_sqlite_file(path, Fixture::generation2);
  auto const before = test::read_file(path);
  auto const opened = test::open(path);
  CHECK(test::ask(*opened, all_nodes).status == 200);
  CHECK(test::read_file(path) == before);
  CHECK_THROWS(test::read_file(path + "-journal"));
  CHECK_THROWS(test::read_file(path + "-wal"));
}

TEST_CASE("a writer that holds an SQLite file for a moment is waited for", "[sqlite]") {
  test::TemporaryFolder const folder;
  auto const path = folder.path() + "/database.sqlite";
  test::make_sqlite_file(path, Fixture::generation2);
  auto const opened = test::open(path);
  sqlite3* writer = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &writer) == SQLITE_OK);
  REQUIRE(sqlite3_exec(writer, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) == SQLITE_OK);
  std::atomic<bool> is_asking = false;
  int status = 0;
  std::thread reader([&] {
    is_asking = true;
    status = test::ask(*opened, all_nodes).status;
  });
  while (!is_asking) std::this_thread::yield();
  std::this_thread::sleep_for(50ms);  // so that the reader most likely meets the lock; either way it must be served
  CHECK(sqlite3_exec(writer, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK);
  reader.join();
  sqlite3_close(writer);
  CHECK(status == 200);
}

TEST_CASE("a writer that keeps an SQLite file makes it unavailable, not wrong", "[sqlite]") {
  test::TemporaryFolder const folder;
  auto const path = folder.path() + "/database.sqlite";
  test::make_sqlite_file(path, Fixture::generation2);
  auto const opened = test::open(path);
  sqlite3* writer = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &writer) == SQLITE_OK);
  REQUIRE(sqlite3_exec(writer, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) == SQLITE_OK);
  auto const answer = test::ask(*opened, all_nodes);
  CHECK(answer.status == 503);
  CHECK(!answer.header("Retry-After").empty());
  sqlite3_exec(writer, "COMMIT", nullptr, nullptr, nullptr);
  sqlite3_close(writer);
  CHECK(test::ask(*opened, all_nodes).status == 200);
}

TEST_CASE("a statement beyond its time limit is stopped, and the next one runs", "[timeout]") {
  store::StoreOptions const options{.connections = 1, .statement_timeout = 200ms};
  for (auto const engine : test::engines) {
    auto const opened = test::open_fixture(Fixture::generation2, engine, options);
    INFO(opened->name);
    auto const slow = opened->store->read(
        engine == source::Engine::postgresql
            ? statement("SELECT CAST(pg_sleep(60) AS text)")
            : statement("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000000) "
                        "SELECT CAST(count(*) AS text) FROM n"));
    REQUIRE(!slow);
    CHECK(slow.error().code == Code::store_too_slow);
    CHECK(test::ask(*opened->store, all_nodes).status == 200);
  }
}

TEST_CASE("rows that are larger than an answer may be count as a statement that failed", "[counts]") {
  for (auto const engine : test::engines) {
    auto const opened = test::open_fixture(Fixture::generation2, engine);
    INFO(opened->name);
    auto const large =
        opened->store->read(engine == source::Engine::postgresql ? statement("SELECT repeat('x', 100000000)")
                                                                 : statement("SELECT hex(zeroblob(50000000))"));
    REQUIRE(!large);
    CHECK(large.error().code == Code::answer_too_large);
    CHECK(opened->store->counts().statements.failed == 1);
  }
}

TEST_CASE("kilobytes of JSON that are far more as text are refused before they are sent", "[counts][postgresql]") {
  auto const opened = test::open_fixture(Fixture::generation2, source::Engine::postgresql);
  auto const id = opened->database->run("SELECT min(id) FROM db_dbnode");
  auto const many = [&](std::string const& key, int numbers) {
    opened->database->run("UPDATE db_dbnode SET attributes = jsonb_build_object('" + key +
                          "', (SELECT jsonb_agg('1e131071'::numeric) FROM generate_series(1, " +
                          std::to_string(numbers) + "))) WHERE id = " + id);
  };
  auto const uuid = opened->database->run("SELECT uuid FROM db_dbnode WHERE id = " + id);
  auto const document = "/api/v2/nodes/" + uuid + "/content/attributes";

  many("numbers", 1'100);  // 144 MB
  auto const connections = opened->store->counts().connections.opened;
  CHECK(test::ask(*opened->store, document).status == 422);
  CHECK(opened->store->counts().connections.opened == connections);  // libpq has made no room that would stay
  CHECK(opened->store->counts().statements.failed == 1);

  many("numbers", 100);
  CHECK(test::ask(*opened->store, document).text.size() > 100 * 131'072);

  many("process_state", 1'100);  // in a list as well
  auto const list = test::ask(*opened->store, "/api/v2/nodes?id=" + id);
  CHECK(list.status == 200);
  CHECK(list.text.size() < 20'000);
}

TEST_CASE("a quiet server whose only connection was closed answers the next request", "[postgresql][lost]") {
  auto const opened = test::open_fixture(Fixture::generation2, source::Engine::postgresql, {.between_looks = 0ms});
  for (int i = 0; i < 5; ++i) {
    // Of a row of this size libpq keeps the room, so its connection is not used again.
    CHECK(opened->store->read(statement("SELECT repeat('x', 5000000)")));
    CHECK(opened->store->version());
    CHECK(test::ask(*opened->store, all_nodes).status == 200);
  }
}

TEST_CASE("connections that the server closed are opened again", "[postgresql][lost]") {
  auto const opened = test::open_fixture(Fixture::document, source::Engine::postgresql);
  auto const before = test::ask(*opened->store, all_nodes).text;
  for (int round = 0; round < 3; ++round) {
    CHECK(opened->database->run(terminate_others) != "0");
    auto const answer = test::ask(*opened->store, all_nodes);
    CHECK(answer.status == 200);
    CHECK(answer.text == before);
  }
}

TEST_CASE("connections closed under load cost a 503 at worst", "[postgresql][lost]") {
  auto const opened = test::open_fixture(Fixture::document, source::Engine::postgresql);
  auto const before = test::ask(*opened->store, all_nodes).text;
  std::atomic<int> wrong = 0, right = 0;
  std::atomic<bool> is_over = false;
  std::vector<std::thread> clients;
  for (int i = 0; i < 6; ++i) {
    clients.emplace_back([&] {
      while (!is_over) {
        auto const answer = test::ask(*opened->store, all_nodes);
        if (answer.status == 200 && answer.text == before)
          ++right;
        else if (answer.status != 503)
          ++wrong;
      }
    });
  }
  for (int round = 0; round < 20; ++round) opened->database->run(terminate_others);
  auto const so_far = right.load();
  while (right < so_far + 10) std::this_thread::yield();
  is_over = true;
  for (auto& client : clients) client.join();
  CHECK(wrong == 0);
  CHECK(test::ask(*opened->store, all_nodes).status == 200);
}

TEST_CASE("a server that stops makes a 503, and is served again once it is back", "[postgresql][lost]") {
  test::PostgreSqlServer const server;
  test::PostgreSqlDatabase const database(server.uri());
  database.load(Fixture::generation2);
  auto const store = test::open(database.uri());
  auto const before = test::ask(*store, all_nodes).text;
  server.stop();
  for (int round = 0; round < 2; ++round) {
    auto const answer = test::ask(*store, all_nodes);
    CHECK(answer.status == 503);
    CHECK(!answer.header("Retry-After").empty());
    CHECK(answer.text.find("/tmp") == std::string::npos);
    CHECK(answer.text.find(".s.PGSQL") == std::string::npos);
  }
  CHECK(test::ask(*store, "/api/v2/nodes/schema").status == 200);  // needs no database
  CHECK(test::ask(*store, "/api/v2/nodes?labl=1").status == 400);
  server.start();
  CHECK(test::ask_until_available(*store, all_nodes).text == before);
}

TEST_CASE("a request that finds no free connection in time is told to come again", "[postgresql][pool]") {
  auto const opened = test::open_fixture(Fixture::generation2, source::Engine::postgresql,
                                         {.connections = 1, .connection_timeout = 50ms});
  Code code = Code::internal;
  std::thread sleeper([&] {
    auto const slept = opened->store->read(statement("SELECT CAST(pg_sleep(60) AS text)"));
    if (!slept) code = slept.error().code;
  });
  wait_for_sleeper(*opened->database);
  auto const answer = test::ask(*opened->store, all_nodes);
  CHECK(answer.status == 503);
  CHECK(!answer.header("Retry-After").empty());
  opened->database->run(
      "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE "
      "'%pg_sleep%' AND pid <> pg_backend_pid()");
  sleeper.join();
  CHECK(code == Code::store_too_slow);  // cancelled, as the statement timeout does it
  CHECK(test::ask(*opened->store, all_nodes).status == 200);
}

TEST_CASE("the settings of a session are the promised ones", "[postgresql]") {
  auto const opened = test::open_fixture(Fixture::generation2, source::Engine::postgresql, {.statement_timeout = 7s});
  CHECK(cell(*opened->store, "SHOW default_transaction_read_only") == "on");
  CHECK(cell(*opened->store, "SHOW transaction_read_only") == "on");
  CHECK(cell(*opened->store, "SHOW statement_timeout") == "7s");
  CHECK(cell(*opened->store, "SHOW timezone") == "UTC");
}

TEST_CASE("the settings of a role or database do not change the answers", "[postgresql]") {
  test::PostgreSqlDatabase const database;
  database.load(Fixture::generation2);
  auto const before = test::ask(*test::open(database.uri()), all_nodes + std::string("?ctime=2024-03-01")).text;
  for (auto const* setting :
       {"timezone = 'Asia/Kolkata'", "datestyle = 'SQL, DMY'", "standard_conforming_strings = off",
        "client_encoding = 'LATIN1'", "bytea_output = 'escape'"})
    database.run("DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET " + [](std::string text) {
      for (std::size_t at = 0; (at = text.find('\'', at)) != text.npos; at += 2) text.insert(at, "'");
      return text;
    }(setting) + "'; END $$");
  CHECK(test::ask(*test::open(database.uri()), all_nodes + std::string("?ctime=2024-03-01")).text == before);
  auto const unicode = test::ask(*test::open(database.uri()), all_nodes + std::string("?label=\"\xC3\xA9\""));
  CHECK(unicode.ids() == std::vector<std::int64_t>{18});
  CHECK(unicode.text.find("\"label\":\"\xC3\xA9\"") != std::string::npos);
}
