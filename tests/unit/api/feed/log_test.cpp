// SPDX-License-Identifier: MIT
#include "api/feed/log.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "support/entries.hpp"

using namespace restapi;
using namespace restapi::api::feed;
using store::Cursor;
using store::Place;
using store::Xid;

namespace {

/// Transactions that begin and end one after the other or at once, and write rows of a few objects.
struct History {
  struct Row {
    Xid xid;
    std::int64_t position;
    std::size_t objects;
  };
  struct Moment {
    store::Snapshot shown;
    std::size_t rows;  // that have been written
  };

  explicit History(unsigned seed) {
    std::mt19937 random(seed);
    std::vector<Xid> open;
    Xid next = 100;
    for (int step = 0; step < 60; ++step) {
      auto const what = random() % 4;
      if (what == 0 || open.empty()) {
        open.push_back(next++);
      } else if (what == 1) {
        auto const which = static_cast<std::ptrdiff_t>(random() % open.size());
        open.erase(open.begin() + which);
      } else {
        rows.push_back({open[random() % open.size()], static_cast<std::int64_t>(rows.size()) + 1, 1 + random() % 3});
      }
      std::ranges::sort(open);
      moments.push_back({{next, open}, rows.size()});
    }
  }

  bool shows(Moment const& moment, Row const& row) const {
    return moment.shown.shows(row.xid) && static_cast<std::size_t>(row.position) <= moment.rows;
  }

  /// Of whoever has all that there was at a moment.
  Cursor cursor_at(Moment const& moment) const {
    Xid greatest = 99;
    for (auto const& row : rows)
      if (shows(moment, row)) greatest = std::max(greatest, row.xid);
    return store::at_end({"e", {1}, {}, {}}, moment.shown, greatest, {});
  }

  /// What has come between two moments; the parts of a batch.
  std::vector<std::shared_ptr<Entry const>> told(Moment const& before, Moment const& after,
                                                 std::size_t rows_of_part) const {
    store::Batch whole{.before = cursor_at(before), .after = cursor_at(after), .shown = after.shown};
    for (auto const& row : rows) {
      if (shows(before, row) || !shows(after, row)) continue;
      auto change = test::change('u', store::Action::deleted, std::vector<std::int64_t>(row.objects, 1));
      change.xid = row.xid;
      change.position = row.position;
      whole.changes.push_back(std::move(change));
    }
    std::vector<std::shared_ptr<Entry const>> parts;
    for (std::size_t begin = 0; begin < whole.changes.size(); begin += rows_of_part) {
      auto const end = std::min(begin + rows_of_part, whole.changes.size());
      store::Batch part{.before = parts.empty() ? whole.before : parts.back()->batch().after,
                        .changes = {},
                        .after = {},
                        .shown = whole.shown,
                        .is_whole = end == whole.changes.size()};
      part.changes.assign(whole.changes.begin() + static_cast<std::ptrdiff_t>(begin),
                          whole.changes.begin() + static_cast<std::ptrdiff_t>(end));
      part.after = whole.after_object(end - 1, whole.changes[end - 1].ids.size() - 1);
      auto const count = part.changes.size();
      parts.push_back(std::make_shared<Entry>(std::move(part), std::vector<ToldObjects>(count)));
    }
    return parts;
  }

  std::vector<Row> rows;
  std::vector<Moment> moments;
};

/// All that somebody has, by position and index.
struct Had {
  std::vector<std::pair<std::int64_t, std::uint32_t>> objects;

  bool has(Place const& place) const { return std::ranges::count(objects, std::pair(place.position, place.index)) > 0; }
  void add(Place const& place) { objects.emplace_back(place.position, place.index); }
};

/// Also when it has been sent, and has come back.
bool is_as_told(History const& history, Cursor const& cursor, Had const& had) {
  if (Cursor::parse(cursor.text()) != cursor) return false;
  for (auto const& row : history.rows)
    for (std::uint32_t index = 0; index < row.objects; ++index) {
      Place const place{row.xid, row.position, index};
      if (cursor.has(place) != had.has(place)) return false;
    }
  return true;
}

std::shared_ptr<Entry const> shared(std::vector<test::ToldChange> told) {
  return std::shared_ptr<Entry const>(new Entry(test::entry(std::move(told))));
}

}  // namespace

// Somebody comes with what another server has told, and this one looks at other moments.
TEST_CASE("whoever comes with a cursor is told what it lacks, once, with cursors that say so", "[feed][log]") {
  std::size_t told = 0, left_out = 0, came_back = 0;
  for (unsigned seed = 0; seed < 2000; ++seed) {
    CAPTURE(seed);
    History const history(seed);
    auto const& moments = history.moments;
    std::mt19937 random(seed);
    std::array<std::size_t, 3> at{};  // the log goes from one moment to the next, and on to the last
    for (auto& moment : at) moment = random() % moments.size();
    std::ranges::sort(at);
    auto const& of_client = moments[at[0] + random() % (moments.size() - at[0])];  // behind the log's end, maybe
    Log log({.entries = 1 + random() % 8});                                        // parts of a batch may be gone
    for (auto const& [from, to] : {std::pair(at[0], at[1]), std::pair(at[1], at[2])})
      for (auto const& entry : history.told(moments[from], moments[to], 1 + random() % 3)) log.append(entry);
    auto cursor = history.cursor_at(of_client);
    Had had;
    for (auto const& row : history.rows)
      for (std::uint32_t index = 0; index < row.objects; ++index)
        if (history.shows(of_client, row)) had.add({row.xid, row.position, index});

    auto const place = log.place_of(cursor);
    if (!place) continue;  // it is read from the database
    bool has_come_back = false;
    auto const read = [&](std::uint64_t from) {
      std::optional<Cursor> skip = cursor;
      auto const entries = *log.from(from);
      for (auto const& entry : entries) {
        if (skip && is_behind(*entry, *skip)) skip.reset();
        auto const rest = skip ? rest_of(entry, *skip) : entry;
        auto const& batch = rest->batch();
        if (!batch.changes.empty()) REQUIRE(is_as_told(history, batch.before_object(0, 0), had));
        for (std::size_t i = 0; i < batch.changes.size(); ++i)
          for (std::size_t k = 0; k < batch.changes[i].ids.size(); ++k) {
            REQUIRE_FALSE(had.has(batch.changes[i].place(k)));
            had.add(batch.changes[i].place(k));
            cursor = batch.after_object(i, k);
            REQUIRE(is_as_told(history, cursor, had));
            ++told;
            if (!has_come_back && random() % 8 == 0) return false;  // it leaves
          }
        REQUIRE(is_as_told(history, batch.after, had));
        left_out += entry->batch().changes.size() - batch.changes.size();
      }
      bool const is_at_end = entries.size() == log.end() - from && &of_client <= &moments[at[2]];
      if (is_at_end) REQUIRE(is_as_told(history, history.cursor_at(moments[at[2]]), had));
      return true;
    };
    if (read(*place)) continue;
    has_come_back = true;
    if (auto const again = log.place_of(cursor)) came_back += std::size_t{read(*again)};
  }
  CHECK(came_back > 100);
  CHECK(told > 1000);
  CHECK(left_out > 1000);
}

TEST_CASE("a cursor within a batch goes on in that batch only", "[feed][log]") {
  auto const entry =
      shared({{test::change('u', store::Action::deleted, {1, 2})}, {test::change('u', store::Action::deleted, {3})}});
  Log log({});
  log.append(entry);
  auto within = entry->batch().after_object(0, 0);
  CHECK(log.place_of(within) == 0U);
  auto const rest = rest_of(entry, within);
  REQUIRE(rest->batch().changes.size() == 2);
  CHECK(rest->batch().changes[0].ids == std::vector<std::int64_t>{2});
  CHECK(rest->batch().after == entry->batch().after);
  within.within->shown.xip = {100};
  CHECK_FALSE(log.place_of(within));
}

TEST_CASE("objects that are left keep what was read of them", "[feed][log]") {
  auto const entry =
      shared({{test::change('u', store::Action::updated, {1, 2}), {ToldObject{"{}", "one"}, ToldObject{"{}", "two"}}}});
  auto const rest = rest_of(entry, entry->batch().after_object(0, 0));
  REQUIRE(rest->objects(0).size() == 1);
  CHECK(rest->objects(0)[0]->uuid == "two");
  CHECK(rest_of(entry, entry->batch().after)->batch().changes.empty());
}
