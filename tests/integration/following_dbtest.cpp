// SPDX-License-Identifier: MIT
// A copy of a database that is kept with what following tells is the database, whatever its writers do.
#include <atomic>
#include <catch2/catch.hpp>
#include <random>
#include <thread>

#include "sql/feed/changes.hpp"
#include "store/changes/following_postgresql.hpp"
#include "support/eventually.hpp"
#include "support/follower.hpp"
#include "support/postgresql_tools.hpp"
#include "support/session.hpp"

using namespace restapi;
using test::always;
using test::Copy;
using test::eventually;
using test::Fixture;
using test::Follower;
using test::uuid;

namespace {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr int transactions = 60;
#else
constexpr int transactions = 200;
#endif

/// What is deleted is not seen.
store::FollowingOptions rarely() { return {.between_comparisons = std::chrono::hours(1), .rest = 0}; }

Copy rows_of(std::string const& uri, char letter) {
  auto const lines = test::cell(
      uri, "SELECT string_agg(t.id || ' ' || md5(CAST(t AS text)), E'\\n') FROM " + test::tables.at(letter) + " AS t");
  return test::copy_of(letter, lines);
}

Copy all_of(std::string const& uri) {
  Copy all;
  for (auto const& [letter, table] : test::tables) all.merge(rows_of(uri, letter));
  return all;
}

Copy without_deleted(Copy copy, Copy const& all) {
  std::erase_if(copy, [&](auto const& row) { return !all.contains(row.first); });
  return copy;
}

/// As AiiDA makes one. `mtime`: of one that is imported, its own.
std::string node(int number, std::string const& mtime = "clock_timestamp()") {
  return "INSERT INTO db_dbnode (uuid, node_type, label, description, ctime, mtime, attributes, extras, "
         "repository_metadata, user_id) VALUES ('" +
         uuid(number) + "', 'x', '', '', now(), " + mtime + ", '{}', '{}', '{}', 1)";
}

std::string change_of(int number) {
  return "UPDATE db_dbnode SET label = label || 'x', mtime = clock_timestamp() WHERE uuid = '" + uuid(number) + "'";
}

std::string link(int from, int to) {
  return "INSERT INTO db_dblink (input_id, output_id, label, type) SELECT a.id, b.id, '', '' FROM db_dbnode AS a, "
         "db_dbnode AS b WHERE a.uuid = '" +
         uuid(from) + "' AND b.uuid = '" + uuid(to) + "'";
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

struct Followed {
  test::PostgreSqlDatabase database;
  explicit Followed(std::string const& server = test::postgresql_of_tests(), Fixture fixture = Fixture::generation2)
      : database(server) {
    database.load(fixture);
    // The fixtures choose ids.
    for (auto const& [letter, table] : test::tables)
      database.run("SELECT setval(pg_get_serial_sequence('" + table + "', 'id'), 1000)");
  }
};

struct PostgreSql {
  std::string uri;
  store::ChangeConnection connection;
  store::FollowingPostgreSql source;
  Follower follower;

  explicit PostgreSql(std::string const& of, store::FollowingOptions const& options = always())
      : uri(of),
        connection(test::source_of(uri), {}, sql::feed::postgresql_settings()),
        source(connection, options),
        follower(source, [this](char letter) { return rows_of(uri, letter); }) {}
};

std::string id_of(test::PostgreSqlDatabase const& database, int number) {
  return database.run("SELECT id FROM db_dbnode WHERE uuid = '" + uuid(number) + "'");
}

store::Lost lost_of(Result<std::variant<store::Batch, store::Lost>> const& read) {
  REQUIRE(read);
  REQUIRE(std::holds_alternative<store::Lost>(*read));
  return std::get<store::Lost>(*read);
}

}  // namespace

TEST_CASE("a copy that follows is the database, whatever writers do", "[following]") {
  Followed const followed;
  auto const& uri = followed.database.uri();
  followed.database.run(node(1));
  PostgreSql listener(uri), never_compares(uri, rarely());
  listener.follower.begin();
  never_compares.follower.begin();
  // Open all the time; the id that it takes is small by the time of its commit.
  test::PostgreSqlSession elsewhere(test::postgresql_of_tests()), here(uri);
  elsewhere.run("BEGIN; SELECT pg_current_xact_id()");
  here.run("BEGIN; SAVEPOINT a; " + node(2, "'2024-01-01'") + "; RELEASE a; " + change_of(1));
  auto const check = [&] {
    listener.follower.listen_to_all();
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
  PostgreSql listener(uri);
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
  PostgreSql listener(standby.uri(uri));
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
  PostgreSql listener(pooler.uri(followed.database.uri()));
  listener.uri = followed.database.uri();
  listener.follower.begin();
  write_beside(listener.uri, transactions / 4, [&] { listener.follower.listen(); });
  listener.follower.listen_to_all();
  CHECK(listener.follower.copy() == all_of(listener.uri));
  CHECK(listener.follower.resnapshots() == 0);
}

TEST_CASE("a transaction has an id below the next one, which none has", "[following]") {
  test::PostgreSqlDatabase const database;
  test::PostgreSqlSession open(database.uri());
  open.run("BEGIN; SELECT pg_current_xact_id()");
  auto const id =
      std::stoll(database.run("SELECT max(CAST(CAST(backend_xid AS text) AS bigint)) FROM pg_stat_activity"));
  store::ChangeConnection connection(test::source_of(database.uri()), {});
  auto const read = connection.read(sql::feed::postgresql_changed({}, 0, 0));
  REQUIRE(read);
  auto const& rows = **read;
  REQUIRE(rows.size() == 1);
  // That of the snapshot does not say so: nothing has ended that began later.
  CHECK(rows.integer_at(0, sql::feed::cells::first) == id);
  CHECK(rows.integer_at(0, sql::feed::cells::second) + 3 == id + 1);
}

TEST_CASE("following tells each version of a row once", "[following]") {
  Followed const followed;
  PostgreSql listener(followed.database.uri());
  // Because of it, nothing that is committed from now on is ever below all transactions in progress.
  test::PostgreSqlSession here(followed.database.uri());
  here.run("BEGIN; SELECT pg_current_xact_id()");
  followed.database.run(node(1));
  listener.follower.begin();
  for (int i = 2; i < 6; ++i) {
    followed.database.run(node(i) + "; " + change_of(i - 1));
    listener.follower.listen_to_all();
  }
  here.run("COMMIT");
  followed.database.run("UPDATE db_dbuser SET institution = 'x' WHERE id = 1");
  listener.follower.listen_to_all();
  Copy told;
  auto const id = [&](int number) { return std::stoll(id_of(followed.database, number)); };
  told[{'n', id(1)}] = "u";
  for (int i = 2; i < 5; ++i) told[{'n', id(i)}] = "iu";
  told[{'n', id(5)}] = "i";
  told[{'u', 1}] = "u";
  CHECK(listener.follower.told() == told);
}

TEST_CASE("following says what is known of deleted objects", "[following]") {
  Followed const followed;
  auto const& database = followed.database;
  PostgreSql listener(database.uri());
  database.run(node(1));
  database.run(node(2));
  listener.follower.begin();
  database.run(link(1, 2));
  database.run(
      "INSERT INTO db_dbgroup (uuid, label, type_string, time, description, extras, user_id) VALUES "
      "('b0000000-0000-4000-8000-000000000001', 'mine', '', now(), '', '{}', 1)");
  database.run(
      "INSERT INTO db_dbgroup_dbnodes (dbnode_id, dbgroup_id) SELECT n.id, g.id FROM db_dbnode AS n, db_dbgroup AS g "
      "WHERE g.label = 'mine' AND n.uuid = '" +
      uuid(1) + "'");
  database.run(
      "INSERT INTO db_dbcomment (uuid, dbnode_id, ctime, mtime, content, user_id) SELECT "
      "'c0000000-0000-4000-8000-000000000001', id, now(), now(), '', 1 FROM db_dbnode WHERE uuid = '" +
      uuid(1) + "'");
  listener.follower.listen_to_all();
  auto const one = id_of(database, 1), two = id_of(database, 2);
  auto const group = database.run("SELECT id FROM db_dbgroup WHERE label = 'mine'");
  database.run("DELETE FROM db_dbgroup_dbnodes WHERE dbgroup_id = " + group + "; DELETE FROM db_dbgroup WHERE id = " +
               group + "; DELETE FROM db_dblink WHERE input_id = " + one + "; DELETE FROM db_dbnode WHERE id = " + one);
  listener.follower.listen_to_all();
  CHECK(listener.follower.copy() == all_of(database.uri()));
  std::map<char, std::string> deleted;
  for (auto const& [object, what] : listener.follower.deleted()) deleted[object.first] = what;
  std::map<char, std::string> const expected{{'n', uuid(1)},
                                             {'l', " " + one + " " + two},
                                             {'g', "b0000000-0000-4000-8000-000000000001"},
                                             {'m', uuid(1) + " " + group + " " + one},
                                             {'k', "c0000000-0000-4000-8000-000000000001 " + one}};
  CHECK(deleted == expected);
}

TEST_CASE("following goes through as many rows as there are", "[following]") {
  Followed const followed;
  auto const& database = followed.database;
  PostgreSql listener(database.uri());
  listener.follower.begin();
  auto const before = listener.follower.cursor();
  database.run(
      "INSERT INTO db_dbuser (email, first_name, last_name, institution) SELECT 'a' || i, '', '', '' FROM "
      "generate_series(1, 70000) AS i; INSERT INTO db_dbgroup_dbnodes (dbnode_id, dbgroup_id) SELECT n.id, g.id FROM "
      "db_dbnode AS n CROSS JOIN db_dbgroup AS g ON CONFLICT DO NOTHING");
  listener.follower.listen_to_all();
  CHECK(listener.follower.copy() == all_of(database.uri()));
  CHECK(std::holds_alternative<store::Batch>(*listener.source.read(before)));
  PostgreSql another(database.uri());
  another.follower.begin();
  database.run("DELETE FROM db_dbuser WHERE id > 1000; TRUNCATE db_dbgroup_dbnodes");
  for (auto* const each : {&listener, &another}) {
    each->follower.listen_to_all();
    CHECK(each->follower.copy() == all_of(database.uri()));
    CHECK(each->follower.resnapshots() == 0);
  }
}

TEST_CASE("following finds what nobody could expect, a little later", "[following]") {
  Followed const followed;
  auto const& database = followed.database;
  PostgreSql listener(database.uri());
  database.run("SELECT setval(pg_get_serial_sequence('db_dbnode', 'id'), 5000); " + node(1));
  listener.follower.begin();
  // A small id, an old time.
  database.run(
      "INSERT INTO db_dbnode (id, uuid, node_type, label, description, ctime, mtime, attributes, extras, "
      "repository_metadata, user_id) VALUES (2000, '" +
      uuid(2) + "', '', '', '', now(), '2024-01-01', '{}', '{}', '{}', 1)");
  listener.follower.listen_to_all();
  database.run("UPDATE db_dbuser SET institution = 'x'");
  listener.follower.listen_to_all();
  CHECK(listener.follower.copy() == all_of(database.uri()));
  CHECK(listener.follower.told().at({'n', 2000}) == "i");

  // Another object with the id of one that is gone.
  database.run("DELETE FROM db_dbnode WHERE id = 2000; " + node(3) + "; UPDATE db_dbnode SET id = 2000 WHERE uuid = '" +
               uuid(3) + "'");
  listener.follower.listen_to_all();
  CHECK(listener.follower.copy() == all_of(database.uri()));
  CHECK(listener.follower.told().at({'n', 2000}) == "idi");
  CHECK(listener.follower.deleted().at({'n', 2000}) == uuid(2));
}

TEST_CASE("following has its limits, and says so", "[following]") {
  Followed const followed;
  auto const& database = followed.database;
  auto options = always();
  SECTION("more nodes than it knows more of than their ids") {
    options.most_kept = 3;
    PostgreSql listener(database.uri(), options);
    database.run(node(1));
    listener.follower.begin();
    database.run(node(2));
    listener.follower.listen_to_all();
    CHECK(listener.follower.resnapshots() == 0);
    database.run("DELETE FROM db_dbnode WHERE uuid = '" + uuid(1) + "'");
    CHECK(lost_of(listener.source.read(listener.follower.cursor())) == store::Lost::unknown_deletions);
    listener.follower.listen_to_all();
    CHECK(listener.follower.copy() == all_of(database.uri()));
    CHECK(listener.follower.resnapshots() == 1);
  }
  SECTION("more changes than are kept for who comes late") {
    options.told = 2;
    PostgreSql listener(database.uri(), options);
    listener.follower.begin();
    auto const before = listener.follower.cursor();
    for (int i = 0; i < 4; ++i) {
      database.run(node(i));
      listener.follower.listen_to_all();
    }
    CHECK(lost_of(listener.source.read(before)) == store::Lost::too_old);
    CHECK(*listener.source.examine(before) == store::Lost::too_old);
    CHECK(*listener.source.examine(listener.follower.cursor()) == std::nullopt);
  }
}

TEST_CASE("following begins anew over another connection", "[following]") {
  Followed const followed;
  auto const& database = followed.database;
  PostgreSql listener(database.uri()), other(database.uri());
  listener.follower.begin();
  other.follower.begin();
  CHECK(lost_of(listener.source.read(other.follower.cursor())) == store::Lost::other_database);
  auto const before = listener.follower.cursor();
  database.run(
      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND "
      "application_name = 'restapi'");
  CHECK(eventually([&] {
    auto const read = listener.source.read(before);
    return read && std::holds_alternative<store::Lost>(*read);
  }));
  CHECK(*listener.source.examine(before) == store::Lost::other_database);
  database.run(node(1));
  listener.follower.listen_to_all();
  CHECK(listener.follower.copy() == all_of(database.uri()));
}

TEST_CASE("following begins anew where tables are other ones", "[following]") {
  Followed const followed;
  auto const& database = followed.database;
  PostgreSql listener(database.uri());
  listener.follower.begin();
  database.run("ALTER TABLE db_dblog RENAME TO db_dblog_old");
  CHECK_FALSE(listener.source.read(listener.follower.cursor()));
  CHECK(lost_of(listener.source.read(listener.follower.cursor())) == store::Lost::other_database);
  database.run("ALTER TABLE db_dblog_old RENAME TO db_dblog");
  listener.follower.listen_to_all();
  database.run(node(1));
  listener.follower.listen_to_all();
  CHECK(listener.follower.told().at({'n', std::stoll(id_of(database, 1))}) == "i");
}

TEST_CASE("following needs no more than the right to read nodes", "[following]") {
  Followed const followed;
  auto const& database = followed.database;
  auto const role = "follower_" + test::cell(database.uri(), "SELECT current_database()");
  database.run("CREATE ROLE " + role + " LOGIN; GRANT SELECT ON db_dbnode TO " + role);
  auto uri = database.uri();
  uri.replace(uri.find("user=restapi"), 12, "user=" + role);
  {
    PostgreSql listener(uri);
    listener.uri = database.uri();
    listener.follower.begin();
    database.run(node(1));
    listener.follower.listen_to_all();
    CHECK(listener.follower.told().size() == 1);
  }
  database.run("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_CASE("following tells of AiiDA 0.x too, and the state of a calculation as its node's", "[following]") {
  Followed const followed(test::postgresql_of_tests(), Fixture::document);
  auto const& database = followed.database;
  PostgreSql listener(database.uri());
  listener.follower.begin();
  database.run(
      "UPDATE db_dbnode SET label = 'x', mtime = now() WHERE id = (SELECT max(id) FROM db_dbnode); UPDATE db_dbuser "
      "SET institution = 'x' WHERE id = (SELECT min(id) FROM db_dbuser)");
  database.run("SELECT setval(pg_get_serial_sequence('db_dbcalcstate', 'id'), 1000)");
  auto const calculation = database.run("SELECT min(id) FROM db_dbnode");
  database.run("INSERT INTO db_dbcalcstate (dbnode_id, state, time) VALUES (" + calculation + ", 'NEW', now())");
  listener.follower.listen_to_all();
  CHECK(listener.follower.copy() == all_of(database.uri()));
  CHECK(listener.follower.told().at({'n', std::stoll(calculation)}) == "u");
  CHECK(listener.follower.told().size() == 3);
}
