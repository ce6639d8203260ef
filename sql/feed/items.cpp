// SPDX-License-Identifier: MIT
#include "sql/feed/items.hpp"

#include <algorithm>
#include <utility>

#include "sql/feed/among.hpp"

namespace restapi::sql::feed {
namespace {

/// As this database keeps it.
Fragment expression(model::BoundResource const& resource, std::string_view column) {
  auto const& columns = resource.resource->columns;
  auto const found = std::ranges::find(columns, column, &model::Column::name);
  return resource.columns[static_cast<std::size_t>(found - columns.begin())];
}

}  // namespace

Statement items(model::Catalog const& catalog, std::span<std::int64_t const> ids, bool has_comments,
                Dialect const& dialect) {
  auto const& nodes = catalog.nodes();
  Statement statement("feed items", ItemColumns::count);
  statement.add("SELECT n.id, CAST(n.uuid AS text), n.ctime, n.mtime, substr(n.label, 1, 255), ");
  dialect.member(statement, "n.attributes", "'exit_status'");
  statement.add(", ");
  dialect.member(statement, "n.attributes", "'exit_message'");
  statement.add(", ").add(expression(nodes, "process_state")).add(", ").add(expression(nodes, "node_type"));
  statement.add(", n.user_id, CAST(c.uuid AS text), CASE WHEN ");
  dialect.bytes(statement, "n.extras");
  statement.add(" <= ");
  dialect.bind(statement, model::Type::integer, largest_extras);
  statement.add(" THEN CAST(n.extras AS text) END, ");
  statement.add(has_comments ? Fragment("(SELECT count(*) FROM @db_dbcomment AS k WHERE k.dbnode_id = n.id)")
                             : Fragment("0"));
  statement.add(" FROM @db_dbnode AS n LEFT JOIN @db_dbcomputer AS c ON c.id = n.dbcomputer_id");
  add_among(statement, "n.id", ids, dialect);
  return statement;
}

Statement memberships(std::span<std::int64_t const> nodes, Dialect const& dialect) {
  Statement statement("feed memberships", MembershipColumns::count);
  statement.add(
      "SELECT m.dbnode_id, m.dbgroup_id, CAST(g.uuid AS text) FROM @db_dbgroup_dbnodes AS m "
      "JOIN @db_dbgroup AS g ON g.id = m.dbgroup_id");
  add_among(statement, "m.dbnode_id", nodes, dialect);
  statement.add(" ORDER BY m.dbnode_id, m.dbgroup_id");
  return statement;
}

Statement groups(model::Catalog const& catalog, std::span<std::int64_t const> ids, Dialect const& dialect) {
  auto const& bound = *catalog.find("groups");
  Statement statement("feed columns", GroupItemColumns::count);
  statement.add("SELECT g.id, CAST(g.uuid AS text), substr(").add(expression(bound, "label")).add(", 1, 255), substr(");
  statement.add(expression(bound, "type_string"))
      .add(", 1, 255), substr(g.description, 1, 16384) FROM @db_dbgroup AS g");
  add_among(statement, "g.id", ids, dialect);
  return statement;
}

Statement group_sizes(std::span<std::int64_t const> ids, Dialect const& dialect) {
  Statement statement("feed group sizes", GroupSizeColumns::count);
  statement.add(
      "SELECT g.id, CAST(g.uuid AS text), (SELECT count(*) FROM @db_dbgroup_dbnodes AS m WHERE m.dbgroup_id = g.id) "
      "FROM @db_dbgroup AS g");
  add_among(statement, "g.id", ids, dialect);
  return statement;
}

Statement group_of(std::string uuid, Dialect const& dialect) {
  Statement statement("feed group", 1);
  statement.add("SELECT g.id FROM @db_dbgroup AS g WHERE g.uuid = ");
  dialect.bind(statement, model::Type::uuid, std::move(uuid));
  return statement;
}

}  // namespace restapi::sql::feed
