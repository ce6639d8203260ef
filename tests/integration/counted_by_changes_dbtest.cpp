// SPDX-License-Identifier: MIT
// Where a database writes its changes down, a list is counted once; later only where nodes have changed.
#include <catch2/catch.hpp>
#include <random>

#include "sql/feed/setup.hpp"
#include "support/ask.hpp"
#include "support/counting_store.hpp"
#include "support/generated_nodes.hpp"
#include "support/postgresql_tools.hpp"
#include "support/service.hpp"

using namespace restapi;

namespace {

constexpr int nodes = 20'000, distance = 3;  // of their ids: 59 buckets

/// Writes its changes down.
struct Database : test::PostgreSqlDatabase {
  Database() : test::PostgreSqlDatabase(test::postgresql_of_tests()) {
    load(test::Fixture::generation2);
    run("DELETE FROM db_dblink; DELETE FROM db_dbgroup_dbnodes; DELETE FROM db_dbcomment; DELETE FROM db_dblog; "
        "DELETE FROM db_dbnode");
    insert(1, nodes, distance);
    run("ANALYZE db_dbnode");
    run(sql::feed::postgresql_setup());
  }

  void insert(int first, int count, int apart) const {
    run("INSERT INTO db_dbnode (id, uuid, node_type, label, description, ctime, mtime, attributes, extras, "
        "repository_metadata, user_id) SELECT i, gen_random_uuid(), CASE WHEN i % 2 = 0 THEN 'data.core.int.Int.' ELSE "
        "'process.calculation.calcjob.CalcJobNode.' END, 'old', '', now(), now(), jsonb_build_object('process_state', "
        "CASE WHEN i % 5 = 0 THEN 'finished' ELSE 'waiting' END), '{}', '{}', 1 FROM generate_series(" +
        std::to_string(first) + ", " + std::to_string(first + (count - 1) * apart) + ", " + std::to_string(apart) +
        ") AS i ON CONFLICT DO NOTHING");
  }
};

struct Written {
  Written() {
    store.before_read = [this](sql::Statement const& statement) {
      if (statement.name() == due) database.run(std::exchange(before, "SELECT 1"));
    };
  }

  /// The total and the ids of the page.
  static std::string shown(http::Response const& response) {
    auto text = std::to_string(response.status) + " of " +
                std::string(http::find_header(response.headers, "X-Total-Count").value_or("?")) + ":";
    auto const body = test::parse_json(response.body.text());
    for (auto const& row : body.at("data").begin().value()) text += " " + std::to_string(row.at("id").get<int>());
    return text;
  }
  std::string ask(std::string const& target) { return shown(service.answer("GET", "/api/v2/" + target)); }
  std::string ask_anew(std::string const& target) {
    test::Service anew(*opened, {});
    return shown(anew.answer("GET", "/api/v2/" + target));
  }

  Database database;
  std::shared_ptr<store::Store> opened = test::open(database.uri());
  test::CountingStore store{*opened};
  test::Service service{store, {.memory = std::make_shared<api::AnswerMemory>(64 << 20)}};
  std::string due = {}, before = "SELECT 1";  // run before the next statement of that name
};

std::string const lists[] = {"nodes?limit=20",
                             "nodes?limit=7&offset=15000",
                             "nodes?limit=7&offset=15000&orderby=-id",
                             "nodes?limit=20&label=\"new\"",
                             "nodes?limit=20&type=like=\"data%\"&orderby=-ctime",
                             "nodes?limit=20&state=\"finished\"",
                             "nodes?limit=20&state=\"finished\"&offset=2500",
                             "calculations?limit=20&offset=40",
                             "nodes?limit=20&offset=1000000"};

}  // namespace

TEST_CASE("totals are those of a fresh count, whatever was written", "[totals][changes]") {
  Written written;
  std::mt19937 random(7);
  auto const id = [&] { return std::to_string(1 + static_cast<int>(random() % nodes) * distance); };
  int full = 0;
  for (int step = 0; step < 150; ++step) {
    auto const from = static_cast<int>(random() % (nodes * distance));
    auto const range = "id BETWEEN " + std::to_string(from) + " AND " + std::to_string(from + 4000);
    switch (random() % 8) {
      case 0:
        written.database.run("UPDATE db_dbnode SET label = 'new' WHERE id = " + id());
        break;
      case 1:
        written.database.run("UPDATE db_dbnode SET attributes = '{\"process_state\": \"finished\"}' WHERE id = " +
                             id());
        break;
      case 2:
        written.database.run("DELETE FROM db_dbnode WHERE id = " + id());
        break;
      case 3:
        written.database.insert(std::stoi(id()) + 1, 3, 1000);
        break;
      case 4:
        written.database.run("DELETE FROM db_dbnode WHERE " + range);
        break;
      case 5:
        written.database.insert(from, 1000, distance);
        break;
      case 6:
        written.database.run("BEGIN; UPDATE db_dbnode SET label = 'gone' WHERE " + range + "; ROLLBACK");
        break;
      default:
        written.database.run("UPDATE db_dbuser SET institution = institution || 'x'");
        break;
    }
    for (auto const& target : lists) {
      INFO(step << ": " << target);
      auto const answer = written.ask(target);
      CHECK(answer == written.ask_anew(target));
    }
    auto reads = written.store.take_reads();
    full += reads["buckets"] + reads["count"];
  }
  // Of some 900 answers whose nodes have changed. What lies behind the end of a list is counted each time.
  INFO(full << " full counts");
  CHECK(full < 300);
}

TEST_CASE("what is written while a list is read is in its rows and in its total", "[totals][changes][one state]") {
  Written written;
  auto const of = [](std::string const& answer) { return answer.substr(0, answer.find(':')); };
  for (std::string const target : {"nodes?limit=20", "nodes?limit=7&offset=15000", "nodes?limit=20&label=\"old\""}) {
    INFO(target);
    CHECK(of(written.ask(target)) == of(written.ask_anew(target)));
    for (std::string const due : {"list", "counted"}) {
      INFO(due);
      written.due = due;
      written.before = "DELETE FROM db_dbnode WHERE id IN (SELECT id FROM db_dbnode ORDER BY id LIMIT 30)";
      written.database.run("UPDATE db_dbnode SET description = 'x' WHERE id = (SELECT max(id) FROM db_dbnode)");
      auto const answer = written.ask(target);
      if (due == "counted") CHECK(written.before == "SELECT 1");
      CHECK(answer == written.ask_anew(target));
    }
  }
}

TEST_CASE("a table that is emptied, and more changes than are looked at, are counted anew", "[totals][changes]") {
  Written written;
  CHECK(written.ask("nodes?limit=20").starts_with("200 of 20000:"));
  written.database.run("UPDATE db_dbnode SET label = 'new'");  // all buckets
  CHECK(written.ask("nodes?limit=20&label=\"new\"").starts_with("200 of 20000:"));
  CHECK(written.ask("nodes?limit=20").starts_with("200 of 20000:"));
  written.database.run("DELETE FROM db_dbnode WHERE id % 2 = 0");
  CHECK(written.ask("nodes?limit=20").starts_with("200 of 10000:"));
  written.database.run(
      "DO $$ BEGIN FOR i IN 1..1100 LOOP DELETE FROM db_dbnode WHERE id = 1 + 6 * i; END LOOP; END $$");
  CHECK(written.ask("nodes?limit=20").starts_with("200 of 8900:"));
  written.database.run("UPDATE db_dbnode SET id = id + 1000000 WHERE id = (SELECT max(id) FROM db_dbnode)");
  CHECK(written.ask("nodes?limit=20").starts_with("200 of 8900:"));
  written.database.run("TRUNCATE db_dbnode CASCADE");
  CHECK(written.ask("nodes?limit=20") == "200 of 0:");
  written.database.insert(1, 50, 1);
  CHECK(written.ask("nodes?limit=20").starts_with("200 of 50:"));
}
