// SPDX-License-Identifier: MIT
#include "sql/feed/changes.hpp"

namespace restapi::sql::feed {
namespace {

// Of a stranger's file: texts are as long as they should be.
constexpr Fragment row_of_c =
    ", substr(f.epoch, 1, 32), f.floor, c.position, c.position, c.mark, 1000 * c.at, c.entity, c.action, c.fields, "
    "'{' || c.id || '}', '{' || c.first_id || '}', '{' || c.second_id || '}', '{' || substr(c.uuid, 1, 36) || '}', "
    "NULL "
    "FROM restapi_feed AS f LEFT JOIN restapi_feed_change AS c ON ";

}  // namespace

Statement sqlite_state() {
  Statement statement("feed state", 3);
  statement.add(
      "SELECT substr(epoch, 1, 32), version, (SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE "
      "'restapi_feed_db_%') FROM restapi_feed");
  return statement;
}

Statement sqlite_changes(std::int64_t position, std::int64_t check) {
  Statement statement("feed", columns::count);
  statement.add("SELECT (SELECT mark FROM restapi_feed_change WHERE position = ").bind(check);
  statement.add(")").add(row_of_c).add("c.position > ").bind(position);
  static_assert(page == 250);
  statement.add(" ORDER BY c.position LIMIT 250");
  return statement;
}

Statement sqlite_now() {
  Statement statement("feed now", columns::count);
  statement.add("SELECT NULL").add(row_of_c);
  statement.add("c.position = (SELECT max(position) FROM restapi_feed_change)");
  return statement;
}

}  // namespace restapi::sql::feed
