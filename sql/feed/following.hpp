// SPDX-License-Identifier: MIT
/// The statements that find what has changed in a database where nothing is installed. Cells are texts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/catalog.hpp"
#include "sql/statement.hpp"

namespace restapi::sql::feed {

/// Where PostgreSQL is asked for rows of a table that have come or have been changed.
enum class Look {
  recent,   ///< among new ids, and by the time of the last change
  all,      ///< everywhere: they are few
  new_ids,  ///< among new ids alone: such a row is hardly ever changed
};

/// What is followed, each table of model::entities(), and model::state_table last.
struct Followed {
  struct Column {
    std::string_view name;
    Fragment sql;
  };

  char letter;  ///< of the entity
  std::string_view table;
  Fragment from;
  Look look;
  bool keeps_uuid;               ///< for deletions
  Fragment first;                ///< kept likewise: numbers, or empty
  Fragment second;               ///< likewise
  bool is_another_when_changed;  ///< nobody changes such a row: one that differs has got the id of one that is gone
  Column content[11];            ///< in SQLite the columns of which a change is told; of all generations of AiiDA
};

/// The letter of model::state_table, which is no entity.
inline constexpr char state_letter = 's';

std::span<Followed const> followed();

/// As it is in a database.
struct FollowedTable {
  Followed const* what = nullptr;
  bool has_uuid = false;
  bool has_mtime = false;
  bool has_ends = false;
  std::vector<Fragment> content = {};
};

/// Those that there are, in the order of followed(). `columns`: what may be read.
std::vector<FollowedTable> followed_in(model::Schema const& columns);

/// Of all statements about rows.
namespace cells {
enum : std::size_t {
  id,
  version,  ///< PostgreSQL: the row's xmin, 32 bits; SQLite: its content
  uuid,     ///< of what keeps one
  first,    ///< a number, as the next; of model::state_table the node
  second,
  place,  ///< of the table among those asked for, from 1 on: postgresql_changed() alone
  count,
};
}  // namespace cells

/// Rows of a page at most; one with fewer is the last.
inline constexpr std::size_t rows_of_page = 65'536;

/// In SQLite, where texts of any length are among them: a client's words, and JSON.
inline constexpr std::size_t rows_of_wide_page = 1'000;
inline std::size_t sqlite_page(FollowedTable const& table) {
  return table.what->look == Look::all ? rows_of_wide_page : rows_of_page;
}

/// Rows behind an id, a page in order of their ids. Without `kept`, only the ids.
Statement postgresql_rows(FollowedTable const& table, std::int64_t after, bool kept);
Statement sqlite_rows(FollowedTable const& table, std::int64_t after);

/// Tables whose rows' versions (xmin) the role may read, of a schema: a GRANT on columns has to name it.
Statement postgresql_versioned_tables(std::string schema);

/// One row: `true` on a standby; when the server began; the snapshot's xmax; the snapshot.
Statement postgresql_moment();

/// Where rows of a table may be that have been changed.
struct Changed {
  FollowedTable const* table;
  std::int64_t low;    ///< ids up to this one are not new; -1: all are
  std::int64_t after;  ///< ids up to this one have been read, by a former page
};

/// What transactions have written whose ids are not below xmin, in subtransactions too; beyond `low`, and since a time
/// in microseconds since 1970. The first row is about the moment at which they are read: `version` is the snapshot's
/// xmin, `first` its xmax, `second` how far the next transaction's id is away from 3, in 32 bits, `uuid` the time. The
/// others are in the order of `where` and of their ids.
Statement postgresql_changed(std::span<Changed const> where, std::int64_t since, std::uint64_t xmin);

/// Ids are counted in ranges of so many: the first is of 0 to 1023.
inline constexpr std::int64_t ids_of_range = 1024;

/// Of each range that has some, between two ids, included: its number, how many ids there are, their sum.
Statement postgresql_ranges(FollowedTable const& table, std::int64_t first, std::int64_t last);

/// The rows of some ranges ({1,2}) up to an id.
Statement postgresql_rows_of(FollowedTable const& table, std::string ranges, std::int64_t greatest);

}  // namespace restapi::sql::feed
