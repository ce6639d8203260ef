// SPDX-License-Identifier: MIT
// What is installed comes and goes while somebody listens.
#include <catch2/catch.hpp>
#include <filesystem>

#include "sql/feed/setup.hpp"
#include "store/changes/chosen_source.hpp"
#include "support/eventually.hpp"
#include "support/postgresql_tools.hpp"
#include "support/session.hpp"

using namespace restapi;
using store::ChosenSource;
using store::Lost;
using store::SourceKind;
using store::WantedSource;
using test::Fixture;

namespace {

ChosenSource::Options always(WantedSource wanted = WantedSource::automatic) {
  return {.wanted = wanted,
          .between_looks = std::chrono::milliseconds(0),
          .following = {.between_comparisons = std::chrono::milliseconds(0), .rest = 0},
          .times = {}};
}

struct Listener {
  ChosenSource source;
  store::Cursor cursor = {};

  explicit Listener(std::string const& location, ChosenSource::Options const& options = always())
      : source(test::source_of(location), options) {
    begin();
  }

  void begin() {
    auto const now = source.now();
    if (!now) throw std::runtime_error(now.error().detail);
    cursor = *now;
  }

  std::optional<Lost> lost() {
    auto const read = source.read(cursor);
    if (!read) UNSCOPED_INFO(read.error().message << "; " << read.error().detail);
    REQUIRE(read);
    auto const* const lost = std::get_if<Lost>(&*read);
    return lost ? std::optional(*lost) : std::nullopt;
  }

  /// Tables of the objects that are told, until nothing is.
  std::string told() {
    std::string letters;
    for (;;) {
      auto const read = source.read(cursor);
      REQUIRE(read);
      REQUIRE(std::holds_alternative<store::Batch>(*read));
      auto const& batch = std::get<store::Batch>(*read);
      for (auto const& change : batch.changes) letters += change.entity->letter;
      cursor = batch.after;
      if (batch.is_whole && batch.changes.empty()) return letters;
    }
  }

  SourceKind kind() const { return source.in_use().kind; }
  std::string why() const { return source.in_use().why; }
};

/// `run`: executes statements.
template <class Run>
void come_and_go(std::string const& location, Run run, std::string const& setup, std::string const& removal,
                 std::string const& damage, std::string const& damaged) {
  auto write = [&, number = 0]() mutable {
    run("UPDATE db_dbuser SET institution = 'x" + std::to_string(++number) + "' WHERE id = 1");
  };
  Listener listener(location);
  CHECK(listener.kind() == SourceKind::following);
  CHECK(listener.why() == "it is not installed");
  write();
  CHECK(listener.told() == "u");

  run(setup);
  CHECK(listener.lost() == Lost::other_database);
  CHECK(listener.kind() == SourceKind::installed);
  CHECK(listener.why().empty());
  listener.begin();
  write();
  CHECK(listener.told() == "u");
  auto const installed = listener.cursor;

  run(damage);
  CHECK(listener.lost() == Lost::other_database);
  CHECK(listener.kind() == SourceKind::following);
  CHECK(listener.why() == damaged);
  listener.begin();
  write();
  CHECK(listener.told() == "u");

  // Nobody knows what was done while it was damaged.
  run(setup);
  CHECK(listener.lost() == Lost::other_database);
  CHECK(listener.kind() == SourceKind::installed);
  CHECK(*listener.source.examine(installed) == Lost::other_database);
  listener.begin();

  run(removal);
  CHECK(listener.lost() == Lost::other_database);
  CHECK(listener.kind() == SourceKind::following);
  listener.begin();
  write();
  CHECK(listener.told() == "u");
}

}  // namespace

TEST_CASE("changes of PostgreSQL are told whether or not something is installed", "[following]") {
  test::PostgreSqlDatabase const database;
  database.load(Fixture::generation2);
  come_and_go(
      database.uri(), [&](std::string const& sql) { database.run(sql); }, sql::feed::postgresql_setup(),
      sql::feed::postgresql_removal(), "ALTER TABLE db_dbuser DISABLE TRIGGER restapi_feed_update",
      "1 of 32 triggers are missing or disabled: run the setup again");
}

TEST_CASE("changes of an SQLite file are told whether or not something is installed", "[following]") {
  test::TemporaryFolder const folder;
  auto const path = folder.path() + "/database.sqlite";
  test::make_sqlite_file(path, Fixture::generation2);
  test::SqliteSession session(path);
  come_and_go(
      path, [&](std::string const& sql) { session.run(sql); }, sql::feed::sqlite_setup(), sql::feed::sqlite_removal(),
      "DROP TRIGGER restapi_feed_db_dbuser_update", "1 triggers are missing: run the setup again");
}

TEST_CASE("what cannot be looked at is an error until it can", "[following]") {
  test::PostgreSqlDatabase const database;
  database.load(Fixture::generation2);
  bool const is_installed = GENERATE(true, false);
  if (is_installed) database.run(sql::feed::postgresql_setup());
  auto options = always();
  options.between_looks = std::chrono::milliseconds(20);
  Listener listener(database.uri(), options);
  database.run("ALTER TABLE db_dbnode RENAME TO gone");
  CHECK(test::eventually([&] { return !listener.source.read(listener.cursor); }));
  for (int i = 0; i < 1000; ++i) CHECK_FALSE(listener.source.read(listener.cursor));
  database.run("ALTER TABLE gone RENAME TO db_dbnode");
  CHECK(test::eventually([&] { return listener.source.now() ? true : false; }));
  listener.begin();
  CHECK(listener.kind() == (is_installed ? SourceKind::installed : SourceKind::following));
}

TEST_CASE("a source that is wanted is used, or none", "[following]") {
  test::PostgreSqlDatabase const database;
  database.load(Fixture::generation2);
  ChosenSource installed(test::source_of(database.uri()), always(WantedSource::installed));
  CHECK(installed.in_use() == store::SourceInUse{});
  auto const none = installed.now();
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Code::store_unavailable);
  CHECK(installed.in_use() == store::SourceInUse{SourceKind::unknown, "it is not installed"});
  database.run(sql::feed::postgresql_setup());
  CHECK(installed.now());
  CHECK(installed.in_use() == store::SourceInUse{SourceKind::installed, ""});
  database.run(sql::feed::postgresql_removal());
  CHECK_FALSE(installed.now());
  database.run(sql::feed::postgresql_setup());
  Listener following(database.uri(), always(WantedSource::following));
  CHECK(following.kind() == SourceKind::following);
  CHECK(following.why() == "it is not wanted");
}

TEST_CASE("a source finds AiiDA's tables where they are by now", "[following]") {
  test::PostgreSqlDatabase const database;
  database.load(Fixture::generation2);
  auto const move = [&](std::string const& from, std::string const& to) {
    database.run("CREATE SCHEMA IF NOT EXISTS " + to + "; DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM " +
                 "pg_tables WHERE schemaname = '" + from + "' AND tablename LIKE 'db\\_%' LOOP EXECUTE 'ALTER TABLE " +
                 from + ".' || t || ' SET SCHEMA " + to + "'; END LOOP; END $$");
  };
  move("public", "elsewhere");
  Listener listener(database.uri());
  database.run("UPDATE elsewhere.db_dbuser SET institution = 'x' WHERE id = 1");
  CHECK(listener.told() == "u");
  move("elsewhere", "third");
  CHECK(listener.lost() == Lost::other_database);
  listener.begin();
  database.run("UPDATE third.db_dbuser SET institution = 'y' WHERE id = 1");
  CHECK(listener.told() == "u");
}

TEST_CASE("nothing changes in an archive", "[following]") {
  test::TemporaryFolder const folder;
  auto const path = folder.path() + "/database.sqlite";
  test::make_sqlite_file(path, Fixture::generation2);
  auto source = test::source_of(path);
  source.immutable = true;
  ChosenSource archive(source, always());
  auto const now = archive.now();
  REQUIRE(now);
  CHECK(archive.in_use() == store::SourceInUse{SourceKind::unchanging, ""});
  auto const read = archive.read(*now);
  REQUIRE(read);
  auto const& batch = std::get<store::Batch>(*read);
  CHECK(batch.changes.empty());
  CHECK(batch.is_whole);
  CHECK(batch.after == *now);
  CHECK(*archive.examine(*now) == std::nullopt);
  CHECK(*ChosenSource(source, always()).examine(*now) == Lost::other_database);
}
