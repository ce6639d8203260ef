// SPDX-License-Identifier: MIT
/// A PostgreSQL database that somebody follows in which nothing is installed (support/follower.hpp), and what is
/// written to it.
#pragma once

#include <string>

#include "sql/feed/changes.hpp"
#include "store/changes/following_postgresql.hpp"
#include "support/follower.hpp"
#include "support/postgresql_tools.hpp"

namespace restapi::test {

inline Copy rows_of(std::string const& uri, char letter) {
  auto const lines =
      cell(uri, "SELECT string_agg(t.id || ' ' || md5(CAST(t AS text)), E'\\n') FROM " + tables.at(letter) + " AS t");
  return copy_of(letter, lines);
}

inline Copy all_of(std::string const& uri) {
  Copy all;
  for (auto const& [letter, table] : tables) all.merge(rows_of(uri, letter));
  return all;
}

/// As AiiDA makes one. `mtime`: of one that is imported, its own.
inline std::string node(int number, std::string const& mtime = "clock_timestamp()") {
  return "INSERT INTO db_dbnode (uuid, node_type, label, description, ctime, mtime, attributes, extras, "
         "repository_metadata, user_id) VALUES ('" +
         uuid(number) + "', 'x', '', '', now(), " + mtime + ", '{}', '{}', '{}', 1)";
}

/// One in each range of known ids (KnownRows), so that a comparison takes several looks; next ids follow.
inline std::string scattered_nodes(int count) {
  return "INSERT INTO db_dbnode (id, uuid, node_type, label, description, ctime, mtime, attributes, extras, "
         "repository_metadata, user_id) SELECT 1024 * i, gen_random_uuid(), 'x', '', '', now(), '2024-01-01', '{}', "
         "'{}', '{}', 1 FROM generate_series(2, " +
         std::to_string(count) + ") AS i; SELECT setval(pg_get_serial_sequence('db_dbnode', 'id'), 1024 * " +
         std::to_string(count) + ")";
}

inline std::string change_of(int number) {
  return "UPDATE db_dbnode SET label = label || 'x', mtime = clock_timestamp() WHERE uuid = '" + uuid(number) + "'";
}

inline std::string link(int from, int to) {
  return "INSERT INTO db_dblink (input_id, output_id, label, type) SELECT a.id, b.id, '', '' FROM db_dbnode AS a, "
         "db_dbnode AS b WHERE a.uuid = '" +
         uuid(from) + "' AND b.uuid = '" + uuid(to) + "'";
}

struct Followed {
  PostgreSqlDatabase database;
  explicit Followed(std::string const& server = postgresql_of_tests(), Fixture fixture = Fixture::generation2)
      : database(server) {
    database.load(fixture);
    // The fixtures choose ids.
    for (auto const& [letter, table] : tables)
      database.run("SELECT setval(pg_get_serial_sequence('" + table + "', 'id'), 1000)");
  }
};

struct FollowedPostgreSql {
  std::string uri;
  store::ChangeConnection connection;
  store::FollowingPostgreSql source;
  Follower follower;

  explicit FollowedPostgreSql(std::string const& of, store::FollowingOptions const& options = always())
      : uri(of),
        connection(source_of(uri), {}, sql::feed::postgresql_settings()),
        source(connection, options),
        follower(source, [this](char letter) { return rows_of(uri, letter); }) {}
};

inline std::string id_of(PostgreSqlDatabase const& database, int number) {
  return database.run("SELECT id FROM db_dbnode WHERE uuid = '" + uuid(number) + "'");
}

}  // namespace restapi::test
