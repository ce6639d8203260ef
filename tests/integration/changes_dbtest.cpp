// SPDX-License-Identifier: MIT
// What writers commit is told once, in order, whatever they and their listeners do.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <random>
#include <thread>

#include "sql/feed/setup.hpp"
#include "support/eventually.hpp"
#include "support/listener.hpp"
#include "support/lost_of.hpp"
#include "support/postgresql_tools.hpp"
#include "support/sanitized.hpp"
#include "support/session.hpp"

using namespace restapi;
using test::eventually;
using test::Fixture;
using test::Histories;
using test::Listener;
using test::lost_of;
using test::Object;

namespace {

constexpr int transactions = test::is_sanitized ? 60 : 400;
constexpr int writers = 6;

std::string node(std::int64_t id) {
  return "INSERT INTO db_dbnode (id, uuid, node_type, label, description, ctime, mtime, attributes, extras, "
         "repository_metadata, user_id) VALUES (" +
         std::to_string(id) + ", 'a0000000-0000-4000-8000-" + std::to_string(100'000'000'000 + id) +
         "', 'x', '', '', '2024-01-01', '2024-01-01', '{}', '{}', '{}', 1)";
}

/// Writes nodes and comments of its own, and to a node that all write to; knows what has been committed.
class Writer {
 public:
  Writer(std::unique_ptr<test::Session> session, int number, bool may_prepare)
      : session_(std::move(session)),
        number_(number),
        next_(1'000'000 * (number + 1)),
        may_prepare_(may_prepare),
        random_(static_cast<unsigned>(number)) {}

  Histories const& committed() const { return committed_; }

  void run(int count) {
    for (int i = 0; i < count; ++i) transaction(i);
  }

 private:
  int pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  void transaction(int count) {
    written_.clear();
    auto const before = alive_;
    session_->run("BEGIN");
    auto const operations = 1 + pick(4);
    for (int i = 0; i < operations; ++i) {
      if (pick(5) > 0) {
        write();
        continue;
      }
      auto const kept = written_;
      auto const alive = alive_;
      session_->run("SAVEPOINT a");
      write();
      if (pick(2) == 0) {
        session_->run("ROLLBACK TO a");
        written_ = kept;
        alive_ = alive;
      } else {
        session_->run("RELEASE a");
      }
    }
    if (pick(5) == 0) {
      session_->run("ROLLBACK");
      alive_ = before;
      return;
    }
    if (may_prepare_ && pick(10) == 0) {
      auto const name = "'" + std::to_string(number_) + "." + std::to_string(count) + "'";
      session_->run("PREPARE TRANSACTION " + name);
      session_->run("COMMIT PREPARED " + name);
    } else {
      session_->run("COMMIT");
    }
    for (auto const& [object, what] : written_) committed_[object] += what;
  }

  void write() {
    auto const what = pick(6);
    if (what < 2 || alive_.empty()) {
      session_->run(node(++next_));
      alive_.push_back(next_);
      written_.push_back({{'n', next_}, 'i'});
    } else if (what < 5) {
      auto const id = alive_[static_cast<std::size_t>(pick(static_cast<int>(alive_.size())))];
      session_->run("UPDATE db_dbnode SET label = label || 'x' WHERE id = " + std::to_string(id));
      written_.push_back({{'n', id}, 'u'});
    } else {
      auto const place = alive_.begin() + pick(static_cast<int>(alive_.size()));
      session_->run("DELETE FROM db_dbnode WHERE id = " + std::to_string(*place));
      written_.push_back({{'n', *place}, 'd'});
      alive_.erase(place);
    }
  }

  std::unique_ptr<test::Session> session_;
  int const number_;
  std::int64_t next_;
  bool const may_prepare_;
  std::mt19937 random_;
  std::vector<std::int64_t> alive_;
  std::vector<std::pair<Object, char>> written_;  // of this transaction
  Histories committed_;
};

/// All of them at once, while `listen` is called again and again.
template <class Listen>
Histories write_beside(std::vector<std::unique_ptr<Writer>>& all, int each, Listen listen) {
  std::atomic<int> busy = static_cast<int>(all.size());
  std::atomic<bool> failed = false;
  std::vector<std::thread> threads;
  for (auto& writer : all)
    threads.emplace_back([&, one = writer.get()] {
      try {
        one->run(each);
      } catch (std::exception const&) {
        failed = true;
      }
      --busy;
    });
  while (busy > 0) listen();
  for (auto& thread : threads) thread.join();
  REQUIRE_FALSE(failed);
  Histories committed;
  for (auto const& writer : all)
    for (auto const& [object, history] : writer->committed()) committed[object] += history;
  return committed;
}

struct Fed {
  test::PostgreSqlDatabase database;
  explicit Fed(std::string const& server = test::postgresql_of_tests()) : database(server) {
    database.load(Fixture::generation2);
    database.run(sql::feed::postgresql_setup());
  }
  std::unique_ptr<test::Session> session() const { return std::make_unique<test::PostgreSqlSession>(database.uri()); }
  std::vector<std::unique_ptr<Writer>> make_writers() const {
    std::vector<std::unique_ptr<Writer>> all;
    for (int i = 0; i < writers; ++i) all.push_back(std::make_unique<Writer>(session(), i, true));
    return all;
  }
};

}  // namespace

TEST_CASE("what is committed is told once and in order, to whoever comes and goes", "[changes]") {
  Fed const fed;
  auto all = fed.make_writers();
  Listener restless(fed.database.uri(), 3), calm(fed.database.uri());
  restless.begin();
  calm.begin();
  // A transaction of another database of the server, and one of this, are open all the time.
  test::PostgreSqlSession elsewhere(test::postgresql_of_tests()), here(fed.database.uri());
  elsewhere.run("BEGIN; SELECT pg_current_xact_id()");
  here.run("BEGIN; " + node(900) + "; UPDATE db_dbuser SET institution = 'x' WHERE id = 1");
  auto committed = write_beside(all, transactions, [&] {
    restless.listen(true);
    calm.listen();
  });
  while (restless.listen(true)) continue;
  while (calm.listen()) continue;
  CHECK(restless.told() == committed);
  here.run("COMMIT");
  elsewhere.run("COMMIT");
  committed[{'n', 900}] = "i";
  committed[{'u', 1}] = "u";
  while (restless.listen(true)) continue;
  while (calm.listen()) continue;
  CHECK(restless.told() == committed);
  CHECK(calm.told() == committed);
  CHECK(restless.repeated() == 0);
  CHECK(calm.repeated() == 0);
}

TEST_CASE("a standby tells the same", "[changes]") {
  test::PostgreSqlServer const primary;
  Fed const fed(primary.uri());
  test::Standby const standby(primary);
  standby.catch_up(fed.database.uri());
  auto all = fed.make_writers();
  Listener listener(standby.uri(fed.database.uri()), 5);
  listener.begin();
  auto const committed = write_beside(all, transactions / 4, [&] { listener.listen(true); });
  standby.catch_up(fed.database.uri());
  CHECK(eventually([&] {
    while (listener.listen(true)) continue;
    return listener.told() == committed;
  }));
  CHECK(listener.repeated() == 0);

  // The same cursor goes on at the primary, and back. A standby waits for what it has not replayed yet.
  Listener at_primary(fed.database.uri());
  at_primary.come_back(listener.cursor());
  fed.database.run("UPDATE db_dbuser SET institution = 'later' WHERE id = 1");
  while (at_primary.listen()) continue;
  CHECK(at_primary.told() == Histories{{{'u', 1}, "u"}});
  auto const after = at_primary.cursor();
  standby.catch_up(fed.database.uri());
  CHECK(eventually([&] {
    auto const lost = listener.source().examine(after);
    return lost && !*lost;
  }));

  // Another timeline: what the former one had that this one lacks nobody knows.
  standby.promote();
  Listener promoted(standby.uri(fed.database.uri()));
  CHECK(eventually([&] { return promoted.source().now().operator bool(); }));
  CHECK(lost_of(promoted.source().read(after)) == store::Lost::other_database);
}

TEST_CASE("a batch of many rows comes in pages", "[changes]") {
  Fed const fed;
  Listener listener(fed.database.uri(), 7);
  listener.begin();
  auto const before = listener.cursor();
  fed.database.run(
      "BEGIN; DO $$ BEGIN FOR i IN 1..600 LOOP UPDATE db_dbuser SET institution = i WHERE id = 1; "
      "END LOOP; END $$; INSERT INTO db_dbgroup_dbnodes (id, dbnode_id, dbgroup_id) SELECT 1000 + row_number() OVER "
      "(), n.id, g.id "
      "FROM db_dbnode AS n CROSS JOIN db_dbgroup AS g ON CONFLICT DO NOTHING; DELETE FROM db_dbgroup_dbnodes; COMMIT");
  while (listener.listen(true)) continue;
  CHECK(listener.told().at({'u', 1}) == std::string(600, 'u'));
  CHECK(listener.repeated() == 0);
  auto const first = std::get<store::Batch>(*listener.source().read(before));
  CHECK(first.changes.size() == sql::feed::page);
  CHECK_FALSE(first.is_whole);
  CHECK(first.after.within);
}

TEST_CASE("what is kept of deleted objects is told", "[changes]") {
  Fed const fed;
  Listener listener(fed.database.uri());
  listener.begin();
  fed.database.run("SET restapi.web_socket_id = 'me'; " + node(900) +
                   "; INSERT INTO db_dblink (id, input_id, output_id, label, type) VALUES (900, 900, 900, '', ''); "
                   "DELETE FROM db_dblink WHERE id = 900; DELETE FROM db_dbnode WHERE id = 900; TRUNCATE db_dbcomment");
  auto const read = listener.source().read(listener.cursor());
  auto const& changes = std::get<store::Batch>(*read).changes;
  REQUIRE(changes.size() == 5);
  CHECK(changes[2].firsts == std::vector<std::int64_t>{900});
  CHECK(changes[2].seconds == std::vector<std::int64_t>{900});
  CHECK(changes[2].uuids.empty());
  CHECK(changes[3].uuids == std::vector<std::string>{"a0000000-0000-4000-8000-100000000900"});
  CHECK(changes[4].action == store::Action::cleared);
  CHECK(changes[4].entity->name == "comments");
  CHECK(changes[4].ids.empty());
  for (auto const& change : changes) CHECK(change.origin == "me");
}

TEST_CASE("a cursor that cannot be continued is refused", "[changes]") {
  Fed const fed, other;
  Listener listener(fed.database.uri());
  listener.begin();
  fed.database.run("UPDATE db_dbuser SET institution = 'x'");
  while (listener.listen()) continue;
  auto const cursor = listener.cursor();
  CHECK(*listener.source().examine(cursor) == std::nullopt);

  SECTION("of another database") {
    Listener elsewhere(other.database.uri());
    CHECK(*elsewhere.source().examine(cursor) == store::Lost::other_database);
    CHECK(lost_of(elsewhere.source().read(cursor)) == store::Lost::other_database);
  }
  SECTION("that lacks changes which have been removed") {
    fed.database.run("SELECT pg_current_xact_id()");  // of which nothing is told
    fed.database.run("UPDATE restapi_feed.feed SET floor = pg_current_xact_id()");
    CHECK(lost_of(listener.source().read(cursor)) == store::Lost::too_old);
    auto const now = *listener.source().now();
    CHECK(std::holds_alternative<store::Batch>(*listener.source().read(now)));
    CHECK(*listener.source().examine(now) == std::nullopt);
  }
  SECTION("whose last change is gone") {
    fed.database.run("DELETE FROM restapi_feed.change");
    CHECK(*listener.source().examine(cursor) == store::Lost::undone);
  }
  SECTION("of before a setup that begins anew") {
    fed.database.run("ALTER TABLE db_dbnode DISABLE TRIGGER restapi_feed_delete");
    fed.database.run(sql::feed::postgresql_setup());
    CHECK(lost_of(listener.source().read(cursor)) == store::Lost::other_database);
    Listener again(fed.database.uri());
    CHECK(*again.source().examine(cursor) == store::Lost::other_database);
  }
}

TEST_CASE("who listens while a crash undoes what was told is told so", "[changes]") {
  test::PostgreSqlServer const server;
  Fed const fed(server.uri());
  fed.database.run("ALTER SYSTEM SET wal_writer_delay = '10s'");
  fed.database.run("SELECT pg_reload_conf()");
  Listener listener(fed.database.uri());
  listener.begin();
  fed.database.run("SET synchronous_commit = on; UPDATE db_dbuser SET institution = 'kept' WHERE id = 1");
  while (listener.listen()) continue;
  fed.database.run("SET synchronous_commit = off; UPDATE db_dbuser SET institution = 'lost' WHERE id = 1");
  while (listener.listen()) continue;
  auto const cursor = listener.cursor();
  test::crash(fed.database);
  CHECK(fed.database.run("SELECT institution FROM db_dbuser WHERE id = 1") == "kept");
  // These get the transaction ids of what was lost.
  for (int i = 0; i < 3; ++i) fed.database.run("UPDATE db_dbuser SET institution = 'new' WHERE id = 1");
  auto read = listener.source().read(cursor);
  for (int i = 0; i < 3 && !read; ++i) read = listener.source().read(cursor);  // the first meets the closed connection
  REQUIRE(read);
  CHECK(std::holds_alternative<store::Lost>(*read));
}

TEST_CASE("a source says why it cannot be used", "[changes]") {
  Fed const fed;
  store::ChangeConnection connection(test::source_of(fed.database.uri()), {}, sql::feed::postgresql_settings());
  store::InstalledPostgreSql source(connection, "public");
  CHECK(*source.why_not() == std::nullopt);
  fed.database.run(
      "ALTER TABLE db_dbnode DISABLE TRIGGER restapi_feed_delete; DROP TRIGGER restapi_feed_insert ON db_dblog");
  CHECK(**source.why_not() == "2 of 32 triggers are missing or disabled: run the setup again");
  fed.database.run("UPDATE restapi_feed.feed SET system_identifier = 1");
  CHECK(**source.why_not() == "the database was restored from a dump of another server: run the setup again");
  fed.database.run("UPDATE restapi_feed.feed SET version = 99");
  CHECK(**source.why_not() == "it is of version 99, and this program reads 2: run the setup again");
  fed.database.run(sql::feed::postgresql_removal());
  CHECK(**source.why_not() == "it is not installed");
  CHECK_FALSE(source.now());
  fed.database.run(sql::feed::postgresql_setup());
  CHECK(*source.why_not() == std::nullopt);
}

TEST_CASE("rows that no trigger writes are passed over", "[changes]") {
  Fed const fed;
  Listener listener(fed.database.uri());
  listener.begin();
  fed.database.run(
      "INSERT INTO restapi_feed.change (entity, action, ids) VALUES ('n', 'u', NULL), ('n', 'd', '{}'), ('n', 'x', "
      "'{1}'), "
      "('?', 'i', '{1}'), ('n', 't', '{1,2}'); UPDATE db_dbuser SET institution = 'x' WHERE id = 1");
  auto const read = listener.source().read(listener.cursor());
  auto const& changes = std::get<store::Batch>(*read).changes;
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].action == store::Action::cleared);
  CHECK(changes[0].ids.empty());
  CHECK(changes[1].entity->name == "users");
}

TEST_CASE("whoever may read nodes may listen", "[changes]") {
  Fed const fed;
  auto const role = "listener_" + test::cell(fed.database.uri(), "SELECT current_database()");
  fed.database.run("CREATE ROLE " + role + " LOGIN; GRANT SELECT ON db_dbnode TO " + role);
  fed.database.run(sql::feed::postgresql_setup());
  auto uri = fed.database.uri();
  uri.replace(uri.find("user=restapi"), 12, "user=" + role);
  {
    Listener listener(uri);
    listener.begin();
    fed.database.run("UPDATE db_dbuser SET institution = 'x' WHERE id = 1");
    while (listener.listen()) continue;
    CHECK(listener.told() == Histories{{{'u', 1}, "u"}});
  }
  fed.database.run("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_CASE("an SQLite file tells the same", "[changes]") {
  test::TemporaryFolder const folder;
  auto const path = folder.path() + "/database.sqlite";
  test::make_sqlite_file(path, Fixture::generation2);
  auto const session = [&] { return std::make_unique<test::SqliteSession>(path); };
  session()->run(sql::feed::sqlite_setup());
  // SQLite begins a transaction for reading, and cannot make it one for writing beside another writer.
  std::vector<std::unique_ptr<Writer>> all;
  all.push_back(std::make_unique<Writer>(session(), 0, false));
  Listener listener(path, 9);
  listener.begin();
  auto committed = write_beside(all, transactions, [&] { listener.listen(true); });
  while (listener.listen(true)) continue;
  CHECK(listener.told() == committed);
  CHECK(listener.repeated() == 0);
  auto const cursor = listener.cursor();
  CHECK(*listener.source().examine(cursor) == std::nullopt);

  SECTION("a row that is not the one that was told") {
    session()->run("UPDATE restapi_feed_change SET mark = 1");
    CHECK(lost_of(listener.source().read(cursor)) == store::Lost::undone);
    CHECK(*listener.source().examine(cursor) == store::Lost::undone);
  }
  SECTION("rows that are gone") {
    session()->run("DELETE FROM restapi_feed_change");
    CHECK(lost_of(listener.source().read(cursor)) == store::Lost::undone);
  }
  SECTION("rows that nobody has had") {
    session()->run("UPDATE restapi_feed SET floor = 1000000");
    CHECK(lost_of(listener.source().read(cursor)) == store::Lost::too_old);
  }
  SECTION("another epoch") {
    session()->run("DROP TRIGGER restapi_feed_db_dblog_insert");
    store::ChangeConnection connection(test::source_of(path), {});
    store::InstalledSqlite source(connection);
    CHECK(**source.why_not() == "1 triggers are missing: run the setup again");
    session()->run(sql::feed::sqlite_setup());
    CHECK(*source.why_not() == std::nullopt);
    CHECK(lost_of(listener.source().read(cursor)) == store::Lost::other_database);
  }
}
