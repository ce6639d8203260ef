// SPDX-License-Identifier: MIT
// Documents that are no clean JSON: one of them takes neither a list away nor another document, and what can be read of
// it is shown.
#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "support/ask.hpp"

using namespace restapi;
using test::Fixture;

namespace {

constexpr std::array uuids{"a0000001-0000-4000-8000-000000000001", "a0000002-0000-4000-8000-000000000002",
                           "a0000003-0000-4000-8000-000000000003", "a0000004-0000-4000-8000-000000000004",
                           "a0000005-0000-4000-8000-000000000005", "a0000006-0000-4000-8000-000000000006"};

/// Nodes from 1001 on, with these attributes and extras as SQL.
std::string nodes(std::vector<std::pair<std::string, std::string>> const& documents) {
  std::string sql;
  for (std::size_t i = 0; i < documents.size(); ++i)
    sql +=
        "INSERT INTO db_dbnode (id, uuid, node_type, label, description, ctime, mtime, attributes, extras, "
        "repository_metadata, user_id) "
        "VALUES (" +
        std::to_string(1001 + i) + ", '" + uuids.at(i) +
        "', 'process.calculation.calcjob.CalcJobNode.', 'unclean', '', '2020-01-01 00:00:00', '2020-01-01 00:00:00', " +
        documents[i].first + ", " + documents[i].second + ", '{}', 1);";
  return sql;
}

test::Answer content(store::Store& store, std::size_t node, std::string const& what) {
  return test::ask(store, "/api/v2/nodes/" + std::string(uuids.at(node)) + "/content/" + what);
}

std::string data(test::Answer const& answer) {
  return answer.status == 200 ? answer.body.at("data").begin().value().dump() : std::to_string(answer.status);
}

/// An archive as AiiDA 2 writes it, around such a file.
std::string packed(test::TemporaryFolder const& folder, std::string const& database) {
  auto const archive = folder.path() + "/packed.aiida";
  auto const command = "cd '" + folder.path() + "' && cp '" + database +
                       "' db.sqlite3 && echo '{\"export_version\": \"main_0001\"}' > " +
                       "metadata.json && python3 -m zipfile -c '" + archive + "' metadata.json db.sqlite3";
  REQUIRE(std::system(command.c_str()) == 0);
  return archive;
}

}  // namespace

TEST_CASE("numbers that JSON does not have, and bytes that are no UTF-8, take nothing away", "[unclean]") {
  test::TemporaryFolder const folder;
  auto const path = folder.path() + "/database.sqlite";
  test::make_sqlite_file(path, Fixture::generation2);
  test::make_sqlite_file(
      path, nodes({{R"('{"enthalpy": Infinity, "energy": 1.5, "process_state": "finished"}')",
                    R"('{"list": [1, NaN, -Infinity]}')"},
                   {R"('{"note": "NaN, Infinity", "process_state": "finished"}')", "'{}'"},
                   {R"(CAST('{"n": "b' || CAST(X'FF' AS text) || '", "energy": 2, "state": "finished"}' AS text))",
                    R"(CAST('{"' || CAST(X'FF' AS text) || '": NaN}' AS text))"},
                   {R"('{"process_state": "finished", "cut": [')", "'[1]'"},
                   {R"('"x"')", "''"},
                   {R"('{"process_state": 12}')", "'{}'"}}));
  for (auto const& source : {path, packed(folder, path)}) {
    INFO(source);
    auto const store = test::open(source);
    CHECK(data(content(*store, 0, "attributes")) == R"({"energy":1.5,"enthalpy":null,"process_state":"finished"})");
    CHECK(data(content(*store, 0, "attributes?alist=energy")) == R"({"energy":1.5})");
    CHECK(data(content(*store, 0, "attributes?nalist=energy,process_state")) == R"({"enthalpy":null})");
    CHECK(data(content(*store, 0, "extras")) == R"({"list":[1,null,null]})");
    CHECK(data(content(*store, 1, "attributes")) == R"({"note":"NaN, Infinity","process_state":"finished"})");
    CHECK(data(content(*store, 2, "attributes")) == "{\"energy\":2,\"n\":\"b\xEF\xBF\xBD\",\"state\":\"finished\"}");
    CHECK(data(content(*store, 2, "attributes?alist=energy")) == R"({"energy":2})");
    CHECK(data(content(*store, 2, "extras")) == "{\"\xEF\xBF\xBD\":null}");

    // What has no more than a beginning has no state.
    CHECK(test::ids_of(*store, "/api/v2/calculations?state=\"finished\"&label=\"unclean\"&orderby=id") ==
          std::vector<std::int64_t>{1001, 1002, 1003});
    CHECK(test::ids_of(*store, "/api/v2/calculations?state!=\"finished\"&label=\"unclean\"&orderby=id") ==
          std::vector<std::int64_t>{1004, 1005, 1006});
    CHECK(test::ids_of(*store, "/api/v2/calculations?state=\"12\"&label=\"unclean\"") ==
          std::vector<std::int64_t>{1006});
    CHECK(test::ids_of(*store, "/api/v2/calculations?state=like=\"fin%\"&label=\"unclean\"&orderby=-id") ==
          std::vector<std::int64_t>{1003, 1002, 1001});
    auto const list = test::ask(*store, "/api/v2/nodes?label=\"unclean\"&orderby=state,id");
    REQUIRE(list.status == 200);
    auto const& rows = list.body.at("data").at("nodes");
    REQUIRE(rows.size() == 6);
    CHECK(rows.at(0).at("state") == "12");
    for (std::size_t row = 1; row < 4; ++row) CHECK(rows.at(row).at("state") == "finished");
    CHECK(rows.at(4).at("state").is_null());

    for (auto const& [node, what, why] :
         {std::tuple{std::size_t{3}, "attributes", "attributes here that are broken JSON"},
          {3, "extras", "extras here that are no JSON object"},
          {4, "attributes", "attributes here that are no JSON object"},
          {4, "extras", "extras here that are no JSON object"}}) {
      auto const answer = content(*store, node, what);
      CHECK(answer.status == 422);
      CHECK_THAT(answer.text, Catch::Contains(why));
    }
  }
}

TEST_CASE("in PostgreSQL a document that is no object is an error of its own", "[unclean]") {
  auto const opened = test::open_fixture(Fixture::generation2, source::Engine::postgresql);
  opened->database->run(nodes({{"'[1]'", "'\"x\"'"}, {"'{\"a\": 1}'", "'null'"}}));
  for (auto const* what : {"attributes", "extras"}) {
    auto const answer = content(*opened->store, 0, what);
    CHECK(answer.status == 422);
    CHECK_THAT(answer.text, Catch::Contains(std::string(what) + " here that are no JSON object"));
  }
  CHECK(data(content(*opened->store, 1, "attributes")) == R"({"a":1})");
  CHECK(data(content(*opened->store, 1, "extras")) == "{}");
  CHECK(test::ids_of(*opened->store, "/api/v2/nodes?label=\"unclean\"&orderby=id") ==
        std::vector<std::int64_t>{1001, 1002});
}
