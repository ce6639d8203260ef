// SPDX-License-Identifier: MIT
#include <utility>

#include "model/entity.hpp"
#include "sql/feed/aiida_tables.hpp"
#include "sql/feed/versions.hpp"

namespace restapi::sql::feed {
namespace {

// A row of a catalog is written anew by ALTER, GRANT, TRUNCATE, DROP, but not by VACUUM and ANALYZE, and has a greater
// xmin then. Tables are looked up one by one: a plan for any oids would read all of pg_class.
constexpr Fragment marks_of_tables =
    "(SELECT coalesce(string_agg((SELECT CAST(c.xmin AS text) FROM pg_class AS c WHERE c.oid = o), ' '), '') FROM "
    "unnest(";
constexpr Fragment marks_of_triggers =
    ") AS o) || '/' || (SELECT count(*) || ':' || coalesce(sum(CAST(CAST(g.xmin AS text) AS bigint)), 0) FROM "
    "pg_trigger AS "
    "g WHERE g.oid = ANY (";
constexpr Fragment end_of_marks = "))";

// What logical replication writes fires no trigger of ours.
constexpr Fragment is_replicated_to = "EXISTS (SELECT FROM pg_subscription_rel AS r WHERE r.srrelid = ANY (";

}  // namespace

Statement postgresql_guard(std::string schema) {
  Statement statement("feed guard", 3);
  statement.add("SELECT CAST(w.tables AS text), CAST(w.triggers AS text), ")
      .add(marks_of_tables)
      .add("w.tables")
      .add(marks_of_triggers)
      .add("w.triggers")
      .add(end_of_marks)
      .add(
          " FROM (SELECT (SELECT array_agg(c.oid) FROM pg_class AS c WHERE (c.relnamespace = n.oid AND c.relname = ANY "
          "(t.names)) OR c.oid = to_regclass('restapi_feed.change')) AS tables, (SELECT array_agg(g.oid) FROM "
          "pg_trigger AS g JOIN pg_proc AS p ON p.oid = g.tgfoid "
          "JOIN pg_class AS c ON c.oid = g.tgrelid JOIN pg_namespace AS h ON h.oid = p.pronamespace WHERE h.nspname = "
          "'restapi_feed' AND g.tgenabled IN ('O', 'A') AND c.relnamespace = n.oid AND c.relname = ANY (t.names)) AS "
          "triggers FROM pg_namespace AS n CROSS JOIN (SELECT CAST(")
      .bind(aiida_tables())
      .add(" AS name[]) AS names) AS t WHERE n.nspname = CAST(")
      .bind(std::move(schema))
      .add(" AS text)) AS w WHERE NOT ")
      .add(is_replicated_to)
      .add("w.tables))");
  return statement;
}

namespace {

constexpr Fragment shown =
    "SELECT CAST(pg_postmaster_start_time() AS text), CAST(pg_current_snapshot() AS text), CAST(pg_is_in_recovery() AS "
    "text)";

}  // namespace

Statement postgresql_shown() {
  Statement statement("version", touched::is_standby + 1);
  return std::move(statement.add(shown));
}

// Rows are looked for by LIMIT in the order of their index: a plan for any values would read the whole table otherwise
// (PostgreSQL 15: 2.5 ms instead of 5 µs for 100 000 rows).
Statement postgresql_touched(Since const& since, Guard const& guard) {
  Statement statement("version", touched::count);
  statement.add(shown)
      .add(", substr(CAST(f.epoch AS text), 1, 8), CAST(f.floor AS text), ")
      .add(marks_of_tables)
      .add("CAST(")
      .bind(guard.tables)
      .add(" AS oid[])")
      .add(marks_of_triggers)
      .add("CAST(")
      .bind(guard.triggers)
      .add(" AS oid[])")
      .add(end_of_marks)
      .add(" || CASE WHEN ")
      .add(is_replicated_to)
      .add("CAST(")
      .bind(guard.tables)
      .add(
          " AS oid[]))) THEN 'replicated' ELSE '' END, e.entities, CAST(e.newest AS text), CAST(e.rows AS text), "
          "CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) FROM restapi_feed.feed AS f CROSS JOIN (SELECT "
          "string_agg(e.entity || ':' || e.rows || ':' || e.later, ',') AS entities, (array_agg(e.newest ORDER BY "
          "e.newest DESC))[1] AS newest, coalesce(sum(e.rows), 0) AS rows FROM (SELECT CAST(c.entity AS text) AS "
          "entity, count(*) AS rows, count(*) FILTER (WHERE c.xid >= pg_snapshot_xmin(pg_current_snapshot())) AS "
          "later, (array_agg(c.xid ORDER BY c.xid DESC))[1] AS newest FROM ((SELECT entity, xid FROM "
          "restapi_feed.change WHERE xid >= CAST(")
      .bind(since.xmax)
      .add(
          " AS xid8) ORDER BY xid LIMIT 1000) UNION ALL (SELECT entity, xid FROM restapi_feed.change WHERE xid = ANY "
          "(CAST(")
      .bind(since.in_progress);
  static_assert(most_touched == 1000);
  statement.add(" AS xid8[])) LIMIT 1000)) AS c GROUP BY 1) AS e) AS e");
  return statement;
}

// Each row may tell of 1000 nodes.
void add_changed_buckets(Statement& statement, Since const& since, std::int64_t most,
                         std::function<void(Statement&)> const& count) {
  statement.add("(WITH told AS MATERIALIZED ((SELECT entity, action, ids FROM restapi_feed.change WHERE xid >= CAST(")
      .bind(since.xmax)
      .add(
          " AS xid8) ORDER BY xid LIMIT 1000) UNION ALL (SELECT entity, action, ids FROM restapi_feed.change WHERE xid "
          "= "
          "ANY (CAST(")
      .bind(since.in_progress)
      .add(
          " AS xid8[])) LIMIT 1000)), buckets AS MATERIALIZED (SELECT DISTINCT id >> 10 AS bucket FROM told CROSS JOIN "
          "unnest(told.ids) AS id WHERE told.entity = 'n' LIMIT CAST(")
      .bind(most + 1)
      .add(
          " AS bigint)) SELECT substr(CAST(f.epoch AS text), 1, 8) || ' ' || CAST(f.floor AS text) || ' ' || CASE WHEN "
          "(SELECT count(*) FROM told) >= 1000 OR EXISTS (SELECT FROM told WHERE entity = 'n' AND action = 't') OR "
          "(SELECT count(*) FROM buckets) > CAST(")
      .bind(most)
      .add(" AS bigint) THEN 'all' ELSE coalesce((SELECT string_agg(CAST(b.bucket AS text) || ':' || CAST((");
  static_assert(most_touched == 1000);
  count(statement);
  statement.add(") AS text), ',') FROM buckets AS b), '') END FROM restapi_feed.feed AS f)");
}

}  // namespace restapi::sql::feed
