// SPDX-License-Identifier: MIT
// A copy of an SQLite file that is kept with what following tells is the file.
#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <limits>
#include <random>
#include <thread>

#include "store/changes/following_sqlite.hpp"
#include "support/follower.hpp"
#include "support/sanitized.hpp"
#include "support/session.hpp"
#include "support/stores.hpp"

using namespace restapi;
using test::always;
using test::Copy;
using test::Fixture;
using test::Follower;
using test::uuid;

namespace {

constexpr int transactions = test::is_sanitized ? 60 : 200;

Copy sqlite_rows(std::string const& path, char letter) {
  static std::map<char, std::string> const columns{
      {'n', "label || '|' || mtime"},
      {'c', "hostname || '|' || description"},
      {'g', "label || '|' || description"},
      {'u', "institution"},
      {'l', "input_id || ' ' || output_id || ' ' || label"},
      {'m', "dbgroup_id || ' ' || dbnode_id"},
      {'k', "content"},
      {'o', "''"},
  };
  auto const output = path + ".rows";
  test::SqliteSession session(path);
  session.run("\n.output '" + output + "'\nSELECT id || ' ' || " + columns.at(letter) + " FROM " +
              test::tables.at(letter) + ";\n.output\nSELECT 1 WHERE 0");
  return test::copy_of(letter, test::read_file(output));
}

struct Sqlite {
  std::string path;
  store::ChangeConnection connection;
  store::FollowingSqlite source;
  Follower follower;

  explicit Sqlite(std::string of, store::FollowingOptions const& options = always())
      : path(std::move(of)),
        connection(test::source_of(path), {}),
        source(connection, options),
        follower(source, [this](char letter) { return sqlite_rows(path, letter); }) {}

  Copy all() const {
    Copy all;
    for (auto const& [letter, table] : test::tables) all.merge(sqlite_rows(path, letter));
    return all;
  }
};

std::string sqlite_node(int number) {
  return "INSERT INTO db_dbnode (uuid, node_type, label, description, ctime, mtime, attributes, extras, user_id) "
         "VALUES ('" +
         uuid(number) + "', 'x', '', '', '2024-01-01', strftime('%Y-%m-%d %H:%M:%f', 'now'), '{}', '{}', 1)";
}

struct File {
  test::TemporaryFolder folder = {};
  std::string path = made(folder.path() + "/database.sqlite");
  test::SqliteSession session{path};

  static std::string made(std::string path) {
    test::make_sqlite_file(path, Fixture::generation2);
    return path;
  }
};

}  // namespace

TEST_CASE("a copy that follows an SQLite file is the file", "[following]") {
  test::TemporaryFolder const folder;
  auto const path = folder.path() + "/database.sqlite";
  test::make_sqlite_file(path, Fixture::generation2);
  auto const* const mode = GENERATE("DELETE", "WAL");
  INFO(mode);
  test::SqliteSession open(path);  // a log stays where somebody has it open
  open.run(std::string("PRAGMA journal_mode = ") + mode + "; SELECT count(*) FROM db_dbnode");
  Sqlite listener(path);
  listener.follower.begin();
  std::atomic<bool> is_busy = true, failed = false;
  std::thread writer([&] {
    try {
      test::SqliteSession session(path);
      std::mt19937 random(1);
      for (int i = 0; i < transactions; ++i) {
        auto const any = uuid(static_cast<int>(random() % static_cast<unsigned>(i + 1)));
        session.run("BEGIN IMMEDIATE; " + sqlite_node(i));
        session.run("SAVEPOINT a; UPDATE db_dbnode SET label = label || 'x', mtime = '2025-01-01 00:00:00." +
                    std::to_string(i) + "' WHERE uuid = '" + any + "'");
        session.run(i % 2 == 0 ? "ROLLBACK TO a" : "RELEASE a");
        if (i % 5 == 0) session.run("DELETE FROM db_dbnode WHERE uuid = '" + any + "'");
        if (i % 7 == 0)
          session.run(
              "INSERT INTO db_dblink (input_id, output_id, label, type) SELECT max(id), max(id), '', '' FROM "
              "db_dbnode; UPDATE db_dbuser SET institution = '" +
              std::to_string(i) + "'");
        session.run(i % 6 == 0 ? "ROLLBACK" : "COMMIT");
      }
    } catch (std::exception const&) {
      failed = true;
    }
    is_busy = false;
  });
  while (is_busy) listener.follower.listen();
  writer.join();
  REQUIRE_FALSE(failed);
  listener.follower.listen_to_all();
  CHECK(listener.follower.copy() == listener.all());
  CHECK(listener.follower.resnapshots() == 0);
}

TEST_CASE("following an SQLite file tells objects apart that have one id after the other", "[following]") {
  File file;
  auto& session = file.session;
  session.run(sqlite_node(1));
  Sqlite listener(file.path);
  listener.follower.begin();
  auto const before = listener.all();
  session.run("BEGIN; DELETE FROM db_dbnode WHERE uuid = '" + uuid(1) + "'; " + sqlite_node(2) + "; COMMIT");
  listener.follower.listen_to_all();
  CHECK(listener.follower.copy() == listener.all());
  REQUIRE(listener.follower.told().size() == 1);
  auto const& [object, what] = *listener.follower.told().begin();
  CHECK(before.contains(object));
  CHECK(what == "di");
  CHECK(listener.follower.deleted().at(object) == uuid(1));
  listener.follower.listen_to_all();
  CHECK(listener.follower.told().at(object) == "di");
}

TEST_CASE("following an SQLite file tells of what has got the id of a link, a member or a log that is gone",
          "[following]") {
  File file;
  auto& session = file.session;
  auto const of = [](int number) { return "(SELECT id FROM db_dbnode WHERE uuid = '" + uuid(number) + "')"; };
  auto const rows = [&](int first, int second) {
    return "INSERT INTO db_dblink (id, input_id, output_id, label, type) VALUES (9000, " + of(first) + ", " +
           of(second) + ", '', ''); INSERT INTO db_dbgroup_dbnodes (id, dbgroup_id, dbnode_id) VALUES (9000, 1, " +
           of(first) +
           "); INSERT INTO db_dblog (id, uuid, time, loggername, levelname, dbnode_id, message, metadata) VALUES "
           "(9000, '" +
           uuid(100 + first) + "', '2024-01-01', '', '', " + of(first) + ", '', '{}')";
  };
  session.run(sqlite_node(1) + "; " + sqlite_node(2) + "; " + rows(1, 2));
  Sqlite listener(file.path);
  listener.follower.begin();
  session.run(
      "BEGIN; DELETE FROM db_dblink WHERE id = 9000; DELETE FROM db_dbgroup_dbnodes WHERE id = 9000; "
      "DELETE FROM db_dblog WHERE id = 9000; " +
      rows(2, 1) + "; COMMIT");
  listener.follower.listen_to_all();
  CHECK(listener.follower.copy() == listener.all());
  std::map<std::pair<char, std::int64_t>, std::string> const told{
      {{'l', 9000}, "di"}, {{'m', 9000}, "di"}, {{'o', 9000}, "di"}};
  CHECK(listener.follower.told() == told);
  CHECK(listener.follower.deleted().at({'m', 9000}).starts_with(uuid(1)));
}

TEST_CASE("following an SQLite file tells again of what had gone when it was to be read", "[following]") {
  File file;
  auto& session = file.session;
  Sqlite listener(file.path);
  listener.follower.begin();
  session.run("INSERT INTO db_dbgroup_dbnodes (id, dbgroup_id, dbnode_id) SELECT 9000, 1, max(id) FROM db_dbnode");
  listener.follower.listen_to_all();
  std::vector<std::int64_t> const ids{9000, 12345};
  listener.source.doubt(*model::find_entity('m'), ids);
  session.run("UPDATE db_dbuser SET institution = 'x' WHERE id = 1");
  listener.follower.listen_to_all();
  CHECK(listener.follower.told().at({'m', 9000}) == "ii");
  listener.source.doubt(*model::find_entity('m'), ids);
  session.run("DELETE FROM db_dbgroup_dbnodes WHERE id = 9000");
  listener.follower.listen_to_all();
  CHECK(listener.follower.told().at({'m', 9000}) == "iid");
  CHECK_FALSE(listener.follower.told().contains({'m', 12345}));
}

TEST_CASE("following stands any ids that a file may have", "[following]") {
  File file;
  auto& session = file.session;
  Sqlite listener(file.path);
  listener.follower.begin();
  constexpr auto last = std::numeric_limits<std::int64_t>::max();
  for (auto const id : {last, last - 5000, std::int64_t{-5}, std::numeric_limits<std::int64_t>::min()})
    session.run("INSERT INTO db_dbuser (id, institution) VALUES (" + std::to_string(id) + ", '')");
  listener.follower.listen_to_all();
  session.run("UPDATE db_dbuser SET institution = 'x' WHERE id > 1000 OR id < 0; " + sqlite_node(1));
  listener.follower.listen_to_all();
  session.run("DELETE FROM db_dbuser WHERE id > 1000 OR id < 0");
  listener.follower.listen_to_all();
  CHECK(listener.follower.told().size() == 3);
  CHECK(listener.follower.told().at({'u', last}) == "iud");
  CHECK(listener.follower.told().at({'u', last - 5000}) == "iud");
}

TEST_CASE("following begins anew with another SQLite file", "[following]") {
  test::TemporaryFolder const folder;
  auto const path = folder.path() + "/database.sqlite";
  test::make_sqlite_file(path, Fixture::generation2);
  Sqlite listener(path);
  listener.follower.begin();
  test::make_sqlite_file(path + ".new", Fixture::generation2);
  test::SqliteSession(path + ".new").run(sqlite_node(1));
  std::filesystem::rename(path + ".new", path);
  listener.follower.listen_to_all();
  CHECK(listener.follower.resnapshots() == 1);
  CHECK(listener.follower.copy() == listener.all());
  test::SqliteSession(path).run(sqlite_node(2));
  listener.follower.listen_to_all();
  CHECK(listener.follower.copy() == listener.all());
  CHECK(listener.follower.told().size() == 1);
}
