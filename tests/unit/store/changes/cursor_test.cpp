// SPDX-License-Identifier: MIT
#include "store/changes/cursor.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

#include "base/base64url.hpp"
#include "store/changes/change.hpp"

using namespace restapi;
using namespace restapi::store;

namespace {

Cursor const whole{"a1b2c3d4.16384.1", *Snapshot::parse("10:20:10,14"), {}, {19, 7, 1700000000000000}};

Cursor in_the_middle() {
  auto cursor = whole;
  cursor.within = Cursor::Within{*Snapshot::parse("14:25:14,22"), 42, 3};
  return cursor;
}

}  // namespace

TEST_CASE("a cursor comes back as it was", "[cursor]") {
  for (auto const& cursor : {whole, in_the_middle(), Cursor{.epoch = "x"}}) {
    CHECK(Cursor::parse(cursor.text()) == cursor);
    CHECK(cursor.text().find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
          std::string::npos);
  }
  CHECK(from_base64url(whole.text()) == "1/a1b2c3d4.16384.1/10:20:10,14/19.7.1700000000000000");
  CHECK(from_base64url(in_the_middle().text()) ==
        "1/a1b2c3d4.16384.1/10:20:10,14/14:25:14,22/42/3/19.7.1700000000000000");
}

TEST_CASE("other texts are no cursors", "[cursor]") {
  for (auto const* text : {"", "1", "1/e/10:20:", "2/e/10:20:/1.1.1", "1//10:20:/1.1.1", "1/e/10:20:/1.1",
                           "1/e/10:20:/1.1.1.1", "1/e/10:20:/a.1.1", "1/e/x/1.1.1", "1/e/10:20:/1.1.1/",
                           "1/e/10:20:/10:21:/1/1.1.1", "1/e/10:20:/10:21:/1/-1/1.1.1", "1/e/10:20:/10:21:/1/1/1/1.1.1",
                           "1/e e/10:20:/1.1.1", "1/e/10:20:/10:21:/1/4294967296/1.1.1", "1/e/10:20:/1.1.1\n"}) {
    INFO(text);
    CHECK_FALSE(Cursor::parse(to_base64url(text)));
    CHECK_FALSE(Cursor::parse(text));
  }
  CHECK_FALSE(Cursor::parse(whole.text() + "="));
  CHECK_FALSE(Cursor::parse(std::string(100'000, '/')));
}

TEST_CASE("in the middle of a batch, somebody has what comes up to a place", "[cursor]") {
  auto const cursor = in_the_middle();
  CHECK(cursor.has({19, 100, 0}));   // delivered before, wherever it is
  CHECK(cursor.has({21, 41, 900}));  // of this batch
  CHECK(cursor.has({10, 42, 3}));
  CHECK_FALSE(cursor.has({10, 42, 4}));
  CHECK_FALSE(cursor.has({21, 43, 0}));
  CHECK_FALSE(cursor.has({22, 1, 0}));  // of a later one
  CHECK_FALSE(cursor.has({25, 1, 0}));
}

TEST_CASE("a batch knows the cursor after each of its objects", "[cursor]") {
  Batch batch{.before = whole, .after = Cursor{"after"}, .shown = *Snapshot::parse("14:25:14,22")};
  batch.changes.resize(2);
  batch.changes[0].ids = {1, 2, 3};
  batch.changes[0].offset = 5;
  batch.changes[0].xid = 21;
  batch.changes[0].position = 8;
  batch.changes[0].stamp = 99;
  batch.changes[1].ids = {4};
  auto const middle = batch.after_object(0, 1);
  CHECK(middle.delivered == whole.delivered);
  CHECK(middle.within == Cursor::Within{batch.shown, 8, 6});
  CHECK(middle.check == Cursor::Check{21, 8, 99});
  CHECK(batch.after_object(1, 0) == batch.after);
}

namespace {

/// A database with transactions that write rows, and crashes that give the ids of lost ones again.
class Database {
 public:
  struct Row {
    Xid xid;
    std::int64_t position;
    int object;
    int value;  ///< each change of an object is greater than the one before
  };

  explicit Database(unsigned seed) : random_(seed) {}

  /// Something happens.
  void step() {
    auto const what = pick(10);
    if (what < 2 || open_.empty()) {
      open_[next_++];
    } else if (what < 7) {
      write(any_open());
    } else if (what < 9) {
      commit(any_open());
    } else if (pick(6) == 0) {
      crash();
    } else {
      abort(any_open());
    }
  }

  void end_all() {
    while (!open_.empty()) commit(open_.begin()->first);
  }

  Snapshot snapshot() const {
    Snapshot now{next_};
    for (auto const& [xid, rows] : open_) now.xip.push_back(xid);
    return now;
  }

  std::vector<Row> const& committed() const { return committed_; }
  int pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

 private:
  Xid any_open() { return std::next(open_.begin(), pick(static_cast<int>(open_.size())))->first; }

  void write(Xid xid) {
    auto const object = pick(5);
    if (auto const holder = locked_.find(object); holder != locked_.end() && holder->second != xid) return;
    locked_[object] = xid;
    open_[xid].push_back({xid, ++position_, object, ++values_[object]});
  }

  void commit(Xid xid) {
    auto const& rows = open_[xid];
    committed_.insert(committed_.end(), rows.begin(), rows.end());
    if (!rows.empty()) on_disk_ = std::max(on_disk_, xid);
    end(xid);
  }

  void abort(Xid xid) { end(xid); }

  void end(Xid xid) {
    std::erase_if(locked_, [&](auto const& lock) { return lock.second == xid; });
    open_.erase(xid);
  }

  /// Ids that nothing on disk knows of are given again.
  void crash() {
    while (!open_.empty()) abort(open_.begin()->first);
    next_ = on_disk_ + 1;
  }

  std::mt19937 random_;
  Xid next_ = 1, on_disk_ = 0;
  std::int64_t position_ = 0;
  std::map<Xid, std::vector<Row>> open_;
  std::map<int, Xid> locked_;
  std::map<int, int> values_;
  std::vector<Row> committed_;
};

/// Reads as InstalledPostgreSql does; gives what is new, a page at most.
std::vector<Database::Row> read(Database const& database, Cursor& cursor, std::size_t page) {
  auto const shown = cursor.within ? cursor.within->shown : database.snapshot();
  std::vector<Database::Row> rows;
  for (auto const& row : database.committed())
    if (shown.shows(row.xid) && !cursor.has({row.xid, row.position, 0})) rows.push_back(row);
  std::ranges::sort(rows, {}, &Database::Row::position);
  Xid newest = cursor.delivered.xmax - 1;
  for (auto const& row : database.committed())
    if (shown.shows(row.xid)) newest = std::max(newest, row.xid);
  if (rows.size() > page) {
    rows.resize(page);
    cursor.within = Cursor::Within{shown.up_to(newest), rows.back().position, 0};
  } else {
    cursor = at_end(cursor, shown, newest, {});
  }
  return rows;
}

}  // namespace

TEST_CASE("whatever transactions do, each change is delivered once, those of an object in their order", "[cursor]") {
  for (unsigned seed = 0; seed < 300; ++seed) {
    INFO("seed " << seed);
    Database database(seed);
    Cursor cursor{.epoch = "e"};
    std::vector<Database::Row> delivered;
    auto const listen = [&](std::size_t page) {
      auto const rows = read(database, cursor, page);
      delivered.insert(delivered.end(), rows.begin(), rows.end());
      cursor = *Cursor::parse(cursor.text());  // a client goes away and comes back
    };
    for (int step = 0; step < 300; ++step) {
      database.step();
      if (database.pick(4) == 0) listen(static_cast<std::size_t>(1 + database.pick(4)));
    }
    database.end_all();
    do listen(3);
    while (cursor.within);
    listen(1000);

    REQUIRE(delivered.size() == database.committed().size());
    std::set<std::int64_t> positions;
    std::map<int, int> last;
    for (auto const& row : delivered) {
      REQUIRE(positions.insert(row.position).second);
      REQUIRE(last[row.object] < row.value);
      last[row.object] = row.value;
    }
  }
}
