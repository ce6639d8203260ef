// SPDX-License-Identifier: MIT
// What queries of a graph of tables answer, on PostgreSQL and on SQLite: tables of bodies and answers.
#include "support/querybuilder_answers.hpp"

using namespace restapi;
using test::answer;
using test::check;
using test::Fixture;

TEST_CASE("queries that AiiDA's own tests send", "[querybuilder]") {
  check(
      Fixture::generation2,
      {{R"({"path": [{"entity_type": "process.calculation.CalculationNode.", "tag": "calc"}],
              "project": {"calc": ["id", "uuid"]}, "order_by": [{"calc": [{"id": "desc"}]}]})",
        R"({"calc":[{"id":11,"uuid":"b40027f9-5441-4237-a585-a56adc0be62f"},{"id":9,"uuid":"50bc7547-9515-4e4b-93e8-1032b7ca99b4"}]})"},
       {R"({"path": [{"entity_type": "process.calculation.CalculationNode.", "tag": "calc"},
                       {"entity_type": "user", "tag": "users", "with_node": "calc"}],
              "project": {"calc": ["id", "user_id"], "users": ["id", "first_name"]}})",
        R"({"calc":[{"id":9,"user_id":1},{"id":11,"user_id":2}],"users":[{"first_name":"Ilse","id":1},{"first_name":"Zoë","id":2}]})"},
       {R"({"path": [{"entity_type": "process.ProcessNode.", "tag": "p"},
                       {"entity_type": "data.core.dict.Dict.", "tag": "d", "with_incoming": "p"}],
              "project": {"p": ["id", "node_type"], "d": [{"attributes.half": {"cast": "f"}}], "p--d": ["label", "type"]}})",
        R"({"d":[{"attributes.half":1.5},{"attributes.half":1.5}],"p":[{"full_type":"process.calculation.calcjob.CalcJobNode.|","id":9,"node_type":"process.calculation.calcjob.CalcJobNode."},{"full_type":"process.workflow.workchain.WorkChainNode.|","id":10,"node_type":"process.workflow.workchain.WorkChainNode."}],"p--d":[{"label":"output_parameters","type":"create"},{"label":"output_parameters","type":"return"}]})"},
       {R"({"path": [{"entity_type": "user", "tag": "u"}], "filters": {"u": {"id": 2}}})",
        R"({"u":[{"first_name":"Zoë","id":2,"institution":"","last_name":"van der Meer"}]})"},
       {R"({"path": [{"entity_type": "computer", "tag": "c"}], "filters": {"c": {"label": "omega"}}})",
        R"({"c":[{"description":"","hostname":"localhost","id":2,"label":"omega","metadata":{},"scheduler_type":"core.direct","transport_type":"core.local","uuid":"7cf4c566-694f-447d-ade4-64b5246ab027"}]})"},
       {R"({"path": [{"entity_type": "group.", "tag": "g"}], "filters": {"g": {"extras.purpose": "order"}}})",
        R"({"g":[{"description":"First of the same label","extras":{"purpose":"order"},"id":1,"label":"shared","time":"Sat, 02 Mar 2024 09:00:00 GMT","type_string":"core","user_id":1,"uuid":"fd9fb4b0-12bc-4499-9735-ed0dc3932958"}]})"},
       {R"({"path": [{"entity_type": "link", "tag": "l"}], "filters": {"l": {"label": "retrieved"}}})",
        R"({"l":[{"id":6,"input_id":9,"label":"retrieved","output_id":33,"type":"create"}]})"},
       {R"({"path": [{"entity_type": "", "tag": "n"}], "filters": {"n": {"id": 31}}})",
        R"({"n":[{"attributes":null,"ctime":"Fri, 02 Feb 2024 10:00:05 GMT","dbcomputer_id":null,"description":"","extras":null,"full_type":"data.core.dict.Dict.|","id":31,"label":"json null","mtime":"Fri, 02 Feb 2024 10:00:05 GMT","node_type":"data.core.dict.Dict.","process_type":null,"repository_metadata":{},"user_id":1,"uuid":"c89da8ac-dbb4-411a-b950-48522c223ef3"}]})"},
       {R"({"path": [{"entity_type": "", "tag": "n"}], "filters": {"n": {"id": 999}}})", "{}"},
       {R"({"path": [{"entity_type": "", "tag": "n"}], "filters": {"n": {"id": {"in": [9, 11, 12]}}},
              "project": {"n": ["process_type"]}, "limit": 2, "offset": 1})",
        R"({"n":[{"full_type":"|demo.add","process_type":"demo.add"},{"full_type":"|demo.twice","process_type":"demo.twice"}]})"},
       {R"({"path": [{"entity_type": "", "tag": "n"}], "filters": {"n": {"id": 1}}, "project": {"n": ["process_type", "pk"]},
              "project_map": {"n": {"pk": "number"}}})",
        R"({"n":[{"number":1,"process_type":null}]})"}});
}

TEST_CASE("joins of every kind", "[querybuilder]") {
  auto const joined = [](std::string const& first, std::string const& filters, std::string const& second) {
    return R"({"path": [{"entity_type": ")" + first + R"(", "tag": "a"}, {"tag": "b", )" + second +
           R"(}], "filters": {"a": )" + filters + R"(}, "project": {"b": "id"}})";
  };
  check(Fixture::generation2,
        {{joined("", R"({"id": 9})", R"("entity_type": "")"), R"({"b":[{"id":26},{"id":33}]})"},
         {joined("", R"({"id": 9})", R"("entity_type": "", "direction": -1)"),
          R"({"b":[{"id":3},{"id":3},{"id":7},{"id":10}]})"},
         {joined("", R"({"id": 3})", R"("entity_type": "", "with_ancestors": "a")"),
          R"({"b":[{"id":9},{"id":9},{"id":26},{"id":26},{"id":33},{"id":33}]})"},
         {joined("", R"({"id": 26})", R"("entity_type": "", "with_descendants": "a")"),
          R"({"b":[{"id":3},{"id":3},{"id":7},{"id":9}]})"},
         {joined("group.", R"({"label": "shared"})", R"("entity_type": "", "with_group": "a")"),
          R"({"b":[{"id":1},{"id":2}]})"},
         {joined("user", R"({"id": 2})", R"("entity_type": "", "with_user": "a", "filters": {"label": "finished"})"),
          "{}"},
         {joined("computer", R"({"id": 2})", R"("entity_type": "", "with_computer": "a")"), R"({"b":[{"id":8}]})"},
         {joined("", R"({"id": 6})", R"("entity_type": "group.", "with_node": "a")"), R"({"b":[{"id":4}]})"},
         {joined("user", R"({"id": 2})", R"("entity_type": "group.", "with_user": "a")"),
          R"({"b":[{"id":3},{"id":4},{"id":5}]})"},
         {joined("", R"({"id": 7})", R"("entity_type": "computer")"), R"({"b":[{"id":1}]})"},
         {joined("", R"({"id": 7})", R"("entity_type": "user")"), R"({"b":[{"id":1}]})"},
         {joined("group.", R"({"id": 3})", R"("entity_type": "user", "with_group": "a")"), R"({"b":[{"id":2}]})"}});
}

TEST_CASE("walks have a depth and a path", "[querybuilder]") {
  check(
      Fixture::generation2,
      {{R"({"path": [{"entity_type": "", "tag": "a", "filters": {"id": 7}},
                       {"entity_type": "", "tag": "b", "with_ancestors": "a", "edge_tag": "e"}],
              "project": {"e": "**", "b": "id"}})",
        R"({"b":[{"id":9},{"id":26},{"id":33}],"e":[{"ancestor_id":7,"depth":0,"descendant_id":9,"path":[7,9]},{"ancestor_id":7,"depth":1,"descendant_id":26,"path":[7,9,26]},{"ancestor_id":7,"depth":1,"descendant_id":33,"path":[7,9,33]}]})"},
       {R"({"path": [{"entity_type": "", "tag": "a", "filters": {"id": 33}},
                       {"entity_type": "", "tag": "b", "with_descendants": "a", "edge_tag": "e",
                        "edge_filters": {"path": {"contains": [7]}}}],
              "project": {"e": ["path", "depth"], "b": "id"}})",
        R"({"b":[{"id":7}],"e":[{"depth":1,"path":[33,9,7]}]})"},
       {R"({"path": [{"entity_type": "group.core", "tag": "g"}, {"entity_type": "", "tag": "m", "with_group": "g"},
                       {"entity_type": "", "tag": "b", "with_ancestors": "m"}], "project": {"b": "id"}})",
        "{}"}});
}

TEST_CASE("outer joins keep rows with nothing to join", "[querybuilder]") {
  std::string const path = R"({"path": [{"entity_type": "", "tag": "n", "filters": {"id": {"in": [7, 8, 9, 10]}}}, )";
  std::string const computer = R"({"entity_type": "computer", "tag": "c", "outerjoin": true}], )";
  check(
      Fixture::generation2,
      {{path + computer + R"("project": {"n": "id", "c": "label"}})",
        R"({"c":[{"label":"Omega"},{"label":"omega"},{"label":"Omega"},{"label":null}],"n":[{"id":7},{"id":8},{"id":9},{"id":10}]})"},
       {path + computer + R"("project": {"n": "id"}, "filters": {"c": {"label": "omega"}}})", R"({"n":[{"id":8}]})"},
       {path + computer + R"("project": {"n": "id"}, "filters": {"c": {"label": null}}})", R"({"n":[{"id":10}]})"},
       {path + computer + R"("project": {"n": "id"}, "filters": {"c": {"metadata.workdir": {"!like": "/%"}}}})",
        R"({"n":[{"id":8},{"id":10}]})"},
       // The type of a node is a filter as well.
       {path + R"({"entity_type": "", "tag": "d", "outerjoin": true}], "project": {"n": "id", "d": "id"}})",
        R"({"d":[{"id":9},{"id":26},{"id":33},{"id":9},{"id":26}],"n":[{"id":7},{"id":9},{"id":9},{"id":10},{"id":10}]})"},
       {path + R"({"entity_type": "", "tag": "d", "outerjoin": true, "filters": {"node_type": null}}],
                   "project": {"n": "id", "d": "id"}})",
        R"({"d":[{"id":null}],"n":[{"id":8}]})"}});
}

TEST_CASE("functions make one row", "[querybuilder]") {
  std::string const path = R"({"path": [{"entity_type": "", "tag": "n"}], "project": {"n": )";
  check(
      Fixture::generation2,
      {{path + R"([{"id": {"func": "max"}}, {"label": {"func": "count"}}, {"ctime": {"func": "min"}}]}})",
        R"({"n":[{"ctime":"Wed, 10 Jan 2024 08:00:00 GMT","id":39,"label":39}]})"},
       {path +
            R"([{"uuid": {"func": "min"}}, {"label": {"func": "max"}}, {"attributes.value": {"func": "max", "cast": "f"}},
                     {"dbcomputer_id": {"func": "count"}}]}})",
        R"({"n":[{"attributes.value":39.0,"dbcomputer_id":3,"label":"é","uuid":"06aa2b19-c140-4831-bbca-b9e19c30bcdd"}]})"},
       {path + R"([{"attributes.value": {"func": "min", "cast": "i"}}]}})", R"({"n":[{"attributes.value":34}]})"},
       {path + R"([{"attributes.half": {"func": "max", "cast": "f"}}]}, "order_by": {"n": "id"}, "distinct": true})",
        R"({"n":[{"attributes.half":1.5}]})"},
       {path +
            R"([{"attributes.value": {"func": "max", "cast": "d"}}, {"attributes.filename": {"func": "max", "cast": "t"}}]}})",
        R"({"n":[{"attributes.filename":"iron.cif","attributes.value":null}]})"}});
}

TEST_CASE("orders", "[querybuilder]") {
  auto const ordered = [](std::string const& filters, std::string const& order, std::string const& more = "") {
    return R"({"path": [{"entity_type": "", "tag": "n"}], "project": {"n": "id"}, "filters": {"n": )" + filters +
           R"(}, "order_by": {"n": )" + order + "}" + more + "}";
  };
  std::string const strings = R"({"description": "order of strings", "id": {"<": 19}})";
  check(Fixture::generation2,
        {{ordered(strings, "\"label\""), R"({"n":[{"id":13},{"id":14},{"id":15},{"id":16},{"id":17},{"id":18}]})"},
         {ordered(strings, R"({"label": "desc"})", R"(, "limit": 3)"), R"({"n":[{"id":18},{"id":17},{"id":16}]})"},
         {ordered(R"({"id": {"in": [7, 8, 10]}})", "\"dbcomputer_id\""), R"({"n":[{"id":7},{"id":8},{"id":10}]})"},
         {ordered(R"({"id": {"in": [7, 8, 10]}})", R"({"dbcomputer_id": "desc"})"),
          R"({"n":[{"id":10},{"id":8},{"id":7}]})"},
         {ordered(R"({"id": {"in": [36, 35, 34]}})", R"([{"ctime": "desc"}])"),
          R"({"n":[{"id":35},{"id":36},{"id":34}]})"},
         {ordered(R"({"id": {">": 33}})", R"({"attributes.value": {"cast": "f", "order": "desc"}})", R"(, "limit": 2)"),
          R"({"n":[{"id":39},{"id":38}]})"},
         {ordered(strings, R"({"attributes.value": {"cast": "t", "order": "desc"}})", R"(, "limit": 2)"),
          R"({"n":[{"id":18},{"id":17}]})"},
         {ordered(R"({"id": {"in": [28, 34]}})", R"({"attributes.yes": {"cast": "b"}})"),
          R"({"n":[{"id":28},{"id":34}]})"},
         {ordered(R"({"id": {"in": [13, 34]}})", R"({"attributes.value": {"cast": "d"}})"),
          R"({"n":[{"id":13},{"id":34}]})"},
         {R"({"path": [{"entity_type": "", "tag": "n"}], "project": {"n": "user_id"}, "distinct": true,
              "order_by": {"n": {"user_id": "desc"}}})",
          R"({"n":[{"user_id":2},{"user_id":1}]})"},
         {R"({"path": [{"entity_type": "", "tag": "n"}], "project": {"n": "user_id"}, "distinct": true, "limit": 1,
              "order_by": {"n": [{"user_id": "asc"}]}})",
          R"({"n":[{"user_id":1}]})"}});
}

TEST_CASE("more rows than a server gives are an error", "[querybuilder]") {
  for (auto const engine : test::engines) {
    auto& store = *test::shared_store(Fixture::generation2, engine).store;
    auto const rows = [&](std::string const& more) {
      auto const plan = api::querybuilder::read_query(R"({"path": [{"entity_type": "", "tag": "n"}])" + more + "}",
                                                      store.catalog(), {});
      REQUIRE(plan);
      return store.read(sql::builder::compile_query(*plan, 10, store.dialect()))->size();
    };
    CHECK(rows("") == 11);
    CHECK(rows(R"(, "limit": 500)") == 11);
    CHECK(rows(R"(, "limit": 10)") == 10);
    CHECK(rows(R"(, "limit": 0)") == 0);
  }
}

TEST_CASE("addresses are served where the operator allows it", "[querybuilder]") {
  for (auto const* opened : test::every_store())
    CHECK_THAT(answer(*opened->store, R"({"path": [{"entity_type": "user", "tag": "u"}], "project": {"u": "email"}})",
                      {.private_filters = true}),
               Catch::StartsWith(R"({"u":[{"email":")"));
}

TEST_CASE("the whole path of a cycle is walked once more than a thousand times at most", "[querybuilder]") {
  auto const cycle =
      "INSERT INTO db_dblink (id, input_id, output_id, label, type) VALUES (100, 33, 9, 'back', 'input_calc');";
  std::string const body = R"({"path": [{"entity_type": "", "tag": "a", "filters": {"id": 7}},
      {"entity_type": "", "tag": "b", "with_ancestors": "a", "edge_tag": "e"}], "project": {"e": [{"depth": {"func": "max"}}]}})";
  test::PostgreSqlDatabase database;
  database.load(Fixture::generation2);
  database.run(cycle);
  CHECK(answer(*test::open(database.uri()), body) == R"({"e":[{"depth":1000}]})");
  test::TemporaryFolder folder;
  auto const path = folder.path() + "/cycle.sqlite";
  test::make_sqlite_file(
      path, test::read_file("sql/schema/sqlite_gen2.sql") + test::read_file("tests/fixtures/generation2.sql") + cycle);
  CHECK(answer(*test::open(path), body) == R"({"e":[{"depth":1000}]})");
}
