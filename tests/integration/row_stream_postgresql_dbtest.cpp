// SPDX-License-Identifier: MIT
// Streams of rows from PostgreSQL: their sessions, and how they end.
#include <catch2/catch.hpp>
#include <thread>

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

namespace {

constexpr char const* sessions =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND "
    "application_name = 'restapi'";
constexpr char const* transactions =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state "
    "LIKE 'idle in transaction%'";
constexpr char const* end_transactions =
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND state = "
    "'idle in transaction'";

}  // namespace

TEST_CASE("rows that come to more than memory is used for in one batch are an error", "[row_stream]") {
  auto const opened = test::open_fixture(Fixture::generation2, Engine::postgresql);
  auto const read =
      rest_of(*stream(*opened->store, statement("SELECT repeat('x', CASE WHEN n > 100 THEN 80000000 ELSE 1 END) FROM "
                                                "generate_series(1, 101) AS n")));
  REQUIRE(read.error);
  CHECK(read.error->code == Code::answer_too_large);
  CHECK(read.cells.size() == 16 + 32);
  auto const budget = std::make_shared<MemoryBudget>(std::size_t{16} << 20);
  {
    auto const poor = test::open(opened->source, {.memory = budget});
    auto const refused = poor->stream(statement("SELECT repeat('x', 20000000)"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::overloaded);
    CHECK(rest_of(*stream(*poor, statement("SELECT repeat('x', 100000) FROM generate_series(1, 500)"))).cells.size() ==
          500);
  }
  CHECK(budget->taken() == 0);
}

TEST_CASE("rows that are let go, or have come to their end, leave no session behind", "[row_stream]") {
  auto const opened = store_of_many(Engine::postgresql);
  auto const before = opened->database->run(sessions);
  auto rows = stream(*opened->store, all_generated());
  REQUIRE(rows->next());
  CHECK(opened->database->run(transactions) == "1");
  auto const begin = std::chrono::steady_clock::now();
  rows.reset();
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
  CHECK(eventually([&] { return opened->database->run(sessions) == before; }));
  rows = stream(*opened->store, all_generated());
  CHECK_FALSE(rest_of(*rows).error);
  CHECK(eventually([&] { return opened->database->run(sessions) == before; }));
}

TEST_CASE("rows whose session is ended by somebody else are an error, and stay one", "[row_stream][lost]") {
  auto const opened = store_of_many(Engine::postgresql);
  auto const rows = stream(*opened->store, all_generated());
  REQUIRE(rows->next());
  REQUIRE(opened->database->run(end_transactions) == "1");
  CHECK(eventually([&] { return opened->database->run(transactions) == "0"; }));
  for (int again = 0; again < 2; ++again) {
    auto const read = rest_of(*rows);
    REQUIRE(read.error);
    CHECK(read.error->code == Code::store_unavailable);
    CHECK(read.cells.empty());
  }
  CHECK_FALSE(rest_of(*stream(*opened->store, all_generated())).error);
}

TEST_CASE("a server that ends transactions which wait makes an error of rows that are read too slowly",
          "[row_stream][lost]") {
  auto const opened = store_of_many(Engine::postgresql);
  opened->database->run("ALTER DATABASE " + opened->database->run("SELECT current_database()") +
                        " SET idle_in_transaction_session_timeout = 100");
  auto const rows = stream(*opened->store, all_generated());
  REQUIRE(rows->next());
  CHECK(eventually([&] { return opened->database->run(transactions) == "0"; }));
  auto const read = rest_of(*rows);
  REQUIRE(read.error);
  CHECK(read.error->code == Code::store_unavailable);
}

TEST_CASE("a stream through a pooler is read within one transaction, and leaves nothing", "[row_stream][pooler]") {
  test::PostgreSqlServer const server;
  test::PostgreSqlDatabase const database{server.uri()};
  database.load(Fixture::generation2);
  database.run(generated(10'000, many));
  for (std::string const mode : {"session", "transaction"}) {
    INFO(mode);
    test::Pooler const pooler(server, mode);
    auto const store = test::open(pooler.uri(database.uri()), {.connections = 1});
    auto rows = stream(*store, all_generated());
    auto const first = rows->next();
    REQUIRE(first);
    database.run("UPDATE db_dbnode SET label = 'another' WHERE label = 'generated' AND id > 12000");
    auto const read = rest_of(*rows);
    CHECK_FALSE(read.error);
    CHECK(read.cells.size() + first->size() == many);
    database.run("UPDATE db_dbnode SET label = 'generated' WHERE label = 'another'");
    rows = stream(*store, all_generated());
    CHECK(database.run(transactions) == "1");
    rows.reset();
    CHECK(eventually([&] { return database.run(transactions) == "0"; }));
    CHECK(store->read(statement("SELECT CAST(count(*) AS text) FROM @db_dbnode")));
    auto const written = store->stream(statement("UPDATE @db_dbnode SET label = 'written' RETURNING label"));
    CHECK_FALSE(written);
  }
  test::Pooler const pooler(server, "statement");
  auto const store = test::open(pooler.uri(database.uri()), {.connections = 1});
  auto const refused = store->stream(all_generated());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::store_unavailable);
  CHECK(store->read(statement("SELECT CAST(count(*) AS text) FROM @db_dbnode")));
}

TEST_CASE("a stream is read from a standby, which may end it with an error", "[row_stream][standby]") {
  test::PostgreSqlServer const primary;
  test::PostgreSqlDatabase const database{primary.uri()};
  database.load(Fixture::generation2);
  database.run(generated(10'000, many));
  database.run("ALTER SYSTEM SET max_standby_streaming_delay = 0");
  test::Standby const standby(primary);
  standby.catch_up(database.uri());
  auto const store = test::open(standby.uri(database.uri()));
  CHECK(rest_of(*stream(*store, all_generated())).cells == expected(10'000, many));
  // What the primary removes may be in what the rows are read from.
  auto const rows = stream(*store, all_generated());
  REQUIRE(rows->next());
  database.run("DELETE FROM db_dbnode WHERE label = 'generated'");
  database.run("VACUUM db_dbnode");
  standby.catch_up(database.uri());
  auto const read = rest_of(*rows);
  REQUIRE(read.error);
  CHECK(read.error->code == Code::store_unavailable);
}
