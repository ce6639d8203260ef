// SPDX-License-Identifier: MIT
// Queries of a graph of tables that nobody has thought of: all that the fuzzer knows, and random ones beside an
// evaluation that looks at every row.
#include <filesystem>

#include "support/naive_graph.hpp"
#include "support/query_bodies.hpp"
#include "support/querybuilder_answers.hpp"
#include "support/sanitized.hpp"

using namespace restapi;
using test::answer;
using test::Fixture;

TEST_CASE("no query is too much for a database", "[querybuilder]") {
  std::string filters, operators, paths;
  for (int i = 0; i < 148; ++i) {
    filters += R"({"!and": [{"label": {"!like": "x%"}}]},)";
    operators += R"({"~>": "x"},)";
    paths += R"({"attributes.a": {"!in": ["x"]}},)";
  }
  for (auto const* opened : test::every_store()) {
    INFO(opened->name);
    auto const count = [&](std::string const& more) {
      auto const text = answer(*opened->store,
                               R"({"path": [{"entity_type": "", "tag": "n"}], "project": {"n": "id"}, )" + more + "}");
      INFO(text);
      return nlohmann::json::parse(text).value("n", nlohmann::json::array()).size();
    };
    CHECK(count(R"("filters": {"n": {"and": [)" + filters + R"({"id": 1}]}})") <= 1);
    CHECK(count(R"("filters": {"n": {"or": [)" + paths + R"({"id": 1}]}})") > 10);
    CHECK(count(R"("filters": {"n": {"label": {"or": [)" + operators + R"({"==": "x"}]}}})") > 10);
  }
}

TEST_CASE("every query that is refused or answered by a plan is answered by every database", "[querybuilder]") {
  for (auto const& entry : std::filesystem::directory_iterator(test::source_path("tests/fuzz/corpus/querybuilder"))) {
    auto const body = test::read_file("tests/fuzz/corpus/querybuilder/" + entry.path().filename().string());
    for (auto const* opened : test::every_store()) {
      INFO(opened->name << ": " << body);
      auto const plan = api::querybuilder::read_query(body, opened->store->catalog(), {});
      if (!plan) continue;
      auto const rows = opened->store->read(sql::builder::compile_query(*plan, 1000, opened->store->dialect()));
      if (!rows) FAIL(rows.error().message << " — " << rows.error().detail);
    }
  }
}

TEST_CASE("every database answers a query of everything", "[querybuilder]") {
  std::string const body =
      R"({"path": [{"entity_type": "", "tag": "n"}, {"entity_type": "", "tag": "d", "with_ancestors": "n"},
      {"entity_type": "user", "tag": "u", "with_node": "n"}, {"entity_type": "group.", "tag": "g", "with_user": "u"},
      {"entity_type": "", "tag": "m", "with_group": "g"}, {"entity_type": "computer", "tag": "c", "with_node": "n", "outerjoin": true}],
      "project": {"n": "*", "d": "*", "n--d": "*", "u": "*", "g": "*", "m": "*", "g--m": "*", "c": "*"}, "limit": 3})";
  for (auto const fixture : test::fixtures) {
    auto const one = answer(*test::shared_store(fixture, source::Engine::postgresql).store, body);
    CHECK_THAT(one, Catch::StartsWith(R"({"c":[{")"));
    if (fixture == Fixture::document)  // generation2 has JSON that stores write in their own ways
      CHECK(one == answer(*test::shared_store(fixture, source::Engine::sqlite).store, body));
  }
}

TEST_CASE("random queries find what a look at every row finds", "[querybuilder][differential]") {
  int const rounds = test::is_sanitized ? 100 : 1500;
  for (auto const engine : test::engines) {
    auto& opened = test::shared_store(Fixture::generation2, engine);
    test::NaiveGraph const naive(*opened.store);
    test::QueryBodies bodies(20240301);
    int with_rows = 0;
    for (int round = 0; round < rounds; ++round) {
      auto const body = bodies.next();
      auto const expected = naive.rows(body);
      if (expected.size() > 5000) continue;
      auto const text = answer(*opened.store, body.dump());
      INFO(opened.name << ": " << body.dump());
      auto const json = nlohmann::json::parse(text, nullptr, false);
      if (!json.is_object()) FAIL(text);
      std::vector<test::NaiveGraph::Row> found(json.empty() ? 0 : json.at("t0").size());
      for (auto const* what : {"t", "to t"})
        for (std::size_t i = 0; i < body.at("path").size(); ++i) {
          auto const tag = what + std::to_string(i);
          for (std::size_t row = 0; json.contains(tag) && row < found.size(); ++row) {
            auto const& element = json.at(tag).at(row);
            found[row].push_back(element.contains("depth") ? element.at("depth") : element.at("id"));
          }
        }
      REQUIRE(found == expected);
      with_rows += found.empty() ? 0 : 1;
    }
    // The generator is worth something only if it finds rows.
    CHECK(with_rows > rounds / 5);
  }
}
