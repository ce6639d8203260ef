// SPDX-License-Identifier: MIT
/// The statements that prove with what the setup (sql/feed/setup.hpp) has written down which of AiiDA's tables have
/// changed (store/changes/table_versions.hpp). Cells are texts.
#pragma once

#include <string>

#include "sql/feed/changes.hpp"
#include "sql/statement.hpp"

namespace restapi::sql::feed {

/// What writes changes down: it is as it was as long as the marks are equal.
struct Guard {
  std::string tables;  ///< AiiDA's, and of our triggers on them those that fire: oids, {1,2}
  std::string triggers;
  std::string marks;  ///< change with whatever is done to a table or a trigger, but with its rows

  bool operator==(Guard const&) const = default;
};

/// One row: the guard, in the order of its members. None where logical replication writes to the tables.
Statement postgresql_guard(std::string schema);

/// What somebody knows already.
struct Known {
  std::string shown;        ///< the last snapshot; on a standby empty
  std::string xmax;         ///< rows of older transactions are known, but of those in progress, {1,2}. On a standby:
  std::string in_progress;  ///< all rows from this one on are counted, and nothing is in progress
  Guard guard;
};

/// So many rows of changes are looked at.
inline constexpr int most_touched = 1000;

/// Of postgresql_touched(); there is one row. From `epoch` on NULL where the snapshot is the known one.
namespace touched {
enum : std::size_t {
  started,  ///< when the server was
  shown,    ///< the snapshot of the statement
  is_standby,
  epoch,  ///< these as in changes.hpp
  floor,
  marks,
  entities,  ///< n:3:1,l:2:0: an entity's letter, its rows, and how many of them are not below the snapshot's xmin
  newest,    ///< the greatest transaction id of them
  rows,      ///< in all; most_touched or more: not all have been looked at
  xmin,      ///< of the snapshot; its text does not always tell on a standby
  count,
};
}  // namespace touched

Statement postgresql_touched(Known const& known);

}  // namespace restapi::sql::feed
