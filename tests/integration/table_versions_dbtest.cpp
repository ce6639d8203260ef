// SPDX-License-Identifier: MIT
// Which commits change the version of which tables, where the database writes its changes down.
#include <catch2/catch.hpp>

#include "sql/feed/setup.hpp"
#include "sql/feed/versions.hpp"
#include "store/changes/table_versions.hpp"
#include "store/version.hpp"
#include "support/counting_store.hpp"
#include "support/eventually.hpp"
#include "support/postgresql_tools.hpp"
#include "support/service.hpp"
#include "support/session.hpp"

using namespace restapi;
using store::agree;
using store::Version;

namespace {

auto const all = model::EntitySet().set();

/// Writes its changes down.
struct Database : test::PostgreSqlDatabase {
  explicit Database(std::string const& server = test::postgresql_of_tests()) : test::PostgreSqlDatabase(server) {
    load(test::Fixture::generation2);
    run(sql::feed::postgresql_setup());
    run("SELECT setval('db_dbnode_id_seq', 1000)");  // the fixture chooses ids
  }
};

/// The first that is told: on a busy machine an answer may come late.
Version version_of(store::Store& store) {
  std::optional<Version> version;
  REQUIRE(test::eventually([&] {
    auto const now = store.version();
    if (now) version = *now;
    return version.has_value();
  }));
  return *version;
}

bool has_numbers(Version const& version) { return version.numbers[0] != 0; }

model::EntitySet different(Version const& one, Version const& other) {
  model::EntitySet found;
  for (std::size_t i = 0; i < found.size(); ++i) found[i] = !agree(one, other, model::EntitySet().set(i));
  return found;
}

model::EntitySet entity(std::string_view name) {
  for (std::size_t i = 0; auto const& one : model::entities())
    if (++i; one.name == name) return model::EntitySet().set(i - 1);
  return {};
}

std::string const new_node =
    "INSERT INTO db_dbnode (uuid, node_type, label, description, ctime, mtime, attributes, extras, "
    "repository_metadata, "
    "user_id) VALUES (gen_random_uuid(), 'x', '', '', now(), now(), '{}', '{}', '{}', 1)";

/// Asks a service for a node until it shows the label.
bool shows(test::Service& service, std::string const& label) {
  return service.answer("GET", "/api/v2/nodes?id=1").body.text().find("\"" + label + "\"") != std::string::npos;
}

}  // namespace

TEST_CASE("what is committed elsewhere changes no version of tables", "[version][tables]") {
  Database const database;
  test::PostgreSqlDatabase const other(test::postgresql_of_tests());
  auto const store = test::open(database.uri());
  auto const before = version_of(*store);
  CHECK(has_numbers(before));
  database.run("CREATE TABLE notes (text text)");
  other.run("CREATE TABLE notes (text text)");
  for (int i = 0; i < 20; ++i) {
    database.run("INSERT INTO notes VALUES ('x')");
    other.run("INSERT INTO notes VALUES ('x')");
    database.run("BEGIN; " + new_node + "; ROLLBACK");
    database.run("UPDATE db_dbnode SET label = 'x' WHERE id < 0");
    CHECK(agree(version_of(*store), before, all));
  }
  database.run("ANALYZE db_dbnode");
  database.run("VACUUM db_dbnode");
  CHECK(agree(version_of(*store), before, all));
}

TEST_CASE("a change gives its own table another version", "[version][tables]") {
  Database const database;
  auto const store = test::open(database.uri());
  struct Case {
    char const* entity;
    std::string sql;
  };
  for (auto const& [name, sql] :
       {Case{"nodes", "UPDATE db_dbnode SET label = label || 'x' WHERE id = 1"}, Case{"nodes", new_node},
        Case{"computers", "UPDATE db_dbcomputer SET description = description || 'x'"},
        Case{"groups", "UPDATE db_dbgroup SET description = description || 'x'"},
        Case{"users", "UPDATE db_dbuser SET institution = institution || 'x'"},
        Case{"links", "UPDATE db_dblink SET label = label || 'x'"},
        Case{"group_nodes", "DELETE FROM db_dbgroup_dbnodes WHERE id = (SELECT min(id) FROM db_dbgroup_dbnodes)"},
        Case{"comments", "UPDATE db_dbcomment SET content = content || 'x'"},
        Case{"logs", "UPDATE db_dblog SET message = message || 'x'"}, Case{"logs", "TRUNCATE db_dblog"}}) {
    INFO(sql);
    auto const before = version_of(*store);
    database.run(sql);
    auto const after = version_of(*store);
    if (sql.starts_with("TRUNCATE"))
      CHECK((different(before, after) & entity(name)).any());
    else
      CHECK(different(before, after) == entity(name));
  }
}

TEST_CASE("a long transaction is seen when it ends, and holds nothing up", "[version][tables]") {
  Database const database;
  auto const store = test::open(database.uri());
  test::PostgreSqlSession slow(database.uri());
  slow.run("BEGIN; SAVEPOINT a; UPDATE db_dbuser SET institution = 'slow'; RELEASE SAVEPOINT a");
  for (int i = 0; i < 10; ++i) {
    auto const before = version_of(*store);
    database.run("UPDATE db_dbgroup SET description = '" + std::to_string(i) + "'");
    CHECK(different(before, version_of(*store)) == entity("groups"));
  }
  auto const before = version_of(*store);
  slow.run("COMMIT");
  CHECK(different(before, version_of(*store)) == entity("users"));
}

TEST_CASE("more changes than are looked at begin everything anew", "[version][tables]") {
  Database const database;
  auto const store = test::open(database.uri());
  auto const before = version_of(*store);
  database.run("DO $$ BEGIN FOR i IN 1..1200 LOOP UPDATE db_dbnode SET label = 'x' WHERE id = 1; END LOOP; END $$");
  CHECK(different(before, version_of(*store)) == all);
  CHECK(test::eventually([&] { return has_numbers(version_of(*store)); }));
  auto const then = version_of(*store);
  CHECK(agree(version_of(*store), then, all));
}

TEST_CASE("whatever is done to a table or a trigger begins everything anew", "[version][tables]") {
  Database const database;
  auto const store = test::open(database.uri(), {.between_looks = std::chrono::hours(1)});
  auto const setup = sql::feed::postgresql_setup();
  for (auto const& sql : std::vector<std::string>{
           "ALTER TABLE db_dbuser DISABLE TRIGGER restapi_feed_update; UPDATE db_dbuser SET institution = 'unseen'",
           "ALTER TABLE db_dbuser ENABLE TRIGGER restapi_feed_update",
           "ALTER TABLE db_dbuser DISABLE TRIGGER restapi_feed_update; UPDATE db_dbuser SET institution = 'again'; "
           "ALTER "
           "TABLE db_dbuser ENABLE TRIGGER restapi_feed_update",
           "ALTER TABLE db_dbuser ALTER COLUMN institution TYPE varchar(300) USING institution || ' x'",
           "ALTER TABLE db_dbuser RENAME TO db_dbformer; CREATE TABLE db_dbuser AS SELECT * FROM db_dbformer",
           "DROP TABLE db_dbuser; ALTER TABLE db_dbformer RENAME TO db_dbuser", "GRANT SELECT ON db_dbuser TO PUBLIC",
           "VACUUM FULL db_dbuser", "TRUNCATE restapi_feed.change", "DROP TRIGGER restapi_feed_insert ON db_dbuser",
           setup, "DROP SCHEMA restapi_feed CASCADE", setup}) {
    INFO(sql);
    auto const before = version_of(*store);
    database.run(sql);
    auto const after = version_of(*store);
    CHECK(different(before, after) == all);
  }
}

TEST_CASE("what is installed while the database is served is used", "[version][tables]") {
  test::PostgreSqlDatabase const database(test::postgresql_of_tests());
  database.load(test::Fixture::generation2);
  auto const store = test::open(database.uri());
  CHECK(!has_numbers(version_of(*store)));
  database.run(sql::feed::postgresql_setup());
  CHECK(test::eventually([&] { return has_numbers(version_of(*store)); }));
}

TEST_CASE("where logical replication writes to the tables, what is installed proves nothing", "[version][tables]") {
  Database const database;
  auto const store = test::open(database.uri());
  CHECK(has_numbers(version_of(*store)));
  database.run(
      "SET allow_system_table_mods = on; INSERT INTO pg_subscription_rel VALUES (1, CAST('db_dbuser' AS regclass), "
      "'r')");
  CHECK(!has_numbers(version_of(*store)));
  CHECK(!has_numbers(version_of(*test::open(database.uri()))));
}

TEST_CASE("where the tables are to be followed, what is installed is not used", "[version][tables]") {
  Database const database;
  auto const store = test::open(database.uri(), {.changes = store::WantedSource::following});
  CHECK(!has_numbers(version_of(*store)));
}

TEST_CASE("after a crash all versions are others", "[version][tables]") {
  test::PostgreSqlServer const server;
  Database const database(server.uri());
  auto const store = test::open(database.uri());
  auto const before = version_of(*store);
  test::run_shell("kill -9 " +
                  database.run("SELECT pid FROM pg_stat_activity WHERE application_name = 'restapi' LIMIT 1"));
  CHECK(different(before, version_of(*store)) == all);
}

TEST_CASE("a crash is noticed by whatever meets it first, and what it has undone is gone", "[version][tables]") {
  test::PostgreSqlServer const server;
  bool const is_installed = GENERATE(true, false);
  INFO(is_installed);
  test::PostgreSqlDatabase const database(server.uri());
  database.load(test::Fixture::generation2);
  if (is_installed) database.run(sql::feed::postgresql_setup());
  database.run("ALTER SYSTEM SET wal_writer_delay = '10s'");
  database.run("SELECT pg_reload_conf()");
  auto const store = test::open(database.uri(), {.between_looks = std::chrono::milliseconds(1)});
  test::Service service(*store, {.memory = std::make_shared<api::AnswerMemory>(64 << 20)});
  int lost = 0;
  for (int i = 0; i < 5; ++i) {
    auto const label = "lost " + std::to_string(i);
    database.run("SET synchronous_commit = on; UPDATE db_dbnode SET label = 'kept' WHERE id = 1");
    database.run("SET synchronous_commit = off; UPDATE db_dbnode SET label = '" + label + "' WHERE id = 1");
    CHECK(shows(service, label));
    CHECK(shows(service, label));
    test::crash(database);  // nobody asks while it recovers
    bool const is_lost = database.run("SELECT label FROM db_dbnode WHERE id = 1") == "kept";
    lost += is_lost ? 1 : 0;
    CHECK(test::eventually([&] { return shows(service, is_lost ? "kept" : label); }));
    CHECK(shows(service, is_lost ? "kept" : label));
  }
  INFO(lost);
  CHECK(lost > 0);
}

TEST_CASE("a standby proves what is cached of it", "[version][tables][standby]") {
  test::PostgreSqlServer const server;
  Database const database(server.uri());
  test::PostgreSqlDatabase const other(server.uri());
  other.run("CREATE TABLE notes (text text)");
  test::Standby const standby(server);
  standby.catch_up(database.uri());
  auto const store = test::open(standby.uri(database.uri()));
  version_of(*store);  // what was written down lately counts as new at first
  auto const before = version_of(*store);
  CHECK(has_numbers(before));
  for (int i = 0; i < 5; ++i) {
    other.run("INSERT INTO notes VALUES ('x')");
    standby.catch_up(other.uri());
    CHECK(agree(version_of(*store), before, all));
  }
  test::CountingStore counting(*store);
  test::Service service(counting, {.memory = std::make_shared<api::AnswerMemory>(64 << 20)});
  test::PostgreSqlSession slow(database.uri());
  slow.run("BEGIN; UPDATE db_dbuser SET institution = 'slow'");
  for (int i = 0; i < 5; ++i) {
    auto const label = "change " + std::to_string(i);
    database.run("UPDATE db_dbnode SET label = '" + label + "' WHERE id = 1");
    standby.catch_up(database.uri());
    CHECK(shows(service, label));
    counting.take_reads();
    CHECK(shows(service, label));
    CHECK(counting.take_reads().empty());
  }
  auto const then = version_of(*store);
  slow.run("COMMIT");
  standby.catch_up(database.uri());
  CHECK((different(then, version_of(*store)) & entity("users")).any());

  standby.promote();
  test::PostgreSqlSession there(standby.uri(database.uri()));
  for (int i = 0; i < 5; ++i) {
    auto const label = "promoted " + std::to_string(i);
    there.run("UPDATE db_dbnode SET label = '" + label + "' WHERE id = 1");
    CHECK(shows(service, label));
    CHECK(shows(service, label));
  }
}

TEST_CASE("where nothing is under way, a small statement is enough on a standby", "[version][tables][standby]") {
  test::PostgreSqlServer const server;
  Database const database(server.uri());
  test::Standby const standby(server);
  standby.catch_up(database.uri());
  auto const store = test::open(standby.uri(database.uri()));
  store::TableVersions versions([] { return "public"; });
  std::vector<std::string> asked;
  auto const now = [&] {
    std::optional<Version> version;
    REQUIRE(test::eventually([&] {
      asked.clear();
      version = versions.now(
          [&](sql::Statement const& statement) {
            asked.emplace_back(statement.text());
            return store->read(statement, {});
          },
          "1");
      return version.has_value();
    }));
    return *version;
  };
  std::vector<std::string> const small{std::string(sql::feed::postgresql_shown().text())};
  now();
  auto const before = now();
  CHECK(agree(now(), before, all));
  CHECK(asked == small);

  test::PostgreSqlSession slow(database.uri());
  slow.run("BEGIN; UPDATE db_dbuser SET institution = 'slow'");
  database.run("UPDATE db_dbgroup SET description = 'x'");  // its id is above that of the other one
  standby.catch_up(database.uri());
  auto const then = now();
  CHECK(different(before, then) == entity("groups"));
  CHECK(agree(now(), then, all));
  CHECK(asked != small);
  slow.run("COMMIT");
  standby.catch_up(database.uri());
  CHECK((different(then, now()) & entity("users")).any());
  now();
  now();
  CHECK(asked == small);
}
