// SPDX-License-Identifier: MIT
// Databases whose tables change while they are served: a migration, a role that loses a right, another file.
#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <thread>

#include "support/ask.hpp"
#include "support/eventually.hpp"

using namespace restapi;
using restapi::test::eventually;
using test::Fixture;

namespace {

constexpr char const* computers = "/api/v2/computers?orderby=id";
constexpr char const* nodes = "/api/v2/nodes?limit=1";

/// A database and a service of it, which opens it when it needs it, as the program does.
struct Served {
  explicit Served(source::Engine engine, store::StoreOptions options = {}, std::string role = {})
      : opened(test::open_fixture(Fixture::generation2, engine)),
        source(opened->source),
        lazy("main",
             [this, options]() -> Result<std::shared_ptr<store::Store>> {
               try {
                 return test::open(source, options);
               } catch (std::runtime_error const& error) {
                 return Error{Code::source_refused, error.what()};
               }
             }),
        service(lazy, {.memory = std::make_shared<api::AnswerMemory>(1 << 20)}) {
    if (!role.empty()) source += (source.find('?') == source.npos ? "?user=" : "&user=") + role;
  }

  /// Readers may be in the way of a writer, who then tries again.
  void change(std::string const& sql) const {
    auto const changed = eventually([&] {
      try {
        if (opened->database)
          opened->database->run(sql);
        else
          test::make_sqlite_file(opened->source, sql);
        return true;
      } catch (std::runtime_error const& error) {
        if (std::string(error.what()).find("locked") == std::string::npos) throw;
        return false;
      }
    });
    REQUIRE(changed);
  }

  test::Answer ask(std::string const& target) {
    auto const response = test::answer(service, "GET", target);
    return {response.status, response.headers, response.body.text(), test::parse_json(response.body.text())};
  }

  /// Whatever is asked meanwhile is an answer or told to come again.
  bool eventually_answers(std::string const& target, std::string const& text) {
    return eventually([&] {
      auto const answer = ask(target);
      if (answer.status != 200) check_come_again(answer);
      return answer.status == 200 && answer.text == text;
    });
  }

  static void check_come_again(test::Answer const& answer) {
    CHECK(answer.status == 503);
    CHECK(!answer.header("Retry-After").empty());
  }

  std::unique_ptr<test::OpenedStore> opened;
  std::string source;
  store::LazyStore lazy;
  api::Service service;
};

/// A role that may connect and nothing else. Roles belong to the server: its name is nobody else's.
struct Role {
  explicit Role(std::string const& kind) : name(kind + "_" + database.run("SELECT current_database()")) {
    database.run("CREATE ROLE " + name + " LOGIN");
  }
  Role(Role const&) = delete;
  Role& operator=(Role const&) = delete;
  ~Role() { database.run("DROP ROLE " + name); }

  test::PostgreSqlDatabase const database;
  std::string const name;
};

}  // namespace

TEST_CASE("a column that is renamed while it is served is read under its new name", "[migration]") {
  for (auto const engine : test::engines) {
    Served served(engine);
    INFO(test::name_of(engine));
    served.change("ALTER TABLE db_dbcomputer RENAME COLUMN label TO name");
    auto const before = served.ask(computers);
    auto const others = served.ask(nodes);
    REQUIRE(before.status == 200);
    served.change("ALTER TABLE db_dbcomputer RENAME COLUMN name TO label");
    auto const after = served.ask(computers);  // the very next request
    CHECK(after.status == 200);
    CHECK(after.text == before.text);
    CHECK(served.ask(nodes).text == others.text);
    CHECK(after.header("ETag").empty());  // the version was another opening's
    CHECK(!served.ask(computers).header("ETag").empty());
    CHECK(served.lazy.state().opened == 2);
  }
}

TEST_CASE("a database that is half way through a migration makes a 503, and is served when it is through",
          "[migration]") {
  for (auto const engine : test::engines) {
    for (auto const* change : {"ALTER TABLE db_dbcomputer RENAME COLUMN uuid TO id_of_old",
                               "ALTER TABLE db_dbcomputer RENAME TO computers_of_old"}) {
      Served served(engine);
      INFO(test::name_of(engine) << ": " << change);
      auto const before = served.ask(computers);
      REQUIRE(before.status == 200);
      served.change(change);
      for (int i = 0; i < 20; ++i) {
        Served::check_come_again(served.ask(computers));
        CHECK(served.ask(nodes).status == 200);  // what is whole is served all the while
      }
      served.change(std::string(change).ends_with("id_of_old")
                        ? "ALTER TABLE db_dbcomputer RENAME COLUMN id_of_old TO uuid"
                        : "ALTER TABLE computers_of_old RENAME TO db_dbcomputer");
      CHECK(served.ask(computers).text == before.text);  // at once
    }
  }
}

TEST_CASE("what a stranger puts in the place of a table that has gone is not read", "[migration][postgresql]") {
  Role const made_role("stranger");
  auto const& role = made_role.name;
  Served served(source::Engine::postgresql);
  constexpr char const* groups = "/api/v2/groups";
  auto const before = served.ask(groups);
  REQUIRE(before.status == 200);
  served.change("GRANT CREATE, USAGE ON SCHEMA public TO " + role + "; ALTER TABLE db_dbgroup RENAME TO groups_of_old");
  Served::check_come_again(served.ask(groups));
  for (auto const* made : {"CREATE TABLE db_dbgroup AS SELECT * FROM groups_of_old WHERE false",
                           "CREATE VIEW db_dbgroup AS SELECT * FROM groups_of_old WHERE false"}) {
    INFO(made);
    served.change("GRANT SELECT ON groups_of_old TO " + role + "; SET ROLE " + role + "; " + made +
                  "; GRANT SELECT ON db_dbgroup TO PUBLIC");
    for (int i = 0; i < 5; ++i) Served::check_come_again(served.ask(groups));
    CHECK(served.ask(nodes).status == 200);
    served.change(std::string("DROP ") + (std::string(made).starts_with("CREATE TABLE") ? "TABLE" : "VIEW") +
                  " db_dbgroup");
  }
  served.change("ALTER TABLE groups_of_old RENAME TO db_dbgroup; REVOKE ALL ON db_dbgroup FROM " + role +
                "; REVOKE ALL ON SCHEMA public FROM " + role);
  CHECK(served.ask(groups).text == before.text);
}

TEST_CASE("nor is what stands in the place of a table that only a relation reads", "[migration][postgresql]") {
  Role const made_role("stranger");
  auto const& role = made_role.name;
  Served served(source::Engine::postgresql, {.between_looks = std::chrono::milliseconds(1)});
  constexpr char const* by_group = "/api/v2/nodes?group.id%3E0";
  auto const before = served.ask(by_group);
  REQUIRE(before.status == 200);
  CHECK(before.header("X-Total-Count") != "0");
  served.change("GRANT CREATE, USAGE ON SCHEMA public TO " + role + "; GRANT SELECT ON db_dbnode TO " + role);
  served.change("ALTER TABLE db_dbgroup_dbnodes RENAME TO members_of_old");
  served.change("SET ROLE " + role +
                "; CREATE VIEW db_dbgroup_dbnodes AS SELECT id, id AS dbnode_id, 1 AS dbgroup_id "
                "FROM db_dbnode; GRANT SELECT ON db_dbgroup_dbnodes TO PUBLIC");
  CHECK(eventually([&] { return served.ask(by_group).status == 400; }));
  CHECK(served.ask(by_group).text.find("this database has no table for") != std::string::npos);
  CHECK(served.ask(nodes).status == 200);
  served.change("DROP VIEW db_dbgroup_dbnodes; ALTER TABLE members_of_old RENAME TO db_dbgroup_dbnodes");
  served.change("DROP OWNED BY " + role);
  CHECK(eventually([&] {
    served.ask(nodes);  // what reads notices
    return served.ask(by_group).text == before.text;
  }));
}

TEST_CASE("a role that loses a right is told to come again, until it has it back", "[migration][postgresql]") {
  Role const made_role("reader");
  auto const& role = made_role.name;
  Served served(source::Engine::postgresql, {}, role);
  auto const tables = std::string("db_dbnode, db_dblink, db_dbcomputer, db_dbuser, db_dbgroup");
  served.change("GRANT SELECT ON " + tables + " TO " + role);
  auto const before = served.ask(computers);
  REQUIRE(before.status == 200);
  // What it may still do must not make the column look readable.
  served.change("GRANT INSERT, UPDATE ON " + tables + " TO " + role);
  served.change("REVOKE SELECT ON db_dbcomputer FROM " + role);
  for (int i = 0; i < 10; ++i) Served::check_come_again(served.ask(computers));
  served.change("GRANT SELECT ON db_dbcomputer TO " + role);
  CHECK(served.eventually_answers(computers, before.text));
  served.change("REVOKE USAGE ON SCHEMA public FROM PUBLIC");
  for (int i = 0; i < 10; ++i) Served::check_come_again(served.ask(computers));
  served.change("GRANT USAGE ON SCHEMA public TO PUBLIC");
  CHECK(served.eventually_answers(computers, before.text));
  served.change("DROP OWNED BY " + role);
}

TEST_CASE("a role that loses what a policy asks of it sees no more than others", "[migration][postgresql]") {
  Role const made_reader("reader"), made_group("group");
  auto const &reader = made_reader.name, &group = made_group.name;
  Served served(source::Engine::postgresql, {.between_looks = std::chrono::milliseconds(1)}, reader);
  served.change("GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + reader);
  served.change("ALTER TABLE db_dbcomputer ENABLE ROW LEVEL SECURITY");
  served.change("CREATE POLICY members ON db_dbcomputer TO " + group + " USING (true)");
  auto const number_shown = [&] { return served.ask(computers).header("X-Total-Count"); };
  struct Case {
    std::string give, take;
  };
  for (auto const& [give, take] :
       {Case{"GRANT " + group + " TO " + reader, "REVOKE " + group + " FROM " + reader},
        Case{"ALTER ROLE " + reader + " BYPASSRLS", "ALTER ROLE " + reader + " NOBYPASSRLS"}}) {
    INFO(take);
    CHECK(eventually([&] { return number_shown() == "0"; }));
    served.change(give);
    CHECK(eventually([&] { return number_shown() == "2"; }));
    CHECK(number_shown() == "2");  // sessions keep the plan
    served.change(take);
    CHECK(eventually([&] { return number_shown() == "0"; }));
  }
  served.change("DROP OWNED BY " + group + ", " + reader);
}

// A file or another server changes without a transaction here, so remembered answers would be too old for ever.
TEST_CASE("a table with a part that is a foreign table is not read", "[migration][postgresql]") {
  Served served(source::Engine::postgresql, {.between_looks = std::chrono::milliseconds(0)});
  auto const before = served.ask(computers);
  REQUIRE(before.status == 200);
  served.change("CREATE EXTENSION file_fdw");
  served.change("CREATE SERVER files FOREIGN DATA WRAPPER file_fdw");
  served.change("CREATE TABLE child () INHERITS (db_dbcomputer)");
  CHECK(served.eventually_answers(computers, before.text));
  served.change("CREATE FOREIGN TABLE grandchild () INHERITS (child) SERVER files OPTIONS (filename '/dev/null')");
  CHECK(eventually([&] { return served.ask(computers).status == 503; }));
  served.change("DROP FOREIGN TABLE grandchild");
  CHECK(served.eventually_answers(computers, before.text));
}

TEST_CASE("a column that becomes of another type is read on", "[migration][postgresql]") {
  Served served(source::Engine::postgresql);
  auto const before = served.ask(computers);
  REQUIRE(before.status == 200);
  served.change("ALTER TABLE db_dbcomputer ALTER COLUMN description TYPE varchar(1000)");
  CHECK(served.ask(computers).text == before.text);
}

TEST_CASE("a column that is added is noticed when the columns are looked at again", "[migration]") {
  for (auto const engine : test::engines) {
    Served served(engine, {.between_looks = std::chrono::milliseconds(0)});
    INFO(test::name_of(engine));
    CHECK(served.ask("/api/v2/computers?enabled=false").ids().empty());
    served.change("ALTER TABLE db_dbcomputer ADD COLUMN enabled boolean NOT NULL DEFAULT false");
    CHECK(eventually([&] { return served.ask("/api/v2/computers?enabled=false").ids().size() == 2; }));
  }
}

TEST_CASE("a file with other tables that takes a served one's place is served", "[migration][sqlite]") {
  Served served(source::Engine::sqlite);
  auto const other = test::open_fixture(Fixture::document, source::Engine::sqlite);
  auto const expected = test::ask(*other->store, computers);
  REQUIRE(served.ask(computers).status == 200);
  auto const ready = served.source + ".ready";
  std::filesystem::copy_file(other->source, ready);
  std::filesystem::rename(ready, served.source);
  CHECK(served.eventually_answers(computers, expected.text));
}

TEST_CASE("many readers of a database that is migrated get its answer or are told to come again",
          "[migration][threads]") {
  for (auto const engine : test::engines) {
    Served served(engine);
    INFO(test::name_of(engine));
    auto const before = served.ask(computers);
    REQUIRE(before.status == 200);
    std::atomic<bool> is_over = false;
    std::atomic<int> wrong = 0;
    std::vector<std::jthread> readers;
    struct End {
      std::atomic<bool>& is_over;
      ~End() { is_over = true; }
    } const end{is_over};  // before the readers are waited for
    for (int i = 0; i < 4; ++i) {
      readers.emplace_back([&] {
        while (!is_over) {
          auto const response = test::answer(served.service, "GET", computers);
          if (response.status != 503 && !(response.status == 200 && response.body.text() == before.text)) ++wrong;
        }
      });
    }
    for (int i = 0; i < 3; ++i) {
      served.change("ALTER TABLE db_dbcomputer RENAME COLUMN label TO name");
      CHECK(eventually([&] { return test::answer(served.service, "GET", computers).status == 200; }));
      served.change("ALTER TABLE db_dbcomputer RENAME COLUMN name TO label");
      CHECK(eventually([&] { return test::answer(served.service, "GET", computers).status == 200; }));
    }
    is_over = true;
    for (auto& reader : readers) reader.join();
    CHECK(wrong == 0);
  }
}
