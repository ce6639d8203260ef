// SPDX-License-Identifier: MIT
// Small statements in one round trip: the same rows and answers as one by one, whatever happens to one of them.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "support/ask.hpp"
#include "support/eventually.hpp"
#include "support/service.hpp"

using namespace restapi;
using restapi::test::eventually;
using test::Fixture;

namespace {

sql::Statement statement(sql::Fragment text, std::size_t width = 1) {
  sql::Statement made("test", width);
  made.add(text);
  return made;
}

sql::Statement echo(std::string text, std::int64_t number) {
  auto made = statement("SELECT CAST(NULL AS text), CAST(", 3);
  made.bind(std::move(text)).add(" AS text), generate_series(1, CAST(").bind(number).add(" AS bigint))");
  return made;
}

std::vector<store::Rows> read_together(store::Store& store, std::vector<sql::Statement> const& statements) {
  std::vector<sql::Statement const*> all;
  for (auto const& each : statements) all.push_back(&each);
  return store.read_together(all);
}

std::vector<std::vector<std::string>> cells(store::Rows const& rows, std::size_t width) {
  std::vector<std::vector<std::string>> all(rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row)
    for (std::size_t column = 0; column < width; ++column)
      all[row].push_back(std::string(rows.at(row, column).value_or("NULL")));
  return all;
}

auto open_with_one_connection() {
  return test::open_fixture(Fixture::generation2, source::Engine::postgresql, {.connections = 1});
}

std::string number_of_nodes(store::Store& store) {
  auto const rows = store.read(statement("SELECT CAST(count(*) AS text) FROM @db_dbnode"));
  return rows ? std::string(rows->at(0, 0).value_or("")) : "none";
}

}  // namespace

TEST_CASE("statements read together give the rows that each gives alone", "[together]") {
  auto const opened = open_with_one_connection();
  CHECK(opened->store->reads_together());
  std::vector<sql::Statement> const statements{
      echo("one", 1),
      echo("it's \"quoted\"\n\\ :p1 $1 äöü 🜚", 3),
      statement("SELECT uuid::text FROM @db_dbnode ORDER BY id"),
      echo("nothing", 0),
      statement("SELECT id::text FROM @db_dbnode WHERE false"),
      echo(std::string(300'000, 'x'), 40),  // more than fits into a socket
      echo("one", 1),
  };
  for (int round = 0; round < 3; ++round) {
    auto const together = read_together(*opened->store, statements);
    REQUIRE(together.size() == statements.size());
    for (std::size_t i = 0; i < statements.size(); ++i) {
      auto const alone = opened->store->read(statements[i]);
      REQUIRE(alone);
      INFO(i);
      CHECK(together[i].size() == alone->size());
      CHECK(cells(together[i], statements[i].width()) == cells(*alone, statements[i].width()));
    }
  }
  CHECK(opened->store->counts().connections.opened == 1);
}

TEST_CASE("what cannot be read together is left to be read alone", "[together]") {
  auto const opened = open_with_one_connection();
  auto const good = statement("SELECT 'good'");
  auto const bad = statement("SELECT CAST(1 / (id - id) AS text) FROM @db_dbnode");
  CHECK(read_together(*opened->store, {good, bad, good}).size() == 1);
  CHECK(opened->store->read(good));
  CHECK_FALSE(opened->store->read(bad));
  // For a moment nothing is read together, then everything is again.
  CHECK(eventually([&] { return read_together(*opened->store, {good, good, good}).size() == 3; }));
  CHECK(read_together(*opened->store, {bad, good}).empty());
  CHECK(opened->store->read(good));
  CHECK(opened->store->counts().connections.opened == 1);
}

TEST_CASE("no statement that is read together writes", "[together][read-only]") {
  auto const opened = open_with_one_connection();
  auto const writing = statement("UPDATE @db_dbnode SET label = 'written' RETURNING label");
  CHECK(read_together(*opened->store, {statement("SELECT 'good'"), writing}).size() == 1);
  CHECK(opened->database->run("SELECT count(*) FROM db_dbnode WHERE label = 'written'") == "0");
}

TEST_CASE("a statement that waits holds up the others for a moment, and its connection serves the next", "[together]") {
  auto const opened = open_with_one_connection();
  auto const good = statement("SELECT 'good'");
  auto const waiting = statement("SELECT CAST(pg_sleep(600) AS text)");
  for (int round = 0; round < 2; ++round) {
    CHECK(eventually([&] { return read_together(*opened->store, {good, waiting, good}).size() == 1; }));
    CHECK(opened->database->run("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = "
                                "'active' AND pid <> pg_backend_pid()") == "0");
    CHECK(number_of_nodes(*opened->store) != "none");
  }
  CHECK(opened->store->counts().connections.opened == 1);
}

TEST_CASE("a connection that ends while statements are read together is replaced", "[together][lost]") {
  auto const opened = open_with_one_connection();
  auto const good = statement("SELECT 'good'");
  auto const last = statement("SELECT CAST(pg_terminate_backend(pg_backend_pid()) AS text)");
  auto const version = opened->store->version();
  CHECK(read_together(*opened->store, {good, last, good}).empty());
  CHECK(number_of_nodes(*opened->store) != "none");
  CHECK(opened->store->counts().connections.opened == 2);
  // A crashed server closes all connections: after that nothing is taken for the same.
  CHECK((*opened->store->version())->state != (*version)->state);
  CHECK(eventually([&] { return read_together(*opened->store, {good, good}).size() == 2; }));
}

TEST_CASE("requests that are begun together get the answers that they get alone", "[together]") {
  for (auto const* opened : test::every_store()) {
    INFO(opened->name);
    std::vector<std::string> targets{"/api/v2/nodes/zzzz",
                                     "/api/v2/nodes/123456789",
                                     "/api/v2/nodes/ffffffff-0000",
                                     "/api/v2/nodes/page/1?perpage=2",
                                     "/api/v2/users/1",
                                     "/api/v2/groups/1"};
    auto const nodes = test::ask(*opened->store, "/api/v2/nodes?limit=60").body.at("data").at("nodes");
    for (auto const& node : nodes) {
      auto const path = "/api/v2/nodes/" + node.at("uuid").get<std::string>();
      for (auto const* end : {"", "/io/inputs", "/io/outputs?limit=1", "/content/attributes", "/content/extras"})
        targets.push_back(path + end);
      targets.push_back(path.substr(0, path.size() - 34));  // two characters: mostly one node, sometimes several
    }
    test::Service service(*opened->store, {});
    bool const is_postgresql = opened->engine == source::Engine::postgresql;
    std::vector<http::Request> requests;
    for (auto const& target : targets) {
      requests.emplace_back();
      requests.back().method = "GET";
      requests.back().target = target;
    }
    std::size_t together = 0, different = 0;
    for (std::size_t first = 0; first < targets.size(); first += 8) {
      http::Batch batch;
      std::vector<std::unique_ptr<http::Work>> works;
      std::vector<std::string> begun;
      for (std::size_t i = first; i < std::min(first + 8, targets.size()); ++i) {
        auto attempt = service.attempt(requests[i], batch, false);
        auto* const work = std::get_if<std::unique_ptr<http::Work>>(&attempt);
        if (!work || !(*work)->pipeline()) continue;
        works.push_back(std::move(*work));
        begun.push_back(targets[i]);
      }
      if (works.empty()) continue;
      std::vector<http::Work*> all;
      for (auto const& work : works) all.push_back(work.get());
      REQUIRE(works.front()->begin(all) == all.size());
      together += all.size();
      for (std::size_t i = 0; i < works.size(); ++i) {
        CHECK(works[i]->pipeline() == nullptr);
        auto const reply = works[i]->run();
        auto const alone = service.answer("GET", begun[i]);
        INFO(begun[i]);
        CHECK(reply.response->status == alone.status);
        different += reply.response->body.text() != alone.body.text();
        CHECK(reply.trace.statements.size() >= 1);
      }
    }
    CHECK(different == 0);
    CHECK((together > targets.size() / 2) == is_postgresql);
    CHECK((together == 0) == !is_postgresql);
  }
}
