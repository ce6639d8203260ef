// SPDX-License-Identifier: MIT
#include "sql/feed/following.hpp"

namespace restapi::sql::feed {

Statement sqlite_rows(FollowedTable const& table, std::int64_t after) {
  Statement statement("feed rows", cells::place);
  statement.add("SELECT t.id, ");
  if (table.content.empty()) statement.add("NULL");
  for (std::size_t i = 0; i < table.content.size(); ++i)
    statement.add(i == 0 ? Fragment("quote(") : Fragment(" || quote(")).add(table.content[i]).add(")");
  statement.add(", ").add(table.has_uuid ? Fragment("t.uuid") : Fragment("NULL"));
  for (auto const end : {table.what->first, table.what->second})
    statement.add(", ").add(table.has_ends && !end.empty() ? end : Fragment("NULL"));
  statement.add(" FROM ").add(table.what->from).add(" WHERE t.id > ").bind(after);
  statement.add(" ORDER BY t.id LIMIT ").bind(static_cast<std::int64_t>(sqlite_page(table)));
  return statement;
}

}  // namespace restapi::sql::feed
