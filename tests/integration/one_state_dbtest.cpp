// SPDX-License-Identifier: MIT
// What an answer says is of one state of the data, whenever somebody writes.
#include <catch2/catch.hpp>
#include <functional>
#include <map>

#include "support/ask.hpp"
#include "support/counting_store.hpp"
#include "support/generated_nodes.hpp"
#include "support/service.hpp"

using namespace restapi;
using test::CountingStore;
using test::Fixture;

namespace {

/// A database that somebody writes to just before a statement is read.
struct Written {
  explicit Written(source::Engine engine)
      : opened(test::open_fixture(Fixture::generation2, engine)), store(*opened->store) {
    store.before_read = [this](sql::Statement const& statement) {
      auto const due = writes.find(std::string(statement.name()));
      if (due == writes.end()) return;
      auto const sql = due->second;
      writes.erase(due);
      write(sql);
    };
  }

  void write(std::string const& sql) const {
    if (opened->database)
      opened->database->run(sql);
    else
      test::make_sqlite_file(opened->source, sql);
  }

  test::Answer ask(std::string const& target) {
    auto const response = service.answer("GET", "/api/v2/" + target);
    return {response.status, response.headers, response.body.text(), test::parse_json(response.body.text())};
  }

  std::unique_ptr<test::OpenedStore> opened;
  CountingStore store;
  test::Service service{store, {.memory = std::make_shared<api::AnswerMemory>(64 << 20)}};
  std::map<std::string, std::string> writes = {};  ///< name of a statement → SQL, before the next one of it
};

/// As many computers as `count`, all of this name.
std::string computers(int count, std::string const& name) {
  std::string sql = "UPDATE db_dbnode SET dbcomputer_id = NULL; DELETE FROM db_dbcomputer; ";
  for (int i = 1; i <= count; ++i)
    sql +=
        "INSERT INTO db_dbcomputer (id, uuid, label, hostname, description, scheduler_type, transport_type, metadata) "
        "VALUES (" +
        std::to_string(i) + ", '00000000-0000-4000-8000-" + std::to_string(100000000000 + i) + "', '" + name +
        std::to_string(i) + "', 'h', '', 's', 't', '{}'); ";
  return sql;
}

/// Which names the rows have, and which total they come with: "b5". Of a mixture, what no state has.
std::string state_of(test::Answer const& answer) {
  if (answer.status != 200) return "status " + std::to_string(answer.status);
  std::string letters;
  for (auto const& row : answer.body.at("data").begin().value()) {
    auto const letter = row.at("name").get<std::string>().substr(0, 1);
    if (letters.find(letter) == letters.npos) letters += letter;
  }
  return letters + answer.header("X-Total-Count");
}

}  // namespace

TEST_CASE("rows and their total are of one state", "[one state]") {
  Written written(GENERATE(source::Engine::postgresql, source::Engine::sqlite));
  INFO(written.opened->name);
  written.write(computers(7, "a"));
  SECTION("where the total was not known") {
    written.writes["counted"] = computers(5, "b");
    CHECK(state_of(written.ask("computers?limit=3")) == "b5");
  }
  SECTION("where it was") {
    CHECK(state_of(written.ask("computers?limit=3")) == "a7");
    written.writes["list"] = computers(5, "b");
    CHECK(state_of(written.ask("computers?limit=2")) == "b5");
  }
  SECTION("where there were no rows at first") {
    written.writes["count"] = computers(12, "b");
    CHECK(state_of(written.ask("computers?limit=3&offset=9")) == "b12");
  }
}

TEST_CASE("rows behind a large offset are those that are there in the state that they are of", "[one state]") {
  constexpr int nodes = 5000, offset = 3000, gone = 40;
  Written written(GENERATE(source::Engine::postgresql, source::Engine::sqlite));
  INFO(written.opened->name);
  std::string sql = test::insert_nodes;
  for (int id = 1; id <= nodes; ++id)
    sql += (id > 1 ? ", " : "") + test::node_row(id, "data.core.dict.Dict.", std::to_string(id));
  written.write(
      "DELETE FROM db_dblink; DELETE FROM db_dbgroup_dbnodes; DELETE FROM db_dbcomment; DELETE FROM db_dblog; "
      "DELETE FROM db_dbnode; " +
      sql);
  // Rows before the window go after its place has been looked up.
  written.writes["list"] = "DELETE FROM db_dbnode WHERE id <= " + std::to_string(gone);
  auto const answer = written.ask("nodes?limit=1&offset=" + std::to_string(offset));
  REQUIRE(answer.status == 200);
  CHECK(answer.ids() == std::vector<std::int64_t>{offset + 1 + gone});
  CHECK(answer.header("X-Total-Count") == std::to_string(nodes - gone));
}

TEST_CASE("neighbours and their total are of one state", "[one state]") {
  auto const link = [](int id, int input, int output) {
    return "INSERT INTO db_dblink (id, input_id, output_id, label, type) VALUES (" + std::to_string(id) + ", " +
           std::to_string(input) + ", " + std::to_string(output) + ", 'l" + std::to_string(id) + "', 'input_calc'); ";
  };
  Written written(GENERATE(source::Engine::postgresql, source::Engine::sqlite));
  INFO(written.opened->name);
  written.write("DELETE FROM db_dblink; " + link(1, 1, 4) + link(2, 2, 4) + link(3, 3, 4));
  auto const node = test::ask(*written.opened->store, "/api/v2/nodes?id=4").body.at("data").at("nodes").at(0);
  auto const inputs = "nodes/" + node.at("uuid").get<std::string>() + "/io/inputs";
  auto const what = [&](std::string const& query) {
    auto const answer = written.ask(inputs + query);
    if (answer.status != 200) return "status " + std::to_string(answer.status);
    return std::to_string(answer.ids().size()) + " of " + answer.header("X-Total-Count");
  };
  SECTION("where the total was not known") {
    written.writes["counted"] = "DELETE FROM db_dblink";
    CHECK(what("?limit=2") == "0 of 0");
  }
  SECTION("where it was") {
    CHECK(what("?limit=2") == "2 of 3");
    written.writes["neighbours"] = "DELETE FROM db_dblink WHERE id = 3";
    CHECK(what("?limit=1") == "1 of 2");
  }
  SECTION("where there were none") {
    written.write("DELETE FROM db_dblink");
    written.writes["counted"] = link(1, 1, 4);
    CHECK(what("") == "1 of 1");
  }
}
