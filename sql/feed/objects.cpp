// SPDX-License-Identifier: MIT
#include "sql/feed/objects.hpp"

#include <algorithm>

#include "sql/feed/among.hpp"

namespace restapi::sql::feed {
namespace {

using enum ObjectField::Kind;

constexpr ObjectField link_fields[] = {{"input", text}, {"output", text}, {"label", text}, {"type", text}};
constexpr ObjectField member_fields[] = {{"group", text}, {"node", text}};
constexpr ObjectField comment_fields[] = {{"uuid", text},  {"node", text},  {"user_id", number},
                                          {"ctime", time}, {"mtime", time}, {"content", text}};
constexpr ObjectField log_fields[] = {{"uuid", text},  {"node", text},   {"time", time},
                                      {"level", text}, {"logger", text}, {"message", text}};

// Texts are cut where one row could take the memory of many: 16 384 characters, or as many as AiiDA has room for.
constexpr ObjectShape shapes[] = {
    {'l',
     "x.id, x.input_id, x.output_id, CAST(a.uuid AS text), CAST(b.uuid AS text), "
     "substr(x.label, 1, 255), substr(x.type, 1, 255)",
     "@db_dblink AS x LEFT JOIN @db_dbnode AS a ON a.id = x.input_id LEFT JOIN @db_dbnode AS b ON b.id = x.output_id",
     "x.id", link_fields},
    {'m', "x.id, x.dbgroup_id, x.dbnode_id, CAST(g.uuid AS text), CAST(n.uuid AS text)",
     "@db_dbgroup_dbnodes AS x LEFT JOIN @db_dbgroup AS g ON g.id = x.dbgroup_id "
     "LEFT JOIN @db_dbnode AS n ON n.id = x.dbnode_id",
     "x.id", member_fields},
    {'k',
     "x.id, x.dbnode_id, NULL, CAST(x.uuid AS text), CAST(n.uuid AS text), x.user_id, x.ctime, x.mtime, "
     "substr(x.content, 1, 16384)",
     "@db_dbcomment AS x LEFT JOIN @db_dbnode AS n ON n.id = x.dbnode_id", "x.id", comment_fields},
    {'o',
     "x.id, x.dbnode_id, NULL, CAST(x.uuid AS text), CAST(n.uuid AS text), x.time, substr(x.levelname, 1, 255), "
     "substr(x.loggername, 1, 255), substr(x.message, 1, 16384)",
     "@db_dblog AS x LEFT JOIN @db_dbnode AS n ON n.id = x.dbnode_id", "x.id", log_fields},
};

}  // namespace

ObjectShape const* find_object_shape(char letter) {
  auto const found = std::ranges::find(shapes, letter, &ObjectShape::letter);
  return found == std::end(shapes) ? nullptr : found;
}

Statement objects(ObjectShape const& shape, std::span<std::int64_t const> ids, Dialect const& dialect) {
  Statement statement("feed objects", 3 + shape.fields.size());
  statement.add("SELECT ").add(shape.columns).add(" FROM ").add(shape.tables);
  add_among(statement, shape.id, ids, dialect);
  return statement;
}

}  // namespace restapi::sql::feed
