// SPDX-License-Identifier: MIT
#include "store/changes/following_postgresql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <span>
#include <utility>

#include "sql/dialect.hpp"
#include "store/failures.hpp"
#include "store/table_watch.hpp"

namespace restapi::store {
namespace {

using namespace sql::feed;

constexpr std::int64_t minute = 60'000'000;
constexpr std::size_t ranges_of_part = 128;  // with a look: some 20 ms
constexpr auto all_ids = std::numeric_limits<std::int64_t>::max();

// Another one, after what the connection leads to has begun anew: ids of transactions may be given once more there.
constexpr std::string_view other_server = "the connection leads to another server by now";

std::uint32_t version_of(Rows const& rows, std::size_t row) {
  return static_cast<std::uint32_t>(rows.integer_at(row, cells::version));
}

/// Others cannot be followed.
model::Schema versioned_ones(model::Schema columns, Rows const& tables) {
  std::set<std::string, std::less<>> names;
  for (std::size_t row = 0; row < tables.size(); ++row) names.emplace(tables.at(row, 0).value_or(""));
  std::erase_if(columns, [&](std::string_view column) { return !names.contains(column.substr(0, column.find('.'))); });
  return columns;
}

}  // namespace

FollowingPostgreSql::FollowingPostgreSql(ChangeConnection& connection, FollowingOptions const& options)
    : FollowingSource(options),
      connection_(connection),
      changes_({}, options.rest),
      comparisons_(options.between_comparisons, options.rest) {}

Result<Rows> FollowingPostgreSql::rows_of(sql::Statement const& statement) {
  auto rows = connection_.read(statement);
  if (!rows) return std::move(rows).error();
  if (!*rows) {
    state_.reset();
    return unavailable(connection_.source_name(), "its tables have changed");
  }
  if (state_ && state_->connection != connection_.number()) {
    state_.reset();
    return unavailable(connection_.source_name(), other_server);
  }
  return **std::move(rows);
}

Result<Done> FollowingPostgreSql::look() {
  if (!state_ || state_->connection != connection_.number()) return begin();
  auto const moment = rows_of(postgresql_moment());
  if (!state_) return begin();
  if (!moment) return moment.error();
  bool const is_another =
      moment->at(0, 1) != state_->server || static_cast<Xid>(moment->integer_at(0, 2)) < state_->shown.xmax;
  if (is_another) return begin();
  // On a standby two snapshots may look the same and show other rows.
  bool const is_standby = moment->at(0, 0) == "true";
  std::string const snapshot(moment->at(0, 3).value_or(""));
  auto const is_new = [&](std::string const& seen) { return is_standby || seen != snapshot; };
  if (is_new(state_->looked) && changes_.is_due()) {
    auto const begin = Pace::Clock::now();
    auto done = look_for_changes();
    changes_.took(begin);
    if (!done) return done;
    state_->looked = snapshot;
  }
  if (!state_->comparison && is_new(state_->compared) && comparisons_.is_due())
    state_->comparison = Comparison{.snapshot = snapshot, .different = doubtful_ranges()};
  return state_->comparison ? go_on_comparing() : Done{};
}

// What transactions have committed while the tables were read is in the second look, and told to nobody: whoever begins
// here reads it himself.
Result<Done> FollowingPostgreSql::begin() {
  begin_telling();
  state_.reset();
  auto const moment = rows_of(postgresql_moment());
  if (!moment) return moment.error();
  auto const connection = connection_.number();
  auto const columns = rows_of(sql::postgresql().columns(connection_.schema()));
  if (!columns) return columns.error();
  auto const versioned = rows_of(postgresql_versioned_tables(connection_.schema()));
  if (!versioned) return versioned.error();
  if (connection_.number() != connection) return unavailable(connection_.source_name(), other_server);

  State state{.connection = connection,
              .server = std::string(moment->at(0, 1).value_or("")),
              .tables = KnownTables(versioned_ones(columns_in(*columns), *versioned), false, options().most_kept)};
  if (!state.tables.has_nodes()) return unavailable(connection_.source_name(), "it has no tables of AiiDA's");
  state_ = std::move(state);

  auto done = learn();
  if (!done) state_.reset();
  if (!done) return done;
  state_->looked = state_->compared = moment->at(0, 3).value_or("");
  auto const now = Pace::Clock::now();
  comparisons_.took(now, now);
  return done;
}

Result<Done> FollowingPostgreSql::learn() {
  auto const before = rows_of(postgresql_changed({}, 0, 0));
  if (!before) return before.error();
  auto const xmin = moment_of(*before).xmin;
  for (auto& table : state_->tables.all())
    if (auto done = learn(table); !done) return done;
  auto ids = state_->tables.greatest_ids();
  Findings untold;
  auto const shown = find(Where::everywhere, xmin, untold);
  if (!shown) return shown.error();
  state_->marks = LowMarks({shown->next, shown->at, std::move(ids)});
  state_->shown = *shown;
  state_->no_longer_old = shown->next;
  if (shown->xmin < shown->next) state_->shown_of_old = *shown;
  return Done{};
}

Result<Done> FollowingPostgreSql::learn(KnownTables::Table& table) {
  for (std::int64_t after = -1;;) {
    auto const rows = rows_of(postgresql_rows(table.what, after, table.known.keeps_more()));
    if (!rows) return rows.error();
    for (std::size_t row = 0; row < rows->size(); ++row) state_->tables.learn(table, row_of(*rows, row));
    if (rows->size() < rows_of_page) return Done{};
    after = rows->integer_at(rows->size() - 1, cells::id);
  }
}

FollowingPostgreSql::Moment FollowingPostgreSql::moment_of(Rows const& rows) {
  Moment moment{.xmin = static_cast<Xid>(rows.integer_at(0, cells::version)),
                .xmax = static_cast<Xid>(rows.integer_at(0, cells::first)),
                .next = 0,
                .at = rows.integer_at(0, cells::uuid)};
  moment.next = xid_from(moment.xmax, static_cast<std::uint32_t>(rows.integer_at(0, cells::second) + 3));
  return moment;
}

// Pages are read at several moments. What has been committed since the first one on an earlier page is found the next
// time, because it is that moment which counts.
Result<FollowingPostgreSql::Moment> FollowingPostgreSql::find(Where where, Xid xmin, Findings& findings) {
  // A sequence gives an id a moment before the transaction that uses it has one of its own.
  constexpr std::int64_t margin = 100;
  auto const& low = state_->marks.low(state_->shown.xmin);
  std::vector<Changed> parts;
  auto const& tables = state_->tables.all();
  for (std::size_t i = 0; i < tables.size(); ++i)
    parts.push_back(
        {&tables[i].what, where == Where::everywhere ? -1 : std::max<std::int64_t>(low.ids[i] - margin, -1), -1});
  for (std::optional<Moment> moment;;) {
    auto const rows = rows_of(postgresql_changed(parts, std::max<std::int64_t>(low.at - minute, 0), xmin));
    if (!rows) return rows.error();
    if (!moment) moment = moment_of(*rows);
    for (std::size_t row = 1; row < rows->size(); ++row) found(*rows, row, xmin, findings);
    if (rows->size() <= rows_of_page) return *moment;
    auto const last = rows->size() - 1;
    auto const place = static_cast<std::size_t>(rows->integer_at(last, cells::place)) - 1;
    for (std::size_t i = 0; i < place; ++i) parts[i].after = all_ids;
    parts[place].after = rows->integer_at(last, cells::id);
  }
}

void FollowingPostgreSql::found(Rows const& rows, std::size_t row, Xid xmin, Findings& findings) {
  auto const seen = row_of(rows, row);
  auto& table = state_->tables.all()[static_cast<std::size_t>(rows.integer_at(row, cells::place)) - 1];
  if (state_->versions.tell(table.what.what->letter, seen.id, xid_from(xmin, version_of(rows, row))))
    state_->tables.see(table, seen, findings);
}

Result<Done> FollowingPostgreSql::look_for_changes() {
  Findings findings;
  auto ids = state_->tables.greatest_ids();
  auto const shown = find(Where::recent, state_->shown.xmin, findings);
  if (!state_) return shown.error();
  tell(findings, time_of(shown ? *shown : state_->shown));
  if (!shown) return shown.error();
  state_->shown = *shown;
  state_->marks.add({shown->next, shown->at, std::move(ids)});
  state_->versions.forget_before(state_->shown_of_old ? std::min(shown->xmin, state_->shown_of_old->xmin)
                                                      : shown->xmin);
  return Done{};
}

Result<Done> FollowingPostgreSql::look_for_old_ones() {
  Findings findings;
  auto const shown = find(Where::everywhere, state_->shown_of_old->xmin, findings);
  if (!state_) return shown.error();
  tell(findings, time_of(state_->shown));
  if (!shown) return shown.error();
  state_->shown_of_old = *shown;
  if (shown->xmin >= state_->no_longer_old) state_->shown_of_old.reset();
  return Done{};
}

FollowingPostgreSql::Ranges FollowingPostgreSql::doubtful_ranges() const {
  Ranges ranges;
  for (auto const& table : state_->tables.all()) {
    auto& of_table = ranges.emplace_back();
    for (auto const id : table.doubtful)
      if (of_table.empty() || of_table.back() != id / ids_of_range) of_table.push_back(id / ids_of_range);
  }
  return ranges;
}

Result<Done> FollowingPostgreSql::go_on_comparing() {
  auto const begin = Pace::Clock::now();
  auto done = compare_some();
  auto const now = Pace::Clock::now();
  if (!state_) {
    comparisons_.took(begin, now);
    return done;
  }
  auto& comparison = *state_->comparison;
  comparison.took += now - begin;
  bool const is_over = comparison.table == state_->tables.all().size();
  if (done && !is_over) return done;
  comparisons_.took(now - comparison.took, now);
  if (done) state_->compared = std::move(comparison.snapshot);
  state_->comparison.reset();
  return done;
}

Result<Done> FollowingPostgreSql::compare_some() {
  auto& comparison = *state_->comparison;
  auto& tables = state_->tables.all();
  bool const is_first = comparison.table == 0 && comparison.next_range == 0;
  if (is_first && state_->shown_of_old)
    if (auto done = look_for_old_ones(); !done) return done;
  for (auto left = ranges_of_part; left > 0 && comparison.table < tables.size();) {
    auto& table = tables[comparison.table];
    auto const greatest = table.known.greatest();
    if (!table.entity || greatest < 0 || comparison.next_range > greatest / ids_of_range) {
      ++comparison.table;
      comparison.next_range = 0;
      continue;
    }
    auto const compared = find_different(table, left, comparison.next_range, comparison.different[comparison.table]);
    if (!compared) return compared.error();
    left -= std::min(left, *compared);
  }
  return comparison.table == tables.size() ? tell_differences(comparison) : Done{};
}

Result<std::size_t> FollowingPostgreSql::find_different(KnownTables::Table& table, std::size_t most,
                                                        std::int64_t& next_range,
                                                        std::vector<std::int64_t>& different) {
  // Ids may be far from each other: what is read is what is known, and what has come between.
  auto const known = table.known.sums(next_range, most);
  auto const greatest = table.known.greatest();
  auto const last_range = known.size() < most ? greatest / ids_of_range : known.rbegin()->first;
  auto const last = std::min(last_range * ids_of_range + (ids_of_range - 1), greatest);
  auto const rows = rows_of(postgresql_ranges(table.what, next_range * ids_of_range, last));
  if (!rows) return rows.error();
  next_range = last_range + 1;
  std::map<std::int64_t, KnownRows::Sums> there;
  for (std::size_t row = 0; row < rows->size(); ++row)
    there[rows->integer_at(row, 0)] = {rows->integer_at(row, 1), static_cast<std::uint64_t>(rows->integer_at(row, 2))};
  for (auto const& [range, sums] : known) {
    auto const found = there.find(range);
    if (found == there.end() || found->second != sums) different.push_back(range);
  }
  for (auto const& [range, sums] : there)
    if (!known.contains(range)) different.push_back(range);
  return known.size();
}

/// Memberships before the nodes that they name.
Result<Done> FollowingPostgreSql::tell_differences(Comparison const& comparison) {
  constexpr std::size_t at_once = 64;
  Findings findings;
  Result<Done> done = Done{};
  for (auto i = comparison.different.size(); done && i-- > 0;)
    for (std::span<std::int64_t const> rest(comparison.different[i]); done && !rest.empty();) {
      auto const some = rest.first(std::min(at_once, rest.size()));
      rest = rest.subspan(some.size());
      done = compare(state_->tables.all()[i], some, findings);
    }
  if (state_) tell(findings, time_of(state_->shown));
  return done;
}

Result<Done> FollowingPostgreSql::compare(KnownTables::Table& table, std::span<std::int64_t const> ranges,
                                          Findings& findings) {
  auto const rows =
      rows_of(postgresql_rows_of(table.what, fmt::format("{{{}}}", fmt::join(ranges, ",")), table.known.greatest()));
  if (!rows) return rows.error();
  std::set<std::int64_t> there;
  for (std::size_t row = 0; row < rows->size(); ++row) there.insert(rows->integer_at(row, cells::id));
  std::vector<KnownRows::Row> missing;
  for (auto const range : ranges)
    table.known.each(range * ids_of_range, (range + 1) * ids_of_range - 1, [&](KnownRows::Row const& known) {
      if (!there.contains(known.id)) missing.push_back(known);
    });
  for (auto const& row : missing) state_->tables.miss(table, row, findings);
  // What is newer the next look for changes finds. What is older it has missed: an id that somebody chose, say.
  for (std::size_t row = 0; row < rows->size(); ++row)
    if (auto const id = rows->integer_at(row, cells::id);
        is_before(version_of(*rows, row), state_->shown.xmin) && (!table.known.has(id) || table.doubtful.contains(id)))
      state_->tables.see(table, row_of(*rows, row), findings);
  return Done{};
}

}  // namespace restapi::store
