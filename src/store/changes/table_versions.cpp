// SPDX-License-Identifier: MIT
#include "store/changes/table_versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/small_text.hpp"
#include "sql/feed/versions.hpp"
#include "store/changes/change_rows.hpp"
#include "store/changes/snapshot.hpp"

namespace restapi::store {
namespace {

using namespace sql::feed;

/// Where there is something to begin with, but something else is done to it all the time.
constexpr std::chrono::seconds between_beginnings{1};

using Numbers = std::array<std::uint64_t, model::number_of_entities>;

/// Rows of each entity: all that were found, and those not below the snapshot's xmin.
struct RowCounts {
  Numbers all = {}, later = {};
};

/// n:3:1,l:2:0. Nothing where it names an entity that is not known: of a later version.
std::optional<RowCounts> counts_in(std::string_view text) {
  RowCounts counts;
  while (!text.empty()) {
    auto one = take_part(text, ',');
    auto const letter = take_part(one, ':');
    auto const* const entity = letter.empty() ? nullptr : model::find_entity(letter.front());
    auto const all = number_in<std::uint64_t>(take_part(one, ':')), later = number_in<std::uint64_t>(one);
    if (entity == nullptr || !all || !later) return std::nullopt;
    auto const index = static_cast<std::size_t>(entity - model::entities().data());
    counts.all[index] = *all;
    counts.later[index] = *later;
  }
  return counts;
}

bool is_standby(Rows const& rows) { return rows.at(0, touched::is_standby) == "true"; }

}  // namespace

/// What is known of one moment. Never changed: the next one takes its place.
struct TableVersions::Seen {
  std::string life;
  std::uint64_t beginning;  // which one it goes back to
  Role role;
  std::string epoch;
  Guard guard;
  Snapshot snapshot;       // A; on a standby only its xmax counts: all rows from there on are counted in `rows`
  Xid certain;             // the greatest transaction that is known to be committed
  std::string shown = {};  // S as a text, where an equal one shows the same
  Numbers rows = {};       // on a standby
  Numbers numbers = {};
  std::shared_ptr<Since const> since = {};  // `snapshot`

  /// Which have changed since, given what was found.
  model::EntitySet changed(RowCounts const& found) const {
    model::EntitySet changed;
    for (std::size_t i = 0; i < changed.size(); ++i) changed[i] = found.all[i] != (role == Role::standby ? rows[i] : 0);
    return changed;
  }

  void move_on(Snapshot const& to, std::string_view text, Xid xmin, Xid newest, RowCounts const& found) {
    certain = std::max(certain, newest);
    bool const tells_all = role == Role::primary || xmin == to.xmax;
    shown = tells_all ? text : "";
    if (role == Role::primary) {
      snapshot = to.up_to(certain);
    } else if (xmin >= snapshot.xmax) {
      snapshot.xmax = xmin;
      rows = found.later;
    } else {
      rows = found.all;
    }
    stay();
  }

  void stay() {
    since = std::make_shared<Since const>(Since{epoch, std::to_string(snapshot.xmax),
                                                fmt::format("{{{}}}", fmt::join(snapshot.xip, ",")), snapshot.xmin()});
  }

  Version version(std::string_view started, Numbers const& of_tables) const {
    return {fmt::format("{} {}.{}", started, life, beginning), of_tables, since};
  }
};

TableVersions::TableVersions(std::function<std::string()> schema, std::chrono::milliseconds between_looks)
    : schema_(std::move(schema)), between_looks_(between_looks) {}

TableVersions::~TableVersions() = default;

std::optional<Version> TableVersions::now(Ask const& ask, std::string const& life) {
  constexpr int most_tries = 2;  // where it begins anew
  for (int i = 0; i < most_tries; ++i) {
    auto seen = seen_in(life);
    if (!seen)
      seen = begin(ask, life);
    else if (is_due(next_look_, between_looks_) && !reliable_state(ask))
      return forget(seen);
    if (!seen) return std::nullopt;
    if (!seen->shown.empty()) {
      auto const now = ask(postgresql_shown());
      if (!now || now->empty()) return std::nullopt;
      if (now->at(0, touched::shown) == seen->shown && is_standby(*now) == (seen->role == Role::standby))
        return seen->version(now->at(0, touched::started).value_or(""), seen->numbers);
    }
    auto const rows = ask(postgresql_touched(*seen->since, seen->guard));
    if (auto version = rows ? take(seen, *rows) : std::nullopt) return version;
    forget(seen);
  }
  return std::nullopt;
}

TableVersions::Shared TableVersions::seen_in(std::string const& life) {
  std::lock_guard const lock(mutex_);
  if (seen_ && seen_->life != life) {
    seen_.reset();
    next_begin_ = {};
  }
  return seen_;
}

/// True for one caller.
bool TableVersions::is_due(Clock::time_point& next, Clock::duration until_next) {
  std::lock_guard const lock(mutex_);
  auto const now = Clock::now();
  if (now < next) return false;
  next = now + until_next;
  return true;
}

std::nullopt_t TableVersions::forget(Shared const& seen) {
  std::lock_guard const lock(mutex_);
  if (seen_ == seen) seen_.reset();
  return std::nullopt;
}

/// What is installed, if it can be relied on.
std::optional<InstalledState> TableVersions::reliable_state(Ask const& ask) const {
  auto const row = ask(postgresql_state(schema_()));
  if (!row || row->empty()) return std::nullopt;
  auto state = installed_state(*row);
  return state.why_not.empty() ? std::optional(std::move(state)) : std::nullopt;
}

/// The guard is read before the state: whatever is done to the triggers after that is noticed with the first statement.
TableVersions::Shared TableVersions::begin(Ask const& ask, std::string const& life) {
  if (!is_due(next_begin_, between_looks_)) return nullptr;
  auto const presence = ask(postgresql_presence());
  if (!presence || presence->empty()) return nullptr;
  auto const guard = ask(postgresql_guard(schema_()));
  if (!guard || guard->empty()) return nullptr;
  auto const state = reliable_state(ask);
  if (!state) return nullptr;
  auto const rows = ask(postgresql_now(state->role));
  if (!rows || rows->empty()) return nullptr;
  auto const shown = Snapshot::parse(rows->at(0, columns::shown).value_or(""));
  if (!shown) return nullptr;
  // What is below the floor had ended before a transaction that has been committed.
  auto const certain = std::max({xid_at(*rows, 0, columns::floor), Xid{1}, xid_at(*rows, 0, columns::xid) + 1}) - 1;
  auto begun = std::make_shared<Seen>(
      Seen{.life = life,
           .beginning = 0,
           .role = state->role,
           .epoch = std::string(rows->at(0, columns::epoch).value_or("")),
           .guard = Guard{std::string(guard->at(0, 0).value_or("{}")), std::string(guard->at(0, 1).value_or("{}")),
                          std::string(guard->at(0, 2).value_or(""))},
           .snapshot = state->role == Role::primary ? shown->up_to(certain) : Snapshot{shown->xmin()},
           .certain = certain});
  begun->stay();
  std::lock_guard const lock(mutex_);
  begun->beginning = ++beginnings_;
  for (auto& number : begun->numbers) number = ++last_number_;
  next_begin_ = Clock::now() + between_beginnings;
  next_look_ = Clock::now() + between_looks_;
  return seen_ = std::move(begun);
}

/// Nothing: it has to begin anew.
std::optional<Version> TableVersions::take(Shared const& seen, Rows const& rows) {
  auto const cell = [&](std::size_t column) { return rows.at(0, column).value_or(""); };
  if (rows.empty() || is_standby(rows) != (seen->role == Role::standby)) return std::nullopt;
  auto const started = cell(touched::started);
  auto const to = Snapshot::parse(cell(touched::shown));
  auto const found = counts_in(cell(touched::entities));
  bool const is_proof =
      to && found && cell(touched::epoch) == seen->epoch && cell(touched::marks) == seen->guard.marks &&
      xid_at(rows, 0, touched::floor) <= seen->snapshot.xmin() && rows.integer_at(0, touched::rows) < most_touched;
  if (!is_proof) return std::nullopt;
  auto const newest = xid_at(rows, 0, touched::newest), xmin = xid_at(rows, 0, touched::xmin);
  auto const changed = seen->changed(*found);
  std::lock_guard const lock(mutex_);
  if (changed.none()) {
    if (seen_ == seen) {
      auto next = std::make_shared<Seen>(*seen);
      next->move_on(*to, cell(touched::shown), xmin, newest, *found);
      seen_ = std::move(next);
    }
    return seen->version(started, seen->numbers);
  }
  // Somebody else may have gone on meanwhile. New numbers are always right: nothing has been kept under them.
  if (!seen_ || seen_->beginning != seen->beginning) return std::nullopt;
  auto next = std::make_shared<Seen>(*seen_);
  for (std::size_t i = 0; i < model::number_of_entities; ++i)
    if (changed[i]) next->numbers[i] = ++last_number_;
  if (seen_ == seen) next->move_on(*to, cell(touched::shown), xmin, newest, *found);
  seen_ = std::move(next);
  return seen_->version(started, seen_->numbers);
}

}  // namespace restapi::store
