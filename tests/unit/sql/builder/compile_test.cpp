// SPDX-License-Identifier: MIT
#include "sql/builder/compile.hpp"

#include <catch2/catch.hpp>

#include "base/json_value.hpp"
#include "query/builder/read.hpp"
#include "support/schemas.hpp"

using namespace restapi;

namespace {

sql::Statement compiled(std::string const& body, sql::Dialect const& dialect, std::string const& schema) {
  auto const json = read_json(body, query::builder::max_depth);
  REQUIRE(json);
  auto const plan = query::builder::read_query(*json, test::catalog_of(schema), {});
  if (!plan) FAIL(plan.error().message);
  return sql::builder::compile_query(*plan, 100'000, dialect);
}

std::string postgresql(std::string const& body) { return compiled(body, sql::postgresql(), "postgresql_gen2").text(); }
std::string sqlite(std::string const& body) { return compiled(body, sql::sqlite(), "sqlite_gen2").text(); }

std::string one(std::string const& filters) {
  return R"({"path": [{"entity_type": "", "tag": "n", "filters": )" + filters + R"(}], "project": {"n": "id"}})";
}

}  // namespace

TEST_CASE("one vertex", "[querybuilder][sql]") {
  CHECK(postgresql(one(R"({"id": 5, "node_type": {"!==": "x"}})")) ==
        "SELECT v0.c0 FROM (SELECT n.id AS id, n.user_id AS user_id, n.dbcomputer_id AS dbcomputer_id, n.id AS c0 FROM "
        "@db_dbnode AS n WHERE (n.id = CAST(:p1 AS bigint)) AND (NOT (CASE WHEN n.node_type IS NOT NULL THEN "
        "(n.node_type "
        "= CAST(:p2 AS text)) END))) AS v0 ORDER BY v0.id LIMIT CAST(:p3 AS bigint) OFFSET CAST(:p4 AS bigint)");
  CHECK(sqlite(one(R"({"node_type": "x", "attributes.n": {"!==": 1}})")) ==
        "SELECT v0.c0 FROM (SELECT n.id AS id, n.user_id AS user_id, n.dbcomputer_id AS dbcomputer_id, n.id AS c0 FROM "
        "@db_dbnode AS n WHERE (n.node_type = :p1) AND (NOT (((json_at(n.attributes, :p2, 'number') IN (SELECT value "
        "FROM "
        "temp.json_each(:p3))) IS TRUE)))) AS v0 ORDER BY v0.id LIMIT :p4 OFFSET :p5");
}

TEST_CASE("two vertices and the link between them", "[querybuilder][sql]") {
  CHECK(
      sqlite(R"({"path": [{"entity_type": "", "tag": "p", "filters": {"node_type": "x"}},
                            {"entity_type": "", "tag": "d", "filters": {"node_type": "y"}}],
                   "project": {"p": "id", "d": "uuid", "p--d": "label"}, "order_by": {"d": {"label": "desc"}}, "limit": 7})") ==
      "SELECT v0.c0, e1.c0, v1.c0 FROM (SELECT n.id AS id, n.user_id AS user_id, n.dbcomputer_id AS dbcomputer_id, "
      "n.id AS c0 FROM @db_dbnode AS n WHERE (n.node_type = :p1)) AS v0 JOIN (SELECT l.input_id AS near_id, "
      "l.output_id AS far_id, l.id AS id, l.label AS c0 FROM @db_dblink AS l) AS e1 ON e1.near_id = v0.id JOIN (SELECT "
      "n.id AS id, n.user_id AS user_id, n.dbcomputer_id AS dbcomputer_id, n.uuid AS c0, lower(n.label) AS o0 FROM "
      "@db_dbnode AS n WHERE (n.node_type = :p2)) AS v1 ON v1.id = e1.far_id ORDER BY v1.o0 DESC NULLS FIRST, v0.id, "
      "v1.id, e1.id LIMIT :p3 OFFSET :p4");
}

TEST_CASE("a walk begins where the vertices before it lead", "[querybuilder][sql]") {
  auto const text = sqlite(R"({"path": [{"entity_type": "group.", "tag": "g", "filters": {"type_string": "x"}},
                                        {"entity_type": "", "tag": "m", "with_group": "g", "filters": {"node_type": "y"}},
                                        {"entity_type": "", "tag": "d", "with_ancestors": "m", "edge_tag": "e",
                                         "filters": {"node_type": "z"}}],
                               "project": {"d": "id", "e": "depth"}})");
  CHECK_THAT(text,
             Catch::StartsWith(
                 "WITH RECURSIVE w2(ancestor_id, descendant_id, depth) AS (SELECT CAST(s.id AS bigint), "
                 "CAST(l.output_id AS bigint), 0 FROM (SELECT DISTINCT v1.id AS id FROM (SELECT g.id AS id, g.user_id "
                 "AS user_id FROM @db_dbgroup AS g WHERE (g.type_string = :p1)) AS v0 JOIN (SELECT m.dbgroup_id AS "
                 "near_id, m.dbnode_id AS far_id, m.id AS id FROM @db_dbgroup_dbnodes AS m) AS e1 ON e1.near_id = "
                 "v0.id JOIN "));
  CHECK_THAT(text,
             Catch::Contains(" UNION ALL SELECT w.ancestor_id, CAST(l.output_id AS bigint), w.depth + 1 FROM w2 AS w "
                             "JOIN @db_dblink AS l ON l.input_id = w.descendant_id WHERE "));
  CHECK(text.find("path") == std::string::npos);
}

TEST_CASE("filters of an outer join are asked of what comes out of it", "[querybuilder][sql]") {
  CHECK_THAT(
      sqlite(R"({"path": [{"entity_type": "", "tag": "n", "filters": {"node_type": "x"}},
                                 {"entity_type": "user", "tag": "u", "outerjoin": true, "filters": {"id": 1}}],
                        "project": {"n": "id"}})"),
      Catch::Contains(" LEFT JOIN (SELECT u.id AS id FROM @db_dbuser AS u) AS v1 ON v1.id = v0.user_id WHERE (SELECT "
                      "(u.id = :p2) FROM (SELECT 1 AS one) AS one LEFT JOIN @db_dbuser AS u ON u.id = v1.id) ORDER "
                      "BY v0.id, v1.id NULLS LAST LIMIT "));
}

TEST_CASE("functions and distinct rows", "[querybuilder][sql]") {
  CHECK_THAT(
      postgresql(R"({"path": [{"entity_type": "user", "tag": "u"}],
                            "project": {"u": [{"id": {"func": "max"}}, {"first_name": {"func": "min"}}]}})"),
      Catch::Equals("SELECT max(v0.c0), min(v0.c1 COLLATE \"C\") FROM (SELECT u.id AS id, u.id AS c0, u.first_name AS "
                    "c1 FROM @db_dbuser AS u) AS v0 LIMIT CAST(:p1 AS bigint) OFFSET CAST(:p2 AS bigint)"));
  CHECK_THAT(
      postgresql(R"({"path": [{"entity_type": "user", "tag": "u"}], "distinct": true,
                            "project": {"u": "institution"}, "order_by": {"u": "last_name"}})"),
      Catch::Equals("SELECT DISTINCT v0.c0, v0.o0 FROM (SELECT u.id AS id, u.institution AS c0, lower(u.last_name "
                    "COLLATE \"C\") AS o0 FROM @db_dbuser AS u) AS v0 ORDER BY v0.o0 NULLS LAST LIMIT CAST(:p1 AS "
                    "bigint) OFFSET CAST(:p2 AS bigint)"));
}

TEST_CASE("nothing that a client writes becomes SQL", "[querybuilder][sql]") {
  std::string const mark = "mArK";
  auto const body =
      R"({"path": [{"entity_type": "data.mArK.X.", "tag": "mArK1"}, {"entity_type": "", "tag": "mArK2", "edge_tag": "mArK3"}],
      "filters": {"mArK1": {"label": {"like": "mArK%", "in": ["mArK"], "==": "mArK", ">": "mArK"}, "uuid": "mArK",
                  "attributes.mArK.-1": {"==": "mArK", "!in": ["mArK", "x"], "like": "mArK", "<": "mArK", "has_key": "mArK"},
                  "extras": {"contains": {"mArK": ["mArK"]}, "!==": {"mArK": 1}}}},
      "project": {"mArK1": [{"attributes.mArK": {"cast": "f"}}], "mArK2": "extras.mArK"}, "project_map": {"mArK2": {"extras.mArK": "mArK"}},
      "order_by": {"mArK2": {"attributes.mArK": {"cast": "t"}}}})";
  for (auto const& text : {postgresql(body), sqlite(body)}) {
    CHECK(text.find(mark) == std::string::npos);
    CHECK(text.find("mark") == std::string::npos);
  }
}
