// SPDX-License-Identifier: MIT
#include "store/changes/installed_sqlite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sql/feed/changes.hpp"
#include "sql/feed/setup.hpp"
#include "store/changes/change_rows.hpp"
#include "store/failures.hpp"

namespace restapi::store {
namespace {

using namespace sql::feed;

constexpr std::string_view removed = "what is installed has just been removed";

/// Whoever has all up to a position.
Snapshot up_to(std::int64_t position) { return {static_cast<Xid>(position) + 1}; }

}  // namespace

Result<std::optional<std::string>> InstalledSqlite::why_not() {
  using Reason = std::optional<std::string>;
  auto const rows = connection_.read(sqlite_state());
  if (!rows) return rows.error();
  if (!*rows || (*rows)->empty()) return Reason("it is not installed");
  auto const& row = **rows;
  if (row.integer_at(0, 1) != setup_version)
    return Reason(fmt::format("it is of version {}, and this program reads {}: run the setup again",
                              row.integer_at(0, 1), setup_version));
  auto const missing = sqlite_triggers() - row.integer_at(0, 2);
  if (missing != 0) return Reason(fmt::format("{} triggers are missing: run the setup again", missing));
  return Reason();
}

Result<Cursor> InstalledSqlite::now() {
  auto const rows = connection_.read(sqlite_now());
  if (!rows) return rows.error();
  if (!*rows || (*rows)->empty()) return unavailable(connection_.source_name(), removed);
  auto const check = check_of(**rows, 0);
  auto const position = std::max(check.position, (*rows)->integer_at(0, columns::floor));
  return Cursor{std::string((*rows)->at(0, columns::epoch).value_or("")), up_to(position), {}, check};
}

// The file may have been replaced by a copy, older or newer, between any two reads.
Result<std::optional<Lost>> InstalledSqlite::lost(Rows const& rows, Cursor const& cursor) const {
  if (rows.at(0, columns::epoch) != cursor.epoch) return std::optional(Lost::other_database);
  auto const floor = rows.integer_at(0, columns::floor);
  if (position_of(cursor) < floor) return std::optional(Lost::too_old);
  // Nobody has been told of changes that there have never been.
  if (position_of(cursor) > std::max(cursor.check.position, floor)) return std::optional(Lost::undone);
  auto const stamp = rows.at(0, columns::shown);
  bool const may_be_gone = cursor.check.position <= floor;
  bool const is_there = stamp && rows.integer_at(0, columns::shown) == cursor.check.stamp;
  return is_there || (!stamp && may_be_gone) ? std::optional<Lost>() : std::optional(Lost::undone);
}

Result<std::variant<Batch, Lost>> InstalledSqlite::read(Cursor const& cursor) {
  auto const found = connection_.read(sqlite_changes(position_of(cursor), cursor.check.position));
  if (!found) return found.error();
  if (!*found || (*found)->empty()) return unavailable(connection_.source_name(), removed);
  auto const& rows = **found;
  auto const gone = lost(rows, cursor);
  if (!gone) return gone.error();
  if (*gone) return std::variant<Batch, Lost>(**gone);

  Batch batch{.before = cursor};
  batch.before.delivered = up_to(position_of(cursor));
  batch.before.within.reset();
  batch.after = batch.before;
  for (std::size_t row = 0; row < rows.size() && rows.at(row, columns::position); ++row) {
    batch.after.check = check_of(rows, row);
    if (auto change = change_of(rows, row)) batch.changes.push_back(*std::move(change));
  }
  batch.after.delivered = up_to(std::max(position_of(cursor), batch.after.check.position));
  batch.shown = batch.after.delivered;
  batch.is_whole = rows.size() < page;
  return std::variant<Batch, Lost>(std::move(batch));
}

Result<std::optional<Lost>> InstalledSqlite::examine(Cursor const& cursor) {
  auto const found = connection_.read(sqlite_changes(position_of(cursor), cursor.check.position));
  if (!found) return found.error();
  if (!*found || (*found)->empty()) return unavailable(connection_.source_name(), removed);
  return lost(**found, cursor);
}

}  // namespace restapi::store
