// SPDX-License-Identifier: MIT
#include "sql/condition.hpp"

#include <catch2/catch.hpp>

#include "query/predicates.hpp"
#include "support/requests.hpp"

using namespace restapi;

namespace {

/// The SQL of filters, with its values behind it: "(n.id = :p1) [45]".
std::string written(sql::Dialect const& dialect, std::string_view resource, std::string_view filter,
                    std::string const& schema = "postgresql_gen2") {
  auto const source = test::source(resource, schema);
  auto const planner = test::planner({true}, schema);
  auto const query = test::parsed(filter);
  auto const clauses = query::sort_out(query, planner.vocabulary);
  REQUIRE(clauses);
  auto const predicates = query::plan_filters(*clauses, source, planner);
  if (!predicates) return "error: " + predicates.error().message;
  sql::Statement statement("test", 1);
  for (auto const& predicate : *predicates) {
    if (!statement.text().empty()) statement.add(" AND ");
    sql::add_predicate(statement, predicate, dialect);
  }
  std::string values;
  for (auto const& value : statement.values()) {
    auto const wire = dialect.wire(value);
    auto const* integer = std::get_if<std::int64_t>(&wire);
    values += (values.empty() ? "" : ", ") + (integer ? std::to_string(*integer) : std::get<std::string>(wire));
  }
  return statement.text() + " [" + values + "]";
}

std::string postgresql(std::string_view resource, std::string_view filter) {
  return written(sql::postgresql(), resource, filter);
}
std::string sqlite(std::string_view resource, std::string_view filter) {
  return written(sql::sqlite(), resource, filter);
}

}  // namespace

TEST_CASE("sets of values", "[sql][condition]") {
  CHECK(postgresql("nodes", "id=45") == "(n.id = CAST(:p1 AS bigint)) [45]");
  CHECK(sqlite("nodes", "id=45") == "(n.id = :p1) [45]");
  CHECK(postgresql("nodes", "id=in=56,45") == "(n.id = ANY (CAST(:p1 AS bigint[]))) [{45,56}]");
  CHECK(postgresql("nodes", "id=in=45,45") == "(n.id = CAST(:p1 AS bigint)) [45]");
  CHECK(postgresql("nodes", "label=in=\"a,b\",c") == "(n.label = ANY (CAST(:p1 AS text[]))) [{\"a,b\",\"c\"}]");
  CHECK(sqlite("computers", "scheduler_type=in=\"slurm\",\"pbs\"") ==
        "(c.scheduler_type IN (SELECT value FROM temp.json_each(:p1))) [[\"pbs\",\"slurm\"]]");
  CHECK(postgresql("groups", "name=\"a'b\"") == "(g.label = CAST(:p1 AS text)) [a'b]");
  CHECK(sqlite("computers", "enabled=true") == "(CAST(true AS boolean) = :p1) [1]");
  CHECK(written(sql::postgresql(), "computers", "enabled=true", "postgresql_gen1") == "(c.enabled = :p1) [true]");
}

TEST_CASE("a missing value fulfils a negated condition and no other", "[sql][condition]") {
  CHECK(sqlite("nodes", "label!=x") == "(n.label IS NULL OR NOT (n.label = :p1)) [x]");
  CHECK(sqlite("nodes", "id=notin=1,2") ==
        "(n.id IS NULL OR NOT (n.id IN (SELECT value FROM temp.json_each(:p1)))) [[1,2]]");
  CHECK(sqlite("nodes", "ctime!=2016-04-23") ==
        "(n.ctime IS NULL OR NOT (n.ctime COLLATE instant >= :p1 AND n.ctime COLLATE instant < :p2)) [2016-04-23 "
        "00:00:00, 2016-04-24 00:00:00]");
  CHECK(sqlite("nodes", "ctime=notin=2016-04-23,9999-12-31") ==
        "(n.ctime IS NULL OR NOT (n.ctime COLLATE instant >= :p1 AND n.ctime COLLATE instant < :p2 OR n.ctime COLLATE "
        "instant >= :p3)) "
        "[2016-04-23 00:00:00, 2016-04-24 00:00:00, 9999-12-31 00:00:00]");
  CHECK(sqlite("nodes", "id<=9223372036854775807") == "(n.id IS NOT NULL) []");
  CHECK(sqlite("nodes", "id>9223372036854775807") == "(1 = 0) []");
}

TEST_CASE("several intervals are one text in PostgreSQL, however many", "[sql][condition]") {
  CHECK(postgresql("nodes", "ctime=in=2016-04-23,2016-05-01") ==
        "(n.ctime >= :p1 AND n.ctime < :p2 AND width_bucket(CAST(n.ctime AS timestamptz), CAST(:p3 AS timestamptz[])) "
        "% 2 = 1) [2016-04-23 00:00:00+00, 2016-05-02 00:00:00+00, {\"2016-04-23 00:00:00+00\","
        "\"2016-04-24 00:00:00+00\",\"2016-05-01 00:00:00+00\",\"2016-05-02 00:00:00+00\"}]");
  CHECK(postgresql("nodes", "ctime=in=2016-04-23,9999-12-31") ==
        "(n.ctime >= :p1 AND width_bucket(CAST(n.ctime AS timestamptz), CAST(:p2 AS timestamptz[])) % 2 = 1) "
        "[2016-04-23 00:00:00+00, {\"2016-04-23 00:00:00+00\",\"2016-04-24 00:00:00+00\","
        "\"9999-12-31 00:00:00+00\"}]");
}

TEST_CASE("intervals", "[sql][condition]") {
  CHECK(postgresql("nodes", "id>45") == "(n.id >= CAST(:p1 AS bigint)) [46]");
  CHECK(postgresql("nodes", "ctime>=2016-04-23") == "(n.ctime >= :p1) [2016-04-23 00:00:00+00]");
  CHECK(sqlite("nodes", "ctime=in=2016-04-23,2016-04-24T05") ==
        "(n.ctime COLLATE instant >= :p1 AND n.ctime COLLATE instant < :p2 OR n.ctime COLLATE instant >= :p3 AND "
        "n.ctime COLLATE instant < :p4) "
        "[2016-04-23 00:00:00, 2016-04-24 00:00:00, 2016-04-24 05:00:00, 2016-04-24 06:00:00]");
  CHECK(postgresql("users", "last_name<=\"M\"") == "(lower(u.last_name COLLATE \"C\") < CAST(:p1 AS text)) [n]");
  CHECK(sqlite("users", "last_name>\"M\"") == "(lower(u.last_name) >= :p1) [n]");
  CHECK(postgresql("nodes", "uuid<\"A\"") == "(lower(CAST(n.uuid AS text) COLLATE \"C\") < CAST(:p1 AS text)) [a]");
}

TEST_CASE("a text that is no uuid equals none", "[sql][condition]") {
  auto const* const whole = "338357f4-f236-4f9c-8fbe-cd550dc6b858";
  CHECK(postgresql("nodes", std::string("uuid=") + whole) == std::string("(n.uuid = :p1) [") + whole + "]");
  CHECK(postgresql("nodes", "uuid=\"338357F4F2364F9C8FBECD550DC6B858\"") ==
        std::string("(n.uuid = :p1) [") + whole + "]");
  CHECK(sqlite("nodes", "uuid=in=\"338357F4F2364F9C8FBECD550DC6B858\",x") ==
        std::string("(n.uuid = :p1) [") + whole + "]");
  CHECK(postgresql("nodes", "uuid=\"338357f4\"") == "(1 = 0) []");
  CHECK(postgresql("nodes", std::string("uuid=in=x,") + whole) == std::string("(n.uuid = :p1) [") + whole + "]");
  CHECK(postgresql("nodes", "uuid!=x") == "(n.uuid IS NULL OR NOT (1 = 0)) []");
}

TEST_CASE("a pattern with a beginning is a range for the index too", "[sql][condition]") {
  CHECK(postgresql("nodes", "label=like=\"data.%\"") ==
        "(n.label ~>=~ CAST(:p1 AS text) AND n.label ~<~ CAST(:p2 AS text) AND n.label LIKE CAST(:p3 AS text)) "
        "[data., data/, data.%]");
  CHECK(sqlite("nodes", "label=like=\"a_\"") ==
        "(n.label >= :p1 AND n.label < :p2 AND pattern_matches(n.label, :p3)) [a, b, a_]");
  CHECK(sqlite("nodes", "label=like=\"%data%\"") == "(pattern_matches(n.label, :p1)) [%data%]");
  CHECK(sqlite("nodes", "label=ilike=\"data%\"") == "(pattern_matches(lower(n.label), :p1)) [data%]");
  CHECK(sqlite("nodes", "uuid=like=\"cdfd48%\"") ==
        "(n.uuid >= :p1 AND n.uuid <= :p2 AND pattern_matches(CAST(n.uuid AS text), :p3)) "
        "[cdfd4800-0000-0000-0000-000000000000, cdfd48ff-ffff-ffff-ffff-ffffffffffff, cdfd48%]");
  CHECK(postgresql("nodes", "uuid=like=\"cZ%\"") ==
        "(n.uuid >= :p1 AND n.uuid <= :p2 AND CAST(n.uuid AS text) LIKE CAST(:p3 AS text)) "
        "[c0000000-0000-0000-0000-000000000000, cfffffff-ffff-ffff-ffff-ffffffffffff, cz%]");
  CHECK(sqlite("nodes", "uuid=like=\"CDFD48F97E%\"") ==
        "(n.uuid >= :p1 AND n.uuid <= :p2 AND pattern_matches(CAST(n.uuid AS text), :p3)) "
        "[cdfd48f9-7e00-0000-0000-000000000000, cdfd48f9-7eff-ffff-ffff-ffffffffffff, cdfd48f9-7e%]");
  CHECK(postgresql("nodes", "uuid=like=\"%d48\"") == "(CAST(n.uuid AS text) LIKE CAST(:p1 AS text)) [%d48]");
}

TEST_CASE("the state of a computer is that of some node on it", "[sql][condition]") {
  std::string const state = "substr(coalesce(n.attributes ->> 'process_state', n.attributes ->> 'state'), 1, 10000)";
  CHECK(sqlite("computers", "state=\"FINISHED\"") ==
        "EXISTS (SELECT 1 FROM @db_dbnode AS n WHERE n.dbcomputer_id = c.id AND (" + state + " = :p1)) [FINISHED]");
  CHECK(sqlite("computers", "state!=\"FINISHED\"") ==
        "EXISTS (SELECT 1 FROM @db_dbnode AS n WHERE n.dbcomputer_id = c.id AND (" + state + " IS NULL OR NOT (" +
            state + " = :p1))) [FINISHED]");
}

TEST_CASE("missing values, and beginnings", "[sql][condition]") {
  CHECK(postgresql("nodes", "label=is=null") == "(n.label IS NULL) []");
  CHECK(sqlite("nodes", "label=is=notnull") == "(n.label IS NOT NULL) []");
  CHECK(postgresql("nodes", "label=startswith=\"50%\"") == postgresql("nodes", "label=like=\"50\\%%\""));
  CHECK(sqlite("nodes", "uuid=startswith=338357f4f2") == sqlite("nodes", "uuid=like=\"338357f4f2%\""));
}

TEST_CASE("alternatives, and their negation", "[sql][condition]") {
  CHECK(sqlite("nodes", "(id=1|id=2&label=a)") == "((n.id = :p1) OR (n.id = :p2) AND (n.label = :p3)) [1, 2, a]");
  CHECK(sqlite("nodes", "id>4&!(label=a)") == "(n.id >= :p1) AND (((n.label = :p2)) IS NOT TRUE) [5, a]");
  CHECK(
      postgresql("nodes", "(!(label=is=null|(label=a))|id=4)") ==
      "((((n.label IS NULL) OR ((n.label = CAST(:p1 AS text)))) IS NOT TRUE) OR (n.id = CAST(:p2 AS bigint))) [a, 4]");
}

TEST_CASE("related rows", "[sql][condition]") {
  CHECK(sqlite("nodes", "computer.name=daint") ==
        "n.dbcomputer_id IN (SELECT c.id FROM @db_dbcomputer AS c WHERE (c.label = :p1)) [daint]");
  CHECK(sqlite("calculations", "user.id=1") ==
        "n.user_id IN (SELECT u.id FROM @db_dbuser AS u WHERE (u.id = :p1)) [1]");
  CHECK(sqlite("groups", "user.last_name=is=null") ==
        "g.user_id IN (SELECT u.id FROM @db_dbuser AS u WHERE (u.last_name IS NULL)) []");
  // What stands side by side is asked of the same row, also through two relations.
  CHECK(sqlite("nodes", "input.id=1&id>3&input.label=x") ==
        "n.id IN (SELECT l.output_id FROM @db_dblink AS l JOIN @db_dbnode AS n ON n.id = l.input_id WHERE (n.id = :p1) "
        "AND (n.label = :p2)) AND (n.id >= :p3) [1, x, 4]");
  CHECK(sqlite("nodes", "group.name=a&group.user.id=1&group.user.last_name=b") ==
        "n.id IN (SELECT m.dbnode_id FROM @db_dbgroup_dbnodes AS m JOIN @db_dbgroup AS g ON g.id = m.dbgroup_id WHERE "
        "(g.label = :p1) AND g.user_id IN (SELECT u.id FROM @db_dbuser AS u WHERE (u.id = :p2) AND (u.last_name = "
        ":p3))) [a, 1, b]");
  CHECK(sqlite("nodes", "(input.id=1|input.id=2)") ==
        "(n.id IN (SELECT l.output_id FROM @db_dblink AS l JOIN @db_dbnode AS n ON n.id = l.input_id WHERE (n.id = "
        ":p1)) OR n.id IN (SELECT l.output_id FROM @db_dblink AS l JOIN @db_dbnode AS n ON n.id = l.input_id WHERE "
        "(n.id = :p2))) [1, 2]");
  // AiiDA's own names are known behind a relation.
  CHECK(sqlite("nodes", "group.label=a") == sqlite("nodes", "group.name=a"));
  CHECK(sqlite("computers", "node.process_state=a") == sqlite("computers", "node.state=a"));
  // The documented key says it short, each time of another row.
  CHECK(sqlite("computers", "state=a") == sqlite("computers", "node.state=a"));
  CHECK(sqlite("computers", "state=a&state=b") != sqlite("computers", "node.state=a&node.state=b"));
}
