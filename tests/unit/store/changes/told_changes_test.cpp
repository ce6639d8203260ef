// SPDX-License-Identifier: MIT
#include "store/changes/told_changes.hpp"

#include <catch2/catch.hpp>
#include <numeric>

#include "model/entity.hpp"
#include "store/changes/findings.hpp"

using namespace restapi;
using namespace restapi::store;

namespace {

model::Entity const& nodes() { return *model::find_entity('n'); }

Change change(std::vector<std::int64_t> ids) {
  return {.entity = &nodes(), .action = Action::created, .ids = std::move(ids)};
}

std::vector<std::int64_t> ids_of(std::variant<Batch, Lost> const& read) {
  std::vector<std::int64_t> ids;
  for (auto const& one : std::get<Batch>(read).changes) ids.insert(ids.end(), one.ids.begin(), one.ids.end());
  return ids;
}

using Ids = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("what has been told is read from any place on", "[changes]") {
  ToldChanges told(100);
  auto const begin = told.now();
  CHECK(told.is_at_end(begin));
  told.tell({change({1, 2, 3}), change({4})}, {});
  CHECK_FALSE(told.is_at_end(begin));
  auto const all = std::get<Batch>(told.read(begin));
  CHECK(ids_of(told.read(begin)) == Ids{1, 2, 3, 4});
  CHECK(all.is_whole);
  CHECK(told.is_at_end(all.after));
  CHECK(all.after == told.now());
  CHECK(ids_of(told.read(all.after)).empty());

  // Whoever breaks off has what came before, as a text too, and may break off again.
  auto const one = Cursor::parse(all.after_object(0, 0).text()).value();
  CHECK(one.has(all.changes[0].place(0)));
  CHECK_FALSE(one.has(all.changes[0].place(1)));
  auto const rest = std::get<Batch>(told.read(one));
  CHECK(ids_of(told.read(one)) == Ids{2, 3, 4});
  CHECK(rest.changes[0].place(0) == all.changes[0].place(1));
  CHECK(ids_of(told.read(rest.after_object(0, 0))) == Ids{3, 4});
  CHECK(ids_of(told.read(rest.after_object(0, 1))) == Ids{4});
  CHECK(rest.after_object(1, 0) == told.now());
}

TEST_CASE("much is read in pages", "[changes]") {
  ToldChanges told(10'000);
  auto cursor = told.now();
  std::vector<Change> many;
  Ids expected(600), ids;
  std::iota(expected.begin(), expected.end(), 0);
  for (auto const id : expected) many.push_back(change({id}));
  told.tell(many, {});
  int pages = 0;
  for (bool is_whole = false; !is_whole; ++pages) {
    auto const batch = std::get<Batch>(told.read(cursor));
    for (auto const& one : batch.changes) ids.push_back(one.ids[0]);
    CHECK(batch.after == batch.after_object(batch.changes.size() - 1, 0));
    cursor = batch.after;
    is_whole = batch.is_whole;
  }
  CHECK(ids == expected);
  CHECK(pages == 3);
}

TEST_CASE("a cursor that has no place among what was told is lost", "[changes]") {
  ToldChanges told(3);
  auto const begin = told.now();
  SECTION("of another object") {
    CHECK(told.examine(ToldChanges(3).now()) == Lost::other_database);
    CHECK(std::get<Lost>(told.read(ToldChanges(3).now())) == Lost::other_database);
    CHECK_FALSE(told.is_at_end(ToldChanges(3).now()));
  }
  SECTION("too old") {
    told.tell({change({1, 2, 3, 4})}, {});
    told.tell({change({5})}, {});
    CHECK(ids_of(told.read(begin)) == Ids{1, 2, 3, 4, 5});  // at once
    auto const within = std::get<Batch>(told.read(begin)).after_object(0, 2);
    told.begin();
    told.tell({change({6})}, {});
    CHECK(told.examine(begin) == Lost::too_old);
    CHECK(told.examine(within) == Lost::too_old);
    CHECK_FALSE(told.examine(told.now()));
  }
  SECTION("from the future") {
    auto later = begin;
    later.delivered.xmax += 5;
    CHECK(told.examine(later) == Lost::undone);
    later.within = Cursor::Within{{}, -3, 0};
    CHECK(told.examine(later) == Lost::undone);
  }
  SECTION("before something that could not be told") {
    told.tell({change({1})}, {});
    told.lose(Lost::unknown_deletions);
    CHECK(told.examine(begin) == Lost::unknown_deletions);
    auto const now = told.now();
    CHECK_FALSE(told.examine(now));
    told.tell({change({2})}, {});
    CHECK(ids_of(told.read(now)) == Ids{2});
    CHECK(told.examine(begin) == Lost::unknown_deletions);
  }
}

TEST_CASE("findings are changes of a thousand objects, deletions first", "[changes]") {
  auto const &groups = *model::find_entity('g'), &members = *model::find_entity('m'), &logs = *model::find_entity('o');
  Findings findings;
  for (int id = 1; id <= 1500; ++id) findings.created(groups, id);
  findings.updated(groups, 7);
  findings.updated(nodes(), 3);
  findings.updated(nodes(), 2);
  auto const uuid = uuid_of("8e28e2c2-01f3-4a5b-9c7d-0123456789ab");
  findings.deleted(nodes(), {.id = 9}, uuid);
  findings.deleted(members, {.id = 4, .first = 1, .second = 9}, uuid);
  findings.deleted(logs, {.id = 5}, {});
  auto const changes = findings.changes();
  REQUIRE(changes.size() == 6);
  CHECK(changes[0].entity == &logs);
  CHECK(changes[0].firsts.empty());
  CHECK(changes[0].uuids.empty());
  CHECK(changes[1].entity == &members);
  CHECK(changes[1].firsts == Ids{1});
  CHECK(changes[1].seconds == Ids{9});
  CHECK(changes[1].uuids == std::vector<std::string>{text_of(uuid)});
  CHECK(changes[2].entity == &nodes());
  CHECK(changes[2].action == Action::deleted);
  CHECK(changes[3].ids == Ids{2, 3});
  CHECK(changes[3].action == Action::updated);
  CHECK(changes[3].fields == ChangedFields{true, true});
  CHECK(changes[4].ids.size() == 1000);
  CHECK(changes[5].ids.size() == 500);
  CHECK(changes[5].action == Action::created);
}
