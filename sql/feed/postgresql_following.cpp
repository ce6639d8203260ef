// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include "sql/feed/following.hpp"

namespace restapi::sql::feed {
namespace {

constexpr Fragment now = "CAST(CAST(extract(epoch FROM now()) * 1000000 AS bigint) AS text)";

// A snapshot's xmax is behind the last transaction that has ended; later ones may be running. How far away the next id
// is any role may ask; 3 is the first one that there is.
constexpr Fragment next = "CAST(age(CAST('3' AS xid)) AS text)";

void add_cells(Statement& statement, FollowedTable const& table, bool kept, Fragment id) {
  statement.add(id).add(" AS id, CAST(t.xmin AS text) AS version, ");
  statement.add(kept && table.has_uuid ? Fragment("CAST(t.uuid AS text)") : Fragment("CAST(NULL AS text)"));
  for (auto const end : {table.what->first, table.what->second}) {
    if (kept && table.has_ends && !end.empty())
      statement.add(", CAST(").add(end).add(" AS text)");
    else
      statement.add(", CAST(NULL AS text)");
  }
}

constexpr Fragment id_as_text = "CAST(t.id AS text)";

// A row has the lower half of the id of the transaction or subtransaction that wrote it, which comes round: whatever is
// less than half the way ahead of xmin is not below it.
void add_is_not_below(Statement& statement, std::uint64_t xmin) {
  statement.add(" AND ((CAST(CAST(t.xmin AS text) AS bigint) - CAST(").bind(static_cast<std::int64_t>(xmin));
  statement.add(" AS bigint)) & 4294967295) < 2147483648");
}

// Once for new ids and once for times, each by an index of its own. The second is kept from looking at ids, of which it
// would find most.
void add_branch(Statement& statement, std::int64_t place, Changed const& where, bool by_time, std::int64_t since,
                std::uint64_t xmin) {
  auto const& table = *where.table;
  statement.add(" UNION ALL SELECT CAST(").bind(place).add(" AS int), ");
  add_cells(statement, table, true, "CAST(t.id AS bigint)");
  statement.add(" FROM ").add(table.what->from).add(" WHERE ");
  if (by_time) {
    statement.add("t.mtime >= to_timestamp(CAST(CAST(").bind(since).add(" AS bigint) AS double precision) / 1000000)");
    statement.add(" AND t.id + 0 <= CAST(").bind(where.low).add(" AS bigint) AND t.id + 0 > CAST(");
    statement.bind(where.after).add(" AS bigint)");
  } else {
    bool const is_all = table.what->look == Look::all;
    statement.add("t.id > CAST(").bind(is_all ? where.after : std::max(where.low, where.after)).add(" AS bigint)");
  }
  add_is_not_below(statement, xmin);
}

}  // namespace

Statement postgresql_rows(FollowedTable const& table, std::int64_t after, bool kept) {
  Statement statement("feed rows", cells::place);
  statement.add("SELECT ");
  add_cells(statement, table, kept, id_as_text);
  statement.add(" FROM ").add(table.what->from).add(" WHERE t.id > CAST(").bind(after);
  static_assert(rows_of_page == 65'536);
  statement.add(" AS bigint) ORDER BY t.id LIMIT 65536");
  return statement;
}

Statement postgresql_versioned_tables(std::string schema) {
  Statement statement("feed tables", 1);
  statement.add(
      "SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = CAST(");
  statement.bind(std::move(schema));
  statement.add(
      " AS text) AND c.relname LIKE 'db\\_db%' AND c.relkind IN ('r', 'p') AND has_column_privilege(c.oid, 'xmin', "
      "'SELECT')");
  return statement;
}

Statement postgresql_moment() {
  Statement statement("feed moment", 4);
  statement.add(
      "SELECT CAST(pg_is_in_recovery() AS text), CAST(pg_postmaster_start_time() AS text), "
      "CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text), CAST(pg_current_snapshot() AS text)");
  return statement;
}

// OFFSET 0: planned by itself. For the order and the limit it would be read by ids, all of it.
Statement postgresql_changed(std::span<Changed const> where, std::int64_t since, std::uint64_t xmin) {
  Statement statement("feed changed", cells::count);
  statement.add(
      "SELECT CAST(c.id AS text), c.version, c.uuid, c.first, c.second, CAST(c.place AS text) FROM (SELECT CAST(0 AS "
      "int) AS place, CAST(0 AS bigint) AS id, CAST(pg_snapshot_xmin(s.shown) AS text) AS version, ");
  statement.add(now).add(" AS uuid, CAST(pg_snapshot_xmax(s.shown) AS text) AS first, ").add(next);
  statement.add(" AS second FROM pg_current_snapshot() AS s (shown)");
  std::int64_t place = 0;
  for (auto const& one : where) {
    ++place;
    bool const has_times = one.table->what->look == Look::recent && one.table->has_mtime;
    add_branch(statement, place, one, false, since, xmin);
    if (has_times && one.low >= 0) add_branch(statement, place, one, true, since, xmin);
  }
  static_assert(rows_of_page == 65'536);
  statement.add(" OFFSET 0) AS c ORDER BY c.place, c.id LIMIT 65537");
  return statement;
}

Statement postgresql_ranges(FollowedTable const& table, std::int64_t first, std::int64_t last) {
  static_assert(ids_of_range == 1024);
  Statement statement("feed ranges", 3);
  statement.add("SELECT CAST(t.id / 1024 AS text), CAST(count(*) AS text), CAST(sum(t.id) AS text) FROM ");
  statement.add(table.what->from)
      .add(" WHERE t.id >= CAST(")
      .bind(first)
      .add(" AS bigint) AND t.id <= CAST(")
      .bind(last);
  statement.add(" AS bigint) GROUP BY t.id / 1024");
  return statement;
}

Statement postgresql_rows_of(FollowedTable const& table, std::string ranges, std::int64_t greatest) {
  static_assert(ids_of_range == 1024);
  Statement statement("feed rows of ranges", cells::place);
  statement.add("SELECT ");
  add_cells(statement, table, true, id_as_text);
  statement.add(" FROM unnest(CAST(").bind(std::move(ranges)).add(" AS bigint[])) AS r (range) JOIN ");
  statement.add(table.what->from).add(" ON t.id >= r.range * 1024 AND t.id < (r.range + 1) * 1024 AND t.id <= CAST(");
  statement.bind(greatest).add(" AS bigint)");
  return statement;
}

}  // namespace restapi::sql::feed
