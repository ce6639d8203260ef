// SPDX-License-Identifier: MIT
// What is told by following: what of each object, when, and what not.
#include <catch2/catch.hpp>

#include "support/eventually.hpp"
#include "support/followed_postgresql.hpp"
#include "support/lost_of.hpp"
#include "support/session.hpp"

using namespace restapi;
using test::all_of;
using test::always;
using test::change_of;
using test::Copy;
using test::eventually;
using test::Fixture;
using test::Followed;
using test::FollowedPostgreSql;
using test::id_of;
using test::link;
using test::lost_of;
using test::node;
using test::uuid;

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
  FollowedPostgreSql listener(followed.database.uri());
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
  FollowedPostgreSql listener(database.uri());
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
  FollowedPostgreSql listener(database.uri());
  listener.follower.begin();
  auto const before = listener.follower.cursor();
  database.run(
      "INSERT INTO db_dbuser (email, first_name, last_name, institution) SELECT 'a' || i, '', '', '' FROM "
      "generate_series(1, 70000) AS i; INSERT INTO db_dbgroup_dbnodes (dbnode_id, dbgroup_id) SELECT n.id, g.id FROM "
      "db_dbnode AS n CROSS JOIN db_dbgroup AS g ON CONFLICT DO NOTHING");
  listener.follower.listen_to_all();
  CHECK(listener.follower.copy() == all_of(database.uri()));
  CHECK(std::holds_alternative<store::Batch>(*listener.source.read(before)));
  FollowedPostgreSql another(database.uri());
  another.follower.begin();
  database.run("DELETE FROM db_dbuser WHERE id > 1000; TRUNCATE db_dbgroup_dbnodes");
  for (auto* const each : {&listener, &another}) {
    each->follower.listen_to_all();
    CHECK(each->follower.copy() == all_of(database.uri()));
    CHECK(each->follower.resnapshots() == 0);
  }
}

TEST_CASE("changes do not wait until all ids have been compared", "[following]") {
  Followed const followed;
  auto const& database = followed.database;
  database.run(test::scattered_nodes(500) + "; " + node(1) +
               "; INSERT INTO db_dbgroup_dbnodes (dbnode_id, dbgroup_id) VALUES (512001, 1)");
  FollowedPostgreSql listener(database.uri());
  listener.follower.begin();
  database.run("DELETE FROM db_dbgroup_dbnodes WHERE dbnode_id = 512001; DELETE FROM db_dbnode WHERE id = 512001; " +
               node(2));
  int looks = 0;
  while (!listener.follower.told().contains({'n', 512001})) {
    listener.follower.listen_to_all();
    if (++looks == 1) CHECK(listener.follower.told().at({'n', 512002}) == "i");
    REQUIRE(looks < 10);
  }
  CHECK(looks > 1);
  CHECK(listener.follower.copy() == all_of(database.uri()));
  CHECK(listener.follower.deleted().at({'n', 512001}) == uuid(1));
  for (auto const& [object, what] : listener.follower.deleted())
    if (object.first == 'm') CHECK(what == uuid(1) + " 1 512001");  // the node was still known
}

TEST_CASE("following finds what nobody could expect, a little later", "[following]") {
  Followed const followed;
  auto const& database = followed.database;
  FollowedPostgreSql listener(database.uri());
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

TEST_CASE("following tells again of what had gone when it was to be read", "[following]") {
  Followed const followed;
  auto const& database = followed.database;
  FollowedPostgreSql listener(database.uri());
  database.run(node(1));
  listener.follower.begin();
  auto const one = id_of(database, 1);
  auto const insert =
      "INSERT INTO db_dblink (id, input_id, output_id, label, type) VALUES (500, " + one + ", " + one + ", '', '')";
  database.run(insert);
  auto const listen = [&] {
    database.run(
        "UPDATE db_dbuser SET institution = institution || 'x' WHERE id = 1");  // a small id: the next comparison
    listener.follower.listen_to_all();
    return listener.follower.told().at({'l', 500});
  };
  REQUIRE(listen() == "i");
  std::vector<std::int64_t> const ids{500, 501};
  auto const doubt = [&] { listener.source.doubt(*model::find_entity('l'), ids); };
  doubt();
  database.run("DELETE FROM db_dblink WHERE id = 500; " + insert);
  CHECK(listen() == "ii");
  CHECK(listen() == "ii");
  doubt();
  database.run("DELETE FROM db_dblink WHERE id = 500");
  CHECK(listen() == "iid");
  CHECK_FALSE(listener.follower.told().contains({'l', 501}));
}

TEST_CASE("following has its limits, and says so", "[following]") {
  Followed const followed;
  auto const& database = followed.database;
  auto options = always();
  SECTION("more nodes than it knows more of than their ids") {
    options.most_kept = 3;
    FollowedPostgreSql listener(database.uri(), options);
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
    FollowedPostgreSql listener(database.uri(), options);
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
  FollowedPostgreSql listener(database.uri()), other(database.uri());
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
  FollowedPostgreSql listener(database.uri());
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
    FollowedPostgreSql listener(uri);
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
  FollowedPostgreSql listener(database.uri());
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
