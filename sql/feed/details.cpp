// SPDX-License-Identifier: MIT
#include "sql/feed/details.hpp"

#include "sql/feed/among.hpp"

namespace restapi::sql::feed {
namespace {

void add_document(Statement& statement, Fragment column, std::int64_t most, Dialect const& dialect) {
  statement.add(", CASE WHEN ");
  dialect.bytes(statement, column);
  statement.add(" <= ");
  dialect.bind(statement, model::Type::integer, most);
  statement.add(" THEN CAST(").add(column).add(" AS text) END, ");
  dialect.bytes(statement, column);
}

}  // namespace

Statement node_details(Fragment type, std::span<std::int64_t const> ids, Dialect const& dialect) {
  Statement statement("feed nodes", NodeColumns::count);
  statement.add("SELECT n.id, CAST(n.uuid AS text), substr(n.label, 1, 255), ").add(type);
  statement.add(", n.user_id, n.mtime FROM @db_dbnode AS n");
  add_among(statement, "n.id", ids, dialect);
  return statement;
}

Statement group_details(std::span<std::int64_t const> ids, Dialect const& dialect) {
  Statement statement("feed groups", GroupColumns::count);
  statement.add("SELECT g.id, CAST(g.uuid AS text), g.user_id FROM @db_dbgroup AS g");
  add_among(statement, "g.id", ids, dialect);
  return statement;
}

Statement node_documents(std::span<std::int64_t const> ids, std::int64_t most, Dialect const& dialect) {
  Statement statement("feed documents", DocumentColumns::count);
  statement.add("SELECT n.id, CAST(n.uuid AS text)");
  add_document(statement, "n.attributes", most, dialect);
  add_document(statement, "n.extras", most, dialect);
  statement.add(" FROM @db_dbnode AS n");
  add_among(statement, "n.id", ids, dialect);
  return statement;
}

}  // namespace restapi::sql::feed
