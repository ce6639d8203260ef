// SPDX-License-Identifier: MIT
// A copy of a database that is kept with what following tells is the database, whatever its writers do meanwhile.
#include <atomic>
#include <catch2/catch.hpp>
#include <random>
#include <thread>

#include "support/followed_postgresql.hpp"
#include "support/sanitized.hpp"
#include "support/session.hpp"

using namespace restapi;
using test::all_of;
using test::change_of;
using test::Copy;
using test::Followed;
using test::FollowedPostgreSql;
using test::link;
using test::node;
using test::uuid;

namespace {

constexpr int transactions = test::is_sanitized ? 60 : 200;

/// What is deleted is not seen.
store::FollowingOptions rarely() { return {.between_comparisons = std::chrono::hours(1), .rest = 0}; }

Copy without_deleted(Copy copy, Copy const& all) {
  std::erase_if(copy, [&](auto const& row) { return !all.contains(row.first); });
  return copy;
}

/// Writes as AiiDA does: objects, their ends, their deletion.
void write(test::Session& session, int number, int count) {
  std::mt19937 random(static_cast<unsigned>(number));
  auto const pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  int next = 1'000'000 * (number + 1);
  std::vector<int> alive;
  auto const operation = [&] {
    auto const what = pick(10);
    auto const any = [&] { return alive[static_cast<std::size_t>(pick(static_cast<int>(alive.size())))]; };
    if (what < 3 || alive.size() < 2) {
      session.run(node(++next, pick(3) == 0 ? "'2024-01-01'" : "clock_timestamp()"));
      alive.push_back(next);
    } else if (what < 6) {
      session.run(change_of(any()));
    } else if (what == 6) {
      session.run(link(any(), any()));
    } else if (what == 7) {
      session.run("INSERT INTO db_dbgroup_dbnodes (dbnode_id, dbgroup_id) SELECT id, 1 FROM db_dbnode WHERE uuid = '" +
                  uuid(any()) + "' ON CONFLICT DO NOTHING");
    } else if (what == 8) {
      session.run("UPDATE db_dbuser SET institution = '" + std::to_string(random()) + "' WHERE id = 1");
    } else {
      auto const which = "(SELECT id FROM db_dbnode WHERE uuid = '" + uuid(any()) + "')";
      session.run("DELETE FROM db_dbgroup_dbnodes WHERE dbnode_id = " + which);
      session.run("DELETE FROM db_dblink WHERE input_id = " + which + " OR output_id = " + which);
      session.run("DELETE FROM db_dbnode WHERE id = " + which);
    }
  };
  for (int i = 0; i < count; ++i) {
    session.run("BEGIN");
    for (int k = pick(4); k >= 0; --k) {
      bool const is_part = pick(4) == 0;
      if (is_part) session.run("SAVEPOINT a");
      operation();
      if (is_part) session.run(pick(2) == 0 ? "ROLLBACK TO a" : "RELEASE a");
    }
    if (pick(5) == 0) {
      session.run("ROLLBACK");
    } else if (pick(10) == 0) {
      auto const name = "'" + std::to_string(number) + "." + std::to_string(i) + "'";
      session.run("PREPARE TRANSACTION " + name);
      session.run("COMMIT PREPARED " + name);
    } else {
      session.run("COMMIT");
    }
  }
}

void write_beside(std::string const& uri, int each, std::function<void()> const& listen) {
  constexpr int writers = 4;
  std::atomic<int> busy = writers;
  std::atomic<bool> failed = false;
  std::vector<std::thread> threads;
  for (int number = 0; number < writers; ++number)
    threads.emplace_back([&, number] {
      try {
        test::PostgreSqlSession session(uri);
        write(session, number, each);
      } catch (std::exception const&) {
        failed = true;
      }
      --busy;
    });
  while (busy > 0) listen();
  for (auto& thread : threads) thread.join();
  REQUIRE_FALSE(failed);
}

}  // namespace

TEST_CASE("a copy that follows is the database, whatever writers do", "[following]") {
  Followed const followed;
  auto const& uri = followed.database.uri();
  followed.database.run(test::scattered_nodes(400) + "; " + node(1));
  FollowedPostgreSql listener(uri), never_compares(uri, rarely());
  listener.follower.begin();
  never_compares.follower.begin();
  // Open all the time; the id that it takes is small by the time of its commit.
  test::PostgreSqlSession elsewhere(test::postgresql_of_tests()), here(uri);
  elsewhere.run("BEGIN; SELECT pg_current_xact_id()");
  here.run("BEGIN; SAVEPOINT a; " + node(2, "'2024-01-01'") + "; RELEASE a; " + change_of(1));
  auto const check = [&] {
    for (int look = 0; look < 8; ++look) listener.follower.listen_to_all();  // a comparison, and then a whole one
    never_compares.follower.listen_to_all();
    auto const all = all_of(uri);
    CHECK(listener.follower.copy() == all);
    CHECK(without_deleted(never_compares.follower.copy(), all) == all);
  };
  write_beside(uri, transactions, [&] {
    listener.follower.listen();
    never_compares.follower.listen();
  });
  check();
  here.run("COMMIT");
  check();
  elsewhere.run("COMMIT");
  check();
  CHECK(listener.follower.resnapshots() + never_compares.follower.resnapshots() == 0);
}

TEST_CASE("a transaction that began before anybody listened is told when it is committed", "[following]") {
  Followed const followed;
  auto const& uri = followed.database.uri();
  followed.database.run(node(1) + "; " + node(2));
  // An hour ago, say.
  test::PostgreSqlSession before(uri);
  before.run("BEGIN; " + node(3, "'2024-01-01'") + "; SAVEPOINT a; UPDATE db_dbnode SET label = 'x', mtime = " +
             "'2024-02-01' WHERE uuid = '" + uuid(1) + "'; RELEASE a");
  followed.database.run("SELECT setval(pg_get_serial_sequence('db_dbnode', 'id'), 5000); " + node(4));
  FollowedPostgreSql listener(uri);
  listener.follower.begin();
  for (int i = 5; i < 8; ++i) {
    followed.database.run(node(i));
    listener.follower.listen_to_all();
  }
  before.run("COMMIT");
  listener.follower.listen_to_all();
  CHECK(listener.follower.copy() == all_of(uri));
  CHECK(listener.follower.told().size() == 5);
  for (auto const& [object, what] : listener.follower.told()) CHECK(what.size() == 1);
  followed.database.run(change_of(2));
  listener.follower.listen_to_all();
  CHECK(listener.follower.copy() == all_of(uri));
}

TEST_CASE("following a standby is the same", "[following]") {
  test::PostgreSqlServer const primary;
  Followed const followed(primary.uri());
  test::Standby const standby(primary);
  auto const& uri = followed.database.uri();
  test::PostgreSqlSession before(uri);
  before.run("BEGIN; " + node(1, "'2024-01-01'"));
  standby.catch_up(uri);
  FollowedPostgreSql listener(standby.uri(uri));
  listener.follower.begin();
  write_beside(uri, transactions / 4, [&] { listener.follower.listen(); });
  standby.catch_up(uri);
  listener.follower.listen_to_all();
  CHECK(listener.follower.copy() == all_of(uri));
  before.run("COMMIT");
  standby.catch_up(uri);
  listener.follower.listen_to_all();
  CHECK(listener.follower.copy() == all_of(uri));
  CHECK(listener.follower.resnapshots() == 0);
}

TEST_CASE("following goes through a pooler", "[following]") {
  test::PostgreSqlServer const server;
  Followed const followed(server.uri());
  test::Pooler const pooler(server, "transaction");
  FollowedPostgreSql listener(pooler.uri(followed.database.uri()));
  listener.uri = followed.database.uri();
  listener.follower.begin();
  write_beside(listener.uri, transactions / 4, [&] { listener.follower.listen(); });
  listener.follower.listen_to_all();
  CHECK(listener.follower.copy() == all_of(listener.uri));
  CHECK(listener.follower.resnapshots() == 0);
}
