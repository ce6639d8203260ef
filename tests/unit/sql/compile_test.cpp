// SPDX-License-Identifier: MIT
#include "sql/compile.hpp"

#include <catch2/catch.hpp>

#include "support/requests.hpp"

using namespace restapi;
using query::Direction;
using query::DocumentKind;
using sql::Statement;

namespace {

std::string node_columns() { return test::shown_columns("nodes"); }
std::size_t node_width() { return test::view("nodes").projection->fields.size(); }

query::ListPlan list(std::string_view resource, std::string_view text, std::optional<std::int64_t> page = {}) {
  auto planned = test::plan_list(resource, text, page);
  REQUIRE(planned);
  return *std::move(planned);
}

query::ObjectPlan object(std::string_view resource, std::string_view id) { return *test::plan_object(resource, id); }

std::vector<std::string> values(Statement const& statement) {
  std::vector<std::string> texts;
  for (auto const& value : statement.values()) {
    auto const wire = sql::sqlite().wire(value);
    auto const* integer = std::get_if<std::int64_t>(&wire);
    texts.push_back(integer ? std::to_string(*integer) : std::get<std::string>(wire));
  }
  return texts;
}

void check(Statement const& statement, std::string_view name, std::size_t width, std::string const& text,
           std::vector<std::string> const& bound) {
  CHECK(statement.name() == name);
  CHECK(statement.width() == width);
  CHECK(statement.text() == text);
  CHECK(values(statement) == bound);
}

}  // namespace

TEST_CASE("a list without a query", "[sql][compile]") {
  auto const plan = list("nodes", "");
  check(compile_list(plan, {}, sql::postgresql()), "list", node_width(),
        "SELECT " + node_columns() +
            " FROM @db_dbnode AS n ORDER BY n.id LIMIT CAST(:p1 AS bigint) OFFSET CAST(:p2 AS bigint)",
        {"400", "0"});
  check(compile_list(plan, {}, sql::sqlite()), "list", node_width(),
        "SELECT " + node_columns() + " FROM @db_dbnode AS n ORDER BY n.id LIMIT :p1 OFFSET :p2", {"400", "0"});
  check(compile_count(plan, {}, sql::postgresql()), "count", 1, "SELECT count(*) FROM @db_dbnode AS n", {});
}

TEST_CASE("a kind of nodes, filtered, ordered, one page of it", "[sql][compile]") {
  auto const plan = list("codes", "label=like=\"pw%\"&id>3&perpage=10&orderby=-label,ctime", 2);
  std::string const kind = "(n.node_type LIKE 'data.core.code.%' OR n.node_type LIKE 'data.code.%')";
  check(compile_list(plan, {}, sql::postgresql()), "list", node_width(),
        "SELECT " + node_columns() + " FROM @db_dbnode AS n WHERE n.id IN (SELECT n.id FROM @db_dbnode AS n WHERE " +
            kind +
            " AND (n.label ~>=~ CAST(:p1 AS text) AND n.label ~<~ CAST(:p2 AS text) AND n.label LIKE CAST(:p3 AS text))"
            " AND (n.id >= CAST(:p4 AS bigint))"
            " ORDER BY lower(n.label COLLATE \"C\") DESC NULLS FIRST, n.ctime NULLS LAST, n.id"
            " LIMIT CAST(:p5 AS bigint) OFFSET CAST(:p6 AS bigint))"
            " ORDER BY lower(n.label COLLATE \"C\") DESC NULLS FIRST, n.ctime NULLS LAST, n.id",
        {"pw", "px", "pw%", "4", "10", "10"});
  check(compile_list(plan, {}, sql::sqlite()), "list", node_width(),
        "SELECT " + node_columns() + " FROM @db_dbnode AS n WHERE n.id IN (SELECT n.id FROM @db_dbnode AS n WHERE " +
            kind +
            " AND (n.label >= :p1 AND n.label < :p2 AND pattern_matches(n.label, :p3)) AND (n.id >= :p4)"
            " ORDER BY lower(n.label) DESC NULLS FIRST, n.ctime COLLATE instant NULLS LAST, n.id LIMIT :p5 OFFSET :p6)"
            " ORDER BY lower(n.label) DESC NULLS FIRST, n.ctime COLLATE instant NULLS LAST, n.id",
        {"pw", "px", "pw%", "4", "10", "10"});
  check(compile_count(plan, {}, sql::sqlite()), "count", 1,
        "SELECT count(*) FROM @db_dbnode AS n WHERE " + kind +
            " AND (n.label >= :p1 AND n.label < :p2 AND pattern_matches(n.label, :p3)) AND (n.id >= :p4)",
        {"pw", "px", "pw%", "4"});
}

TEST_CASE("the neighbours of a node are listed once each", "[sql][compile]") {
  auto const plan = list("nodes", "type=\"data.folder.FolderData.\"");
  auto const read =
      test::plan_neighbours("calculations", "type=\"data.folder.FolderData.\"", Direction::inputs, "e30da7cc");
  REQUIRE(read);
  check(
      compile_neighbours(*read, sql::postgresql()), "neighbours", 2 + node_width(),
      "WITH object AS MATERIALIZED (SELECT min(id) AS id, max(id) AS last FROM (SELECT n.id AS id FROM @db_dbnode AS n "
      "WHERE n.uuid >= :p1 AND n.uuid <= :p2 AND n.node_type LIKE 'process.%' LIMIT 2) AS found) "
      "SELECT (SELECT id FROM object), (SELECT last FROM object), " +
          node_columns() +
          " FROM @db_dbnode AS n WHERE n.id IN (SELECT l.input_id FROM @db_dblink AS l WHERE l.output_id = "
          "(SELECT id FROM object)) AND (n.node_type = CAST(:p3 AS text)) ORDER BY n.id LIMIT CAST(:p4 AS bigint) "
          "OFFSET CAST(:p5 AS bigint)",
      {"e30da7cc-0000-0000-0000-000000000000", "e30da7cc-ffff-ffff-ffff-ffffffffffff", "data.folder.FolderData.", "400",
       "0"});
  check(
      compile_count(plan, sql::NeighboursOf{Direction::outputs, 6}, sql::sqlite()), "count", 1,
      "SELECT count(*) FROM @db_dbnode AS n WHERE n.id IN (SELECT l.output_id FROM @db_dblink AS l WHERE l.input_id = "
      ":p1) AND (n.node_type = :p2)",
      {"6", "data.folder.FolderData."});
}

TEST_CASE("a window deep in the order of ids begins at a known id", "[sql][compile]") {
  auto const ascending = list("nodes", "label=\"a\"&offset=5000&limit=20");
  check(compile_list(ascending, sql::Start{4096, 17}, sql::sqlite()), "list", node_width(),
        "SELECT " + node_columns() +
            " FROM @db_dbnode AS n WHERE n.id >= :p1 AND (n.label = :p2) ORDER BY n.id LIMIT :p3 OFFSET :p4",
        {"4096", "a", "20", "17"});
  auto const descending = list("nodes", "orderby=-id&offset=5000&limit=20");
  check(compile_list(descending, sql::Start{4095, 17}, sql::sqlite()), "list", node_width(),
        "SELECT " + node_columns() + " FROM @db_dbnode AS n WHERE n.id <= :p1 ORDER BY n.id DESC LIMIT :p2 OFFSET :p3",
        {"4095", "20", "17"});
  check(compile_buckets(ascending, sql::sqlite()), "buckets", 2,
        "SELECT n.id >> 10, count(*) FROM @db_dbnode AS n WHERE (n.label = :p1) GROUP BY 1", {"a"});
}

TEST_CASE("rows far down a list are passed over by their ids alone", "[sql][compile]") {
  check(compile_list(list("nodes", "offset=1000"), {}, sql::sqlite()), "list", node_width(),
        "SELECT " + node_columns() +
            " FROM @db_dbnode AS n WHERE n.id IN (SELECT n.id FROM @db_dbnode AS n ORDER BY n.id LIMIT :p1 OFFSET :p2)"
            " ORDER BY n.id",
        {"400", "1000"});
  check(compile_list(list("nodes", "offset=5000&limit=20"), sql::Start{4096, 700}, sql::sqlite()), "list", node_width(),
        "SELECT " + node_columns() +
            " FROM @db_dbnode AS n WHERE n.id IN (SELECT n.id FROM @db_dbnode AS n WHERE n.id >= :p1 ORDER BY n.id"
            " LIMIT :p2 OFFSET :p3) ORDER BY n.id",
        {"4096", "20", "700"});
}

TEST_CASE("every order ends with the id", "[sql][compile]") {
  auto const order = [](std::string_view resource, std::string_view text) {
    auto const sql = compile_list(list(resource, text), {}, sql::sqlite()).text();
    auto const begin = sql.find(" ORDER BY ") + 10;
    return sql.substr(begin, sql.find(" LIMIT ") - begin);
  };
  CHECK(order("groups", "") == "g.id");
  CHECK(order("groups", "orderby=-id") == "g.id DESC");
  CHECK(order("groups", "orderby=-pk,name") == "g.id DESC");  // nothing after the id can matter
  CHECK(order("groups", "orderby=-user_id") == "g.user_id DESC NULLS FIRST, g.id");
  CHECK(order("groups", "orderby=name") == "lower(g.label) NULLS LAST, g.id");
  CHECK(order("groups", "orderby=uuid,-name") == "g.uuid NULLS LAST, lower(g.label) DESC NULLS FIRST, g.id");
}

TEST_CASE("one object is found by a range of the index", "[sql][compile]") {
  std::vector<std::string> const range = {"e30da7cc-0000-0000-0000-000000000000",
                                          "e30da7cc-ffff-ffff-ffff-ffffffffffff"};
  auto const id = object("nodes", "e30da7cc");
  std::string const where = " FROM @db_dbnode AS n WHERE n.uuid >= :p1 AND n.uuid <= :p2 LIMIT 2";
  for (auto const* dialect : {&sql::postgresql(), &sql::sqlite()}) {
    check(compile_object(id, *dialect), "object", 1 + node_width(), "SELECT n.id, " + node_columns() + where, range);
    check(compile_pk(id, *dialect), "object", 1, "SELECT n.id" + where, range);
  }
  check(compile_document({id, DocumentKind::attributes}, sql::sqlite()), "object", 2,
        "SELECT n.id, n.attributes" + where, range);
  check(compile_document({id, DocumentKind::extras}, sql::postgresql()), "object", 2,
        "SELECT o.id, CASE WHEN octet_length(o.document) > 134217728 THEN repeat(o.document, 2147483647) "
        "ELSE o.document END FROM (SELECT n.id AS id, CAST(n.extras AS text) AS document" +
            where + ") AS o",
        range);
  check(
      compile_pk(object("calculations", "e30da7cc"), sql::sqlite()), "object", 1,
      "SELECT n.id FROM @db_dbnode AS n WHERE n.uuid >= :p1 AND n.uuid <= :p2 AND n.node_type LIKE 'process.%' LIMIT 2",
      range);
}

TEST_CASE("one user is found by the pk, and shows nothing private", "[sql][compile]") {
  auto const id = object("users", "2");
  check(compile_object(id, sql::postgresql()), "object", 6,
        "SELECT u.id, CAST(NULL AS timestamp), u.first_name, u.id, u.institution, u.last_name FROM @db_dbuser AS u "
        "WHERE u.id = CAST(:p1 AS bigint) LIMIT 2",
        {"2"});
  for (auto const* schema : test::schema_names) {
    auto const planned = test::plan_list("users", "", {}, {}, schema);
    REQUIRE(planned);
    auto const text = compile_list(*planned, {}, sql::sqlite()).text();
    for (auto const* secret : {"email", "password", "is_active", "last_login"})
      CHECK(text.find(secret) == std::string::npos);
  }
}

TEST_CASE("statistics count by type and day", "[sql][compile]") {
  auto const& nodes = test::catalog_of("postgresql_gen2").nodes();
  check(compile_statistics({&nodes}, sql::postgresql()), "statistics", 3,
        "SELECT n.node_type, to_char(n.ctime, 'YYYY-MM-DD'), count(*) FROM @db_dbnode AS n GROUP BY 1, 2", {});
  check(compile_statistics({&nodes, 2}, sql::sqlite()), "statistics", 3,
        "SELECT n.node_type, substr(n.ctime, 1, 10), count(*) FROM @db_dbnode AS n WHERE n.user_id = :p1 GROUP BY 1, 2",
        {"2"});
}

TEST_CASE("older databases are read from their own columns", "[sql][compile]") {
  auto const planned = test::plan_list("nodes", "type=x&state=y", {}, {}, "sqlite_gen1");
  REQUIRE(planned);
  auto const& nodes = *planned->source.bound;
  auto const state = std::string(nodes.columns[test::view("nodes").find("state")->index].text());
  CHECK_THAT(state, Catch::Contains("db_dbcalcstate"));
  check(compile_list(*planned, {}, sql::sqlite()), "list", node_width(),
        "SELECT " + test::shown_columns("nodes", "sqlite_gen1") + " FROM @db_dbnode AS n WHERE (n.type = :p1) AND (" +
            state + " = :p2) ORDER BY n.id LIMIT :p3 OFFSET :p4",
        {"x", "y", "400", "0"});
}
