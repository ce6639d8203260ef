// SPDX-License-Identifier: MIT
/// The statements that prove with what the setup (sql/feed/setup.hpp) has written down which of AiiDA's tables have
/// changed (store/changes/table_versions.hpp). Cells are texts.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sql/feed/changes.hpp"
#include "sql/feed/since.hpp"
#include "sql/statement.hpp"

namespace restapi::sql::feed {

/// What writes changes down: it is as it was as long as the marks are equal.
struct Guard {
  std::string tables;  ///< AiiDA's and that of the changes, and of our triggers on them those that fire: oids, {1,2}
  std::string triggers;
  std::string marks;  ///< change with whatever is done to a table or a trigger, but with its rows

  bool operator==(Guard const&) const = default;
};

/// One row: the guard, in the order of its members. None where logical replication writes to the tables.
Statement postgresql_guard(std::string schema);

/// One row: when the server was started, the snapshot of the statement, `true` on a standby. Costs much less than
/// postgresql_touched(), and where the snapshot is a known one, nothing has changed anywhere (on a standby: if it has
/// no transactions in progress).
Statement postgresql_shown();

/// So many rows of changes are looked at.
inline constexpr int most_touched = 1000;

/// Of postgresql_touched(); there is one row. The first three are those of postgresql_shown().
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

Statement postgresql_touched(Since const& since, Guard const& guard);

/// Writes a text in parentheses: the epoch, a blank, the floor, a blank, and for each bucket of ids (sql/compile.hpp)
/// in which nodes have changed since then what `count` has written, `bucket:rows`, with commas between them; or `all`
/// instead, where they are more than so many, or cannot be told. `count` writes a number; the bucket is `b.bucket`.
void add_changed_buckets(Statement& statement, Since const& since, std::int64_t most,
                         std::function<void(Statement&)> const& count);

}  // namespace restapi::sql::feed
