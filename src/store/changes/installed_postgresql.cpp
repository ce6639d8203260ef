// SPDX-License-Identifier: MIT
#include "store/changes/installed_postgresql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "store/changes/change_rows.hpp"
#include "store/failures.hpp"

namespace restapi::store {
namespace {

using namespace sql::feed;

/// `{1,2}`, as PostgreSQL takes it.
std::string list_of(std::vector<Xid> const& ids) { return fmt::format("{{{}}}", fmt::join(ids, ",")); }

}  // namespace

InstalledPostgreSql::InstalledPostgreSql(ChangeConnection& connection, std::string schema)
    : connection_(connection), schema_(std::move(schema)) {}

Result<std::optional<std::string>> InstalledPostgreSql::why_not() {
  state_.reset();
  auto const found = state();
  if (!found) return found.error();
  return (*found)->installed.why_not.empty() ? std::optional<std::string>() : (*found)->installed.why_not;
}

Result<InstalledPostgreSql::State const*> InstalledPostgreSql::state() {
  if (state_ && state_->connection == connection_.number()) return &*state_;
  auto const rows = connection_.read(postgresql_state(schema_));
  if (!rows) return rows.error();
  State found{connection_.number()};
  certain_.clear();
  if (*rows && !(*rows)->empty()) {
    found.installed = installed_state(**rows);
  } else {
    auto const presence = connection_.read(postgresql_presence());
    if (!presence) return presence.error();
    found.installed = not_installed(*presence && !(*presence)->empty());
  }
  state_ = std::move(found);
  return &*state_;
}

bool InstalledPostgreSql::is_certain(Cursor::Check const& check) {
  return check.xid == 0 || std::ranges::find(certain_, check) != certain_.end();
}

void InstalledPostgreSql::note_certain(Cursor::Check const& check) {
  constexpr std::size_t most = 256;  // there are not as many readers at once
  if (is_certain(check)) return;
  if (certain_.size() == most) certain_.pop_front();
  certain_.push_back(check);
}

// Rows that somebody lacks may be gone only if `floor` has passed what he has, and both are of the same snapshot.
Result<std::variant<Rows, Lost>> InstalledPostgreSql::rows_of(sql::Statement const& statement, State const& state,
                                                              Cursor const& cursor) {
  auto rows = connection_.read(statement);
  if (!rows) return std::move(rows).error();
  if (connection_.number() != state.connection)  // it was opened for this statement: of which server?
    return unavailable(connection_.source_name(), "the connection is another one");
  if (!*rows || (*rows)->empty()) return std::variant<Rows, Lost>(Lost::other_database);
  auto const epoch = (*rows)->at(0, columns::epoch).value_or("");
  if (!std::string_view(cursor.epoch).starts_with(epoch)) return std::variant<Rows, Lost>(Lost::other_database);
  if (cursor.delivered.xmin() < xid_at(**rows, 0, columns::floor)) return std::variant<Rows, Lost>(Lost::too_old);
  return std::variant<Rows, Lost>(**std::move(rows));
}

Result<Cursor> InstalledPostgreSql::now() {
  auto const found = state();
  if (!found) return found.error();
  auto const& state = **found;
  if (!state.installed.why_not.empty()) return unavailable(connection_.source_name(), state.installed.why_not);
  auto const rows = connection_.read(postgresql_now(state.installed.role));
  if (!rows) return rows.error();
  auto const shown =
      *rows && !(*rows)->empty() ? Snapshot::parse((*rows)->at(0, columns::shown).value_or("")) : std::nullopt;
  if (!shown || connection_.number() != state.connection)
    return unavailable(connection_.source_name(), "what is installed has just been removed");
  // What is below the floor had ended before a transaction that has been committed.
  auto const floor = std::max<Xid>(xid_at(**rows, 0, columns::floor), 1);
  auto const newest = check_of(**rows, 0);
  note_certain(newest);
  Cursor const begin{.epoch = state.installed.epoch};
  return at_end(begin, *shown, std::max(newest.xid, floor - 1), newest);
}

Result<std::variant<Batch, Lost>> InstalledPostgreSql::read(Cursor const& cursor) {
  auto const found = state();
  if (!found) return found.error();
  auto const& state = **found;
  if (!state.installed.why_not.empty()) return unavailable(connection_.source_name(), state.installed.why_not);
  if (cursor.epoch != state.installed.epoch) return std::variant<Batch, Lost>(Lost::other_database);
  // The connection is a new one: the server may have crashed, lost what it had not written to its disk, and given its
  // transaction ids to others.
  if (!is_certain(cursor.check)) {
    auto const lost = examine(cursor);
    if (!lost && lost.error().code != Code::standby_behind) return lost.error();
    if (lost && *lost) return std::variant<Batch, Lost>(**lost);
  }

  auto const xmax = std::to_string(cursor.delivered.xmax);
  auto const in_progress = list_of(cursor.delivered.xip);
  auto const statement = cursor.within
                             ? postgresql_rest(xmax, in_progress, cursor.within->shown.text(), cursor.within->position)
                             : postgresql_changes(state.installed.role, xmax, in_progress);
  auto const result = rows_of(statement, state, cursor);
  if (!result) return result.error();
  if (auto const* lost = std::get_if<Lost>(&*result)) return std::variant<Batch, Lost>(*lost);
  auto const& rows = std::get<Rows>(*result);
  auto shown = Snapshot::parse(rows.at(0, columns::shown).value_or(""));
  if (!shown) return unavailable(connection_.source_name(), "a snapshot cannot be read");
  if (cursor.within) shown = cursor.within->shown;

  Batch batch{.before = cursor, .after = cursor, .shown = *shown};
  // A standby that has not come so far yet.
  if (shown->xmax < cursor.delivered.xmax) {
    batch.is_whole = false;
    return std::variant<Batch, Lost>(std::move(batch));
  }
  Xid greatest = cursor.within ? shown->xmax - 1 : 0;  // known since the first page
  auto check = cursor.check;
  std::size_t objects = 1;  // of the last row
  for (std::size_t row = 0; row < rows.size() && rows.at(row, columns::position); ++row) {
    check = check_of(rows, row);
    greatest = std::max(greatest, check.xid);
    auto change = change_of(rows, row);
    if (!change) continue;
    objects = std::max<std::size_t>(change->ids.size(), 1);
    if (cursor.within && check.position == cursor.within->position) {
      auto const has = std::size_t{cursor.within->index} + 1;
      if (has >= objects) continue;
      skip_objects(*change, has);
    }
    batch.changes.push_back(*std::move(change));
  }
  batch.is_whole = rows.size() < page;
  if (batch.is_whole) {
    batch.after = at_end(batch.before, *shown, greatest, check);
    note_certain(check);
    return std::variant<Batch, Lost>(std::move(batch));
  }
  // The greatest id of the batch may be on a later page. Without it the snapshot would show what comes after a crash.
  if (!cursor.within) {
    auto const newest = rows_of(postgresql_newest(shown->text()), state, cursor);
    if (!newest) return newest.error();
    if (auto const* lost = std::get_if<Lost>(&*newest)) return std::variant<Batch, Lost>(*lost);
    auto const certain = xid_at(std::get<Rows>(*newest), 0, columns::xid);
    batch.shown = shown->up_to(std::max(certain, cursor.delivered.xmax - 1));
  }
  batch.after = {cursor.epoch, cursor.delivered,
                 Cursor::Within{batch.shown, check.position, static_cast<std::uint32_t>(objects - 1)}, check};
  note_certain(check);
  return std::variant<Batch, Lost>(std::move(batch));
}

Result<std::optional<Lost>> InstalledPostgreSql::examine(Cursor const& cursor) {
  auto const found = state();
  if (!found) return found.error();
  auto const& state = **found;
  if (!state.installed.why_not.empty()) return unavailable(connection_.source_name(), state.installed.why_not);
  if (cursor.epoch != state.installed.epoch) return std::optional(Lost::other_database);
  auto const rows = connection_.read(postgresql_check(state.installed.role, cursor.check.position,
                                                      std::to_string(cursor.check.xid), cursor.check.stamp));
  if (!rows) return rows.error();
  if (!*rows || (*rows)->empty()) return std::optional(Lost::other_database);
  auto const shown = Snapshot::parse((*rows)->at(0, 0).value_or(""));
  auto const furthest = std::max(cursor.delivered.xmax, cursor.within ? cursor.within->shown.xmax : 0);
  if (!shown || shown->xmax < furthest) {
    // A primary has been further: it has lost what it had not written to its disk.
    if (state.installed.role == Role::primary) return std::optional(Lost::undone);
    return Error{Code::standby_behind, "the standby that is asked has not come as far as this cursor",
                 "ask again later, or ask the primary"};
  }
  bool const is_there = cursor.check.xid == 0 || (*rows)->at(0, 1) == "true";
  if (is_there && connection_.number() == state.connection) note_certain(cursor.check);
  return is_there ? std::optional<Lost>() : std::optional(Lost::undone);
}

}  // namespace restapi::store
