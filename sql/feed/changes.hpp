// SPDX-License-Identifier: MIT
/// The statements that read what the setup (sql/feed/setup.hpp) has written down. Cells are texts.
#pragma once

#include <cstdint>
#include <string>

#include "sql/statement.hpp"

namespace restapi::sql::feed {

/// Rows of a page at most; one with fewer is the last. Each may tell of 1000 objects.
inline constexpr std::size_t page = 250;

/// How the PostgreSQL server that a connection leads to tells what is committed.
enum class Role {
  primary,
  /// Its snapshots do not list the transactions that it is replaying, so only what is below all of them is certain.
  standby,
};

/// PostgreSQL. One row: `true` on a standby; the epoch (letters, digits, dots); the version of the setup; `true` if it
/// was made in this cluster; triggers of ours that fire; tables that should have four of them; of which of these
/// row-level security hides rows, or NULL; `true` if the role may read what is written down. No row, or the statement
/// fails for want of the table: it is not there, not the work of whoever owns db_dbnode, or not for this role.
Statement postgresql_state(std::string schema);

/// One row if there is a schema of its name, whoever has made it and whoever may read it.
Statement postgresql_presence();

/// Settings of a session that reads changes: a plan for any values would read the whole table, and one that may not
/// seems so dear that it is compiled.
Statement postgresql_settings();

/// Of the next three. From `position` on NULL where there is nothing; there is always one row.
namespace columns {
enum : std::size_t {
  shown,  ///< PostgreSQL: a snapshot; SQLite: see sqlite_changes()
  epoch,  ///< the part of it that may change while a connection is open
  floor,  ///< PostgreSQL: a transaction id; SQLite: a position. What is older may be gone
  position,
  xid,    ///< PostgreSQL
  stamp,  ///< tells a row from all others
  at,     ///< microseconds since 1970
  entity,
  action,
  fields,
  ids,  ///< a list of numbers, {1,2}, as the next; of texts, as they
  first_ids,
  second_ids,
  uuids,
  origin,
  count,
};
}  // namespace columns

/// What a snapshot does not show, given by its xmax and the transactions in progress, {1,2}.
Statement postgresql_changes(Role role, std::string xmax, std::string in_progress);

/// The rest of it, from a position on, up to what another snapshot shows.
Statement postgresql_rest(std::string xmax, std::string in_progress, std::string shown, std::int64_t position);

/// The row of the transaction with the greatest id.
Statement postgresql_now(Role role);

/// The same of what another snapshot shows.
Statement postgresql_newest(std::string shown);

/// One row: the snapshot; `true` if the row of a check is there, or may be gone because of its age.
Statement postgresql_check(Role role, std::int64_t position, std::string xid, std::int64_t stamp);

/// SQLite. One row: the epoch, the version of the setup, our triggers. No row, or the statement fails for want of the
/// table: it is not there.
Statement sqlite_state();

/// So many triggers there should be.
int sqlite_triggers();

/// What follows a position, and, as `shown`, the stamp of the row at another one, NULL where that is not there.
Statement sqlite_changes(std::int64_t position, std::int64_t check);

/// The newest row.
Statement sqlite_now();

}  // namespace restapi::sql::feed
