// SPDX-License-Identifier: MIT
// Rows in any number: all of one state of the data, whoever writes meanwhile; nothing is left when they are let go, and
// what goes wrong on the way is an error, never an end.
#include <sqlite3.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "store/lazy_store.hpp"
#include "support/eventually.hpp"
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
using test::run;
using test::statement;
using test::store_of_many;
using test::stream;

namespace {

/// Somebody who writes to an SQLite file.
class Writer {
 public:
  explicit Writer(std::string const& path) {
    REQUIRE(sqlite3_open(path.c_str(), &connection_) == SQLITE_OK);
    sqlite3_busy_timeout(connection_, 60'000);
  }
  ~Writer() { sqlite3_close(connection_); }
  Writer(Writer const&) = delete;
  Writer& operator=(Writer const&) = delete;

  int run(std::string const& sql) { return sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr); }

 private:
  sqlite3* connection_ = nullptr;
};

}  // namespace

TEST_CASE("all rows come in their order, in several batches, and then none", "[row_stream]") {
  for (auto const engine : test::engines) {
    auto const opened = store_of_many(engine);
    INFO(opened->name);
    auto const rows = stream(*opened->store, all_generated());
    auto const read = rest_of(*rows);
    CHECK_FALSE(read.error);
    CHECK(read.cells == expected(10'000, many));
    CHECK(read.batches >= many / store::most_rows_of_batch);
    for (int again = 0; again < 2; ++again) {
      auto const none = rows->next();
      REQUIRE(none);
      CHECK(none->empty());
    }
    // The store goes on as before.
    CHECK(opened->store->read(statement("SELECT CAST(count(*) AS text) FROM @db_dbnode")));
  }
}

TEST_CASE("a stream of no rows ends at once, and one of rows of any length has batches of about one size",
          "[row_stream]") {
  for (auto const engine : test::engines) {
    auto const opened = test::open_fixture(Fixture::generation2, engine);
    INFO(opened->name);
    CHECK(rest_of(*stream(*opened->store, statement("SELECT n.label FROM @db_dbnode AS n WHERE n.id < 0"))).batches ==
          0);
    // Short rows, then such of a hundred kilobytes, then one of a megabyte, then short ones.
    auto const lengths = statement(
        "WITH RECURSIVE i (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 2000) SELECT CASE WHEN n % 2000 > "
        "1000 AND n < 1100 THEN substr(replace(CAST(CAST(n AS text) || '          ' AS text), ' ', "
        "'0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789'), 1, "
        "1000) ELSE CAST(n AS text) END FROM i");
    auto const read = rest_of(*stream(*opened->store, lengths));
    CHECK_FALSE(read.error);
    CHECK(read.cells.size() == 2'000);
    CHECK(read.largest <= 2 * store::usual_bytes_of_batch);
  }
  auto const opened = test::open_fixture(Fixture::generation2, Engine::postgresql);
  auto const read = rest_of(*stream(
      *opened->store, statement("SELECT repeat('x', CASE WHEN n BETWEEN 1000 AND 1100 THEN 100000 WHEN n = 1200 THEN "
                                "3000000 ELSE 10 END) FROM generate_series(1, 2000) AS n")));
  CHECK_FALSE(read.error);
  CHECK(read.cells.size() == 2'000);
  CHECK(read.largest > 3'000'000);
  CHECK(read.largest < 3'000'000 + 2 * store::usual_bytes_of_batch);
}

TEST_CASE("all batches are of the state of the data that the first one has seen", "[row_stream]") {
  SECTION("PostgreSQL") {
    auto const opened = store_of_many(Engine::postgresql);
    auto const rows = stream(*opened->store, all_generated());
    auto first = rows->next();
    REQUIRE(first);
    REQUIRE(first->size() < many);
    opened->database->run("DELETE FROM db_dbnode WHERE label = 'generated' AND id % 2 = 0");
    opened->database->run(generated(20'000, 500));
    auto const read = rest_of(*rows);
    CHECK_FALSE(read.error);
    CHECK(read.cells.size() + first->size() == many);
    CHECK(read.cells.back() == std::to_string(10'000 + many - 1));
    CHECK(rest_of(*stream(*opened->store, all_generated())).cells.size() == many / 2 + 500);
  }
  SECTION("SQLite with a write-ahead log") {
    auto const opened = store_of_many(Engine::sqlite);
    Writer writer(opened->source);
    REQUIRE(writer.run("PRAGMA journal_mode = wal; CREATE TABLE other (x); DROP TABLE other") == SQLITE_OK);
    auto const rows = stream(*opened->store, all_generated());
    auto first = rows->next();
    REQUIRE(first);
    REQUIRE(writer.run("DELETE FROM db_dbnode WHERE label = 'generated' AND id % 2 = 0") == SQLITE_OK);
    REQUIRE(writer.run(generated(20'000, 500)) == SQLITE_OK);
    rows->look();
    auto const read = rest_of(*rows);
    CHECK_FALSE(read.error);
    CHECK(read.cells.size() + first->size() == many);
    CHECK(rest_of(*stream(*opened->store, all_generated())).cells.size() == many / 2 + 500);
  }
}

TEST_CASE("a batch has the time of a statement, and what its reader takes does not count", "[row_stream][timeout]") {
  store::StoreOptions const options{.statement_timeout = 400ms};
  auto const opened = store_of_many(Engine::postgresql, options);
  auto const at_once = opened->store->stream(statement("SELECT CAST(pg_sleep(60) AS text)"));
  REQUIRE_FALSE(at_once);
  CHECK(at_once.error().code == Code::store_too_slow);
  auto const later = rest_of(
      *stream(*opened->store,
              statement("SELECT CAST(n AS text) || CASE WHEN n > 100 THEN CAST(pg_sleep(60) AS text) ELSE '' END FROM "
                        "generate_series(1, 200) AS n")));
  REQUIRE(later.error);
  CHECK(later.error->code == Code::store_too_slow);
  CHECK_FALSE(later.cells.empty());

  auto const file = store_of_many(Engine::sqlite, options);
  auto const endless = file->store->stream(
      statement("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000000) SELECT "
                "CAST(count(*) AS text) FROM n"));
  REQUIRE_FALSE(endless);
  CHECK(endless.error().code == Code::store_too_slow);
  for (auto const* const patient : {opened.get(), file.get()}) {
    INFO(patient->name);
    auto const rows = stream(*patient->store, all_generated());
    REQUIRE(rows->next());
    std::this_thread::sleep_for(900ms);
    CHECK_FALSE(rest_of(*rows).error);
  }
}

TEST_CASE("rows that nobody waits for any more end", "[row_stream][cancel]") {
  for (auto const engine : test::engines) {
    auto const opened = store_of_many(engine);
    INFO(opened->name);
    std::stop_source client;
    auto const rows = stream(*opened->store, all_generated(), client.get_token());
    REQUIRE(rows->next());
    client.request_stop();
    auto const read = rest_of(*rows);
    REQUIRE(read.error);
    CHECK(read.error->code == Code::cancelled);
    auto const unwanted = opened->store->stream(all_generated(), client.get_token());
    REQUIRE_FALSE(unwanted);
    CHECK(unwanted.error().code == Code::cancelled);
  }
  auto const opened = test::open_fixture(Fixture::generation2, Engine::postgresql);
  std::stop_source client;
  auto waiting = std::async(std::launch::async, [&] {
    return opened->store->stream(statement("SELECT CAST(pg_sleep(600) AS text)"), client.get_token());
  });
  CHECK(eventually([&] {
    return opened->database->run("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") != "0";
  }));
  client.request_stop();
  auto const cancelled = waiting.get();
  REQUIRE_FALSE(cancelled);
  CHECK(cancelled.error().code == Code::cancelled);
}

TEST_CASE("so many streams are read at once, and no more", "[row_stream][limit]") {
  for (auto const engine : test::engines) {
    auto const opened = store_of_many(engine, {.connections = 1});
    INFO(opened->name);
    std::vector<std::unique_ptr<store::RowStream>> all;
    for (unsigned i = 0; i < store::Store::most_streams; ++i) all.push_back(stream(*opened->store, all_generated()));
    auto const refused = opened->store->stream(all_generated());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::overloaded);
    CHECK_FALSE(refused.error().hint.empty());
    // They hold none of the connections that others need.
    CHECK(opened->store->read(statement("SELECT CAST(count(*) AS text) FROM @db_dbnode")));
    all.pop_back();
    all.push_back(stream(*opened->store, all_generated()));
    for (auto const& rows : all) CHECK(rest_of(*rows).cells == expected(10'000, many));
    all.clear();
    // What is refused by the database takes no place.
    for (unsigned i = 0; i < 2 * store::Store::most_streams; ++i)
      CHECK_FALSE(opened->store->stream(statement("SELECT nothing FROM @db_dbnode")));
    CHECK_FALSE(rest_of(*stream(*opened->store, all_generated())).error);
  }
}

TEST_CASE("a stream writes as little as any other statement", "[row_stream][read-only]") {
  for (auto const engine : test::engines) {
    auto const opened = store_of_many(engine);
    INFO(opened->name);
    for (sql::Fragment const text : {sql::Fragment("UPDATE @db_dbnode SET label = 'written' RETURNING label"),
                                     sql::Fragment("DELETE FROM @db_dbnode RETURNING label")}) {
      auto const refused = opened->store->stream(statement(text));
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == Code::store_failed);
    }
    CHECK(rest_of(*stream(*opened->store, all_generated())).cells.size() == many);
  }
}

TEST_CASE("a store that is closed, or takes the place of an outdated one, stays for its streams", "[row_stream]") {
  for (auto const engine : test::engines) {
    auto const opened = store_of_many(engine);
    INFO(opened->name);
    std::weak_ptr<store::Store> alive;
    store::LazyStore lazy("main", [&]() -> Result<std::shared_ptr<store::Store>> {
      auto store = test::open(opened->source);
      alive = store;
      return store;
    });
    auto held = lazy.open();
    REQUIRE(held);
    auto rows = store::stream((*held)->store, all_generated());
    REQUIRE(rows);
    held = std::shared_ptr<store::OpenedStore const>();
    CHECK(lazy.close_unused(store::LazyStore::Clock::now()));  // another one may have its place
    CHECK(rest_of(**rows).cells == expected(10'000, many));
    CHECK_FALSE(alive.expired());
    *rows = nullptr;
    CHECK(alive.expired());
  }
}

TEST_CASE("many streams are read at once, each whole", "[row_stream][threads]") {
  for (auto const engine : test::engines) {
    auto const opened = store_of_many(engine);
    INFO(opened->name);
    std::atomic<int> right = 0, refused = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i)
      threads.emplace_back([&] {
        for (int again = 0; again < 5; ++again) {
          auto rows = opened->store->stream(all_generated());
          if (!rows) {
            ++refused;
          } else if (auto const read = rest_of(**rows); !read.error && read.cells.size() == many) {
            ++right;
          }
        }
      });
    for (auto& thread : threads) thread.join();
    CHECK(right + refused == 30);
    CHECK(right >= 4);
  }
}
