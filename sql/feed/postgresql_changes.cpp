// SPDX-License-Identifier: MIT
#include <utility>

#include "sql/feed/aiida_tables.hpp"
#include "sql/feed/changes.hpp"

namespace restapi::sql::feed {
namespace {

// An exact number: a time is a count of microseconds.
constexpr Fragment stamp_of_c = "CAST(CAST(extract(epoch FROM c.at) * 1000000 AS bigint) AS text)";

constexpr Fragment rows_of_c =
    ", substr(CAST(f.epoch AS text), 1, 8), CAST(f.floor AS text), CAST(c.position AS text), CAST(c.xid AS text), ";

constexpr Fragment rest_of_c =
    ", CAST(c.entity AS text), CAST(c.action AS text), CAST(c.fields AS text), CAST(c.ids AS text), "
    "CAST(c.first_ids AS text), CAST(c.second_ids AS text), CAST(c.uuids AS text), c.origin ";

void add_row(Statement& statement) {
  statement.add(rows_of_c).add(stamp_of_c).add(", ").add(stamp_of_c).add(rest_of_c);
}

/// What a statement sees: the same snapshot as of the rows that it reads.
void add_snapshot(Statement& statement, Role role) {
  if (role == Role::primary)
    statement.add("(SELECT pg_current_snapshot() AS shown) AS s");
  else
    statement.add(
        "(SELECT CAST(CAST(pg_snapshot_xmin(now) AS text) || ':' || CAST(pg_snapshot_xmin(now) AS text) || ':' AS "
        "pg_snapshot) AS shown FROM pg_current_snapshot() AS now) AS s");
}

void add_not_delivered(Statement& statement, std::string xmax, std::string in_progress) {
  statement.add("(c.xid >= CAST(").bind(std::move(xmax)).add(" AS xid8) OR c.xid = ANY (CAST(");
  statement.bind(std::move(in_progress)).add(" AS xid8[])))");
}

}  // namespace

Statement postgresql_state(std::string schema) {
  Statement statement("feed state", 8);
  statement
      .add(
          "SELECT CAST(pg_is_in_recovery() AS text), substr(CAST(f.epoch AS text), 1, 8) || '.' || CAST(d.oid AS text) "
          "|| '.' || CAST(CASE WHEN pg_is_in_recovery() THEN greatest((SELECT timeline_id FROM "
          "pg_control_checkpoint()), (SELECT min_recovery_end_timeline FROM pg_control_recovery())) "
          "ELSE CAST(CAST('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) AS bit(32)) AS int) END AS text), "
          "CAST(f.version AS text), CAST(f.system_identifier = (SELECT system_identifier FROM pg_control_system()) AS "
          "text), CAST((SELECT count(*) FROM pg_trigger AS g JOIN pg_proc AS p ON p.oid = g.tgfoid "
          "JOIN pg_class AS c ON c.oid = g.tgrelid WHERE p.pronamespace = h.oid AND g.tgenabled IN ('O', 'A') "
          "AND c.relnamespace = n.oid AND c.relname = ANY (t.names)) AS text), CAST((SELECT count(*) FROM pg_class AS "
          "c WHERE c.relnamespace = n.oid AND c.relname = ANY (t.names) AND c.relkind IN ('r', 'p')) AS text), "
          "(SELECT string_agg(CAST(c.relname AS text), ', ' ORDER BY c.relname) FROM pg_class AS c WHERE "
          "c.relnamespace = "
          "n.oid AND c.relname = ANY (t.names) AND row_security_active(c.oid)), "
          "CAST(has_table_privilege('restapi_feed.change', 'SELECT') AS text) "
          "FROM pg_namespace AS n JOIN pg_class AS nodes ON nodes.relnamespace = n.oid AND nodes.relname = 'db_dbnode' "
          "JOIN pg_namespace AS h ON h.nspname = 'restapi_feed' "
          "JOIN pg_roles AS owner ON owner.oid = h.nspowner AND (owner.oid = nodes.relowner OR owner.rolsuper) "
          "JOIN pg_database AS d ON d.datname = current_database() CROSS JOIN restapi_feed.feed AS f "
          "CROSS JOIN (SELECT CAST(")
      .bind(aiida_tables())
      .add(" AS name[]) AS names) AS t WHERE n.nspname = CAST(")
      .bind(std::move(schema))
      .add(" AS text)");
  return statement;
}

Statement postgresql_presence() {
  Statement statement("feed presence", 1);
  statement.add("SELECT 'true' FROM pg_namespace WHERE nspname = 'restapi_feed'");
  return statement;
}

Statement postgresql_settings() {
  Statement statement("feed settings", 2);
  statement.add("SELECT set_config('enable_seqscan', 'off', false), set_config('jit', 'off', false)");
  return statement;
}

Statement postgresql_changes(Role role, std::string xmax, std::string in_progress) {
  Statement statement("feed", columns::count);
  statement.add("SELECT CAST(s.shown AS text)");
  add_row(statement);
  statement.add("FROM ");
  add_snapshot(statement, role);
  statement.add(" CROSS JOIN restapi_feed.feed AS f LEFT JOIN restapi_feed.change AS c ON ");
  add_not_delivered(statement, std::move(xmax), std::move(in_progress));
  if (role == Role::standby) statement.add(" AND c.xid < pg_snapshot_xmin(s.shown)");
  static_assert(page == 250);
  statement.add(" ORDER BY c.position LIMIT 250");
  return statement;
}

Statement postgresql_rest(std::string xmax, std::string in_progress, std::string shown, std::int64_t position) {
  Statement statement("feed rest", columns::count);
  statement.add("SELECT CAST(s.shown AS text)");
  add_row(statement);
  statement.add("FROM (SELECT CAST(").bind(std::move(shown)).add(" AS pg_snapshot) AS shown) AS s ");
  statement.add("CROSS JOIN restapi_feed.feed AS f LEFT JOIN restapi_feed.change AS c ON ");
  add_not_delivered(statement, std::move(xmax), std::move(in_progress));
  statement.add(" AND pg_visible_in_snapshot(c.xid, s.shown) AND c.position >= CAST(").bind(position);
  static_assert(page == 250);
  statement.add(" AS bigint) ORDER BY c.position LIMIT 250");
  return statement;
}

namespace {

constexpr Fragment newest_of_shown =
    " CROSS JOIN restapi_feed.feed AS f LEFT JOIN LATERAL (SELECT * FROM restapi_feed.change AS c WHERE "
    "pg_visible_in_snapshot(c.xid, s.shown) ORDER BY c.xid DESC LIMIT 1) AS c ON true";

}  // namespace

Statement postgresql_now(Role role) {
  Statement statement("feed now", columns::count);
  statement.add("SELECT CAST(s.shown AS text)");
  add_row(statement);
  statement.add("FROM ");
  add_snapshot(statement, role);
  return std::move(statement.add(newest_of_shown));
}

Statement postgresql_newest(std::string shown) {
  Statement statement("feed newest", columns::count);
  statement.add("SELECT CAST(s.shown AS text)");
  add_row(statement);
  statement.add("FROM (SELECT CAST(").bind(std::move(shown)).add(" AS pg_snapshot) AS shown) AS s");
  return std::move(statement.add(newest_of_shown));
}

Statement postgresql_check(Role role, std::int64_t position, std::string xid, std::int64_t stamp) {
  Statement statement("feed check", 2);
  statement.add("SELECT CAST(s.shown AS text), CAST(f.floor > CAST(").bind(xid);
  statement.add(" AS xid8) OR EXISTS (SELECT FROM restapi_feed.change AS c WHERE c.position = CAST(").bind(position);
  statement.add(" AS bigint) AND c.xid = CAST(").bind(std::move(xid)).add(" AS xid8) AND ").add(stamp_of_c);
  statement.add(" = CAST(")
      .bind(std::to_string(stamp))
      .add(" AS text)) AS text) FROM restapi_feed.feed AS f CROSS JOIN ");
  add_snapshot(statement, role);
  return statement;
}

}  // namespace restapi::sql::feed
