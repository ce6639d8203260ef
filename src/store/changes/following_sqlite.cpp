// SPDX-License-Identifier: MIT
#include "store/changes/following_sqlite.hpp"

#include <fmt/format.h>

#include <functional>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "sql/dialect.hpp"
#include "store/failures.hpp"
#include "store/table_watch.hpp"

namespace restapi::store {
namespace {

using namespace sql::feed;

ChangeTime present() { return std::chrono::time_point_cast<ChangeTime::duration>(std::chrono::system_clock::now()); }

}  // namespace

FollowingSqlite::FollowingSqlite(ChangeConnection& connection, FollowingOptions const& options)
    : FollowingSource(options), connection_(connection), additions_({}, options.rest), comparisons_({}, options.rest) {}

Result<Rows> FollowingSqlite::rows_of(sql::Statement const& statement) {
  auto rows = connection_.read(statement);
  if (!rows) return std::move(rows).error();
  if (*rows) return **std::move(rows);
  state_.reset();
  return unavailable(connection_.source_name(), "its tables have changed");
}

Result<std::string> FollowingSqlite::version() {
  auto const rows = rows_of(sql::sqlite().version());
  if (!rows) return rows.error();
  return fmt::format("{} {}", rows->empty() ? "" : rows->at(0, 0).value_or(""), connection_.openings());
}

// A file that has been written over by another program is still what it was, and compared with what was known of it.
Result<Done> FollowingSqlite::look() {
  if (!state_) return begin();
  auto const now = version();
  if (!now) return now.error();
  if (auto const file = connection_.file(); file && *file != state_->file) return begin();
  auto const in_pace = [&](Pace& pace, std::string State::*done, Where where) -> Result<Done> {
    if ((*state_).*done == *now || !pace.is_due()) return Done{};
    auto const begin = Pace::Clock::now();
    auto result = find(where);
    pace.took(begin);
    if (result) (*state_).*done = *now;
    return result;
  };
  auto done = in_pace(additions_, &State::looked, Where::behind);
  return done ? in_pace(comparisons_, &State::compared, Where::everywhere) : done;
}

// What is committed while the tables are read is found with the next version.
Result<Done> FollowingSqlite::begin() {
  begin_telling();
  state_.reset();
  auto const file = connection_.file();
  if (!file) return unavailable(connection_.source_name(), "there is no such file");
  auto const now = version();
  if (!now) return now.error();
  auto const columns = rows_of(sql::sqlite().columns(connection_.schema()));
  if (!columns) return columns.error();
  State state{.file = *file, .tables = KnownTables(columns_in(*columns), true, options().most_kept)};
  if (!state.tables.has_nodes()) return unavailable(connection_.source_name(), "it has no tables of AiiDA's");
  state.looked = state.compared = *now;
  state_ = std::move(state);
  for (auto& table : state_->tables.all()) {
    auto done = find(table, -1, nullptr);
    if (done) continue;
    state_.reset();
    return done;
  }
  return Done{};
}

// What names nodes is read before them, so that a link is not seen without its ends.
Result<Done> FollowingSqlite::find(Where where) {
  Findings findings;
  Result<Done> done = Done{};
  auto& tables = state_->tables.all();
  for (auto i = tables.size(); done && i-- > 0;)
    done = find(tables[i], where == Where::behind ? tables[i].known.greatest() : -1, &findings);
  if (state_) tell(findings, present());
  return done;
}

Result<Done> FollowingSqlite::find(KnownTables::Table& table, std::int64_t after, Findings* findings) {
  while (after < std::numeric_limits<std::int64_t>::max()) {
    auto const rows = rows_of(sqlite_rows(table.what, after));
    if (!rows) return rows.error();
    bool const is_last = rows->size() < sqlite_page(table.what);
    auto const last =
        is_last ? std::numeric_limits<std::int64_t>::max() : rows->integer_at(rows->size() - 1, cells::id);
    std::vector<KnownRows::Row> seen;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      seen.push_back(row_of(*rows, row));
      seen.back().version = std::hash<std::string_view>()(rows->at(row, cells::version).value_or(""));
    }
    std::vector<KnownRows::Row> missing;
    auto next = seen.begin();
    table.known.each(after + 1, last, [&](KnownRows::Row const& known) {
      while (next != seen.end() && next->id < known.id) ++next;
      if (next == seen.end() || next->id != known.id) missing.push_back(known);
    });
    for (auto const& row : seen) {
      if (findings)
        state_->tables.see(table, row, *findings);
      else
        state_->tables.learn(table, row);
    }
    for (auto const& row : missing) state_->tables.miss(table, row, *findings);
    if (is_last) return Done{};
    after = last;
  }
  return Done{};
}

}  // namespace restapi::store
