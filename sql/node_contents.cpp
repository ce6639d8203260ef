// SPDX-License-Identifier: MIT
#include "sql/node_contents.hpp"

#include <string_view>

namespace restapi::sql {
namespace {

Fragment column_of(model::BoundResource const& bound, std::string_view name) {
  auto const& columns = bound.resource->columns;
  return bound.columns[static_cast<std::size_t>(model::find_column(*bound.resource, name) - columns.data())];
}

}  // namespace

Statement compile_comments(std::int64_t pk, Dialect const& dialect) {
  Statement statement("comments", 5);
  statement.add(
      "SELECT k.ctime, k.mtime, u.first_name, u.last_name, k.content FROM @db_dbcomment AS k "
      "LEFT JOIN @db_dbuser AS u ON u.id = k.user_id WHERE k.dbnode_id = ");
  dialect.bind(statement, model::Type::integer, pk);
  statement.add(" ORDER BY k.id");
  return statement;
}

Statement compile_logs(std::int64_t pk, Dialect const& dialect) {
  Statement statement("logs", 4);
  statement.add("SELECT o.time, o.loggername, o.levelname, o.message FROM @db_dblog AS o WHERE o.dbnode_id = ");
  dialect.bind(statement, model::Type::integer, pk);
  statement.add(" ORDER BY o.id");
  return statement;
}

Statement compile_retrieved(std::int64_t pk, model::Document const* document, Dialect const& dialect) {
  Statement statement("retrieved", 1);
  if (document != nullptr)
    dialect.document_text(statement.reads_document().add("SELECT "), document->sql, {});
  else
    statement.add("SELECT CAST(NULL AS text)");
  statement.add(" FROM @db_dblink AS l JOIN @db_dbnode AS n ON n.id = l.output_id WHERE l.input_id = ");
  dialect.bind(statement, model::Type::integer, pk);
  statement.add(" AND l.label = 'retrieved' AND l.type IN ('create', 'createlink') ORDER BY l.id LIMIT 1");
  return statement;
}

Statement compile_types(model::BoundResource const& nodes, std::optional<std::int64_t> owner, Dialect const& dialect) {
  Statement statement("types", 3);
  statement.add("SELECT ").add(column_of(nodes, "node_type")).add(", coalesce(").add(column_of(nodes, "process_type"));
  statement.add(", ''), count(*) FROM ").add(nodes.resource->table);
  if (owner) dialect.bind(statement.add(" WHERE n.user_id = "), model::Type::integer, *owner);
  statement.add(" GROUP BY 1, 2");
  return statement;
}

}  // namespace restapi::sql
