// SPDX-License-Identifier: MIT
#include "api/cache/totals.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

#include "support/requests.hpp"

using namespace restapi;
using api::find_start;
using api::IdHistogram;
using api::KnownTotals;
using api::Totals;

namespace {

store::Version const one{"1"}, two{"2"};

/// Answers with buckets from ids in memory, and counts the questions. Conditions are not looked at.
class IdStore final : public store::Store {
 public:
  Result<store::Rows> read(sql::Statement const& statement, std::stop_token) override {
    ++reads;
    if (fails) return Error{Code::store_unavailable, "no"};
    store::Rows rows(statement.width());
    std::map<std::int64_t, int> buckets;
    for (auto const id : ids) ++buckets[id / sql::ids_a_bucket];
    for (auto bucket = buckets.rbegin(); bucket != buckets.rend(); ++bucket) {  // in no order
      rows.add(std::to_string(bucket->first));
      rows.add(std::to_string(bucket->second));
    }
    return rows;
  }
  Result<std::optional<store::Version>> version() override { return std::optional(store::Version{"1"}); }
  sql::Dialect const& dialect() const override { return sql::postgresql(); }
  bool has_versions() const override { return true; }
  model::Catalog const& catalog() const override { return test::catalog_of("postgresql_gen2"); }

  std::set<std::int64_t> ids;
  int reads = 0;
  bool fails = false;
};

query::ListPlan list(std::string_view text, std::string_view resource = "nodes") {
  auto planned = test::plan_list(resource, text);
  REQUIRE(planned);
  return *std::move(planned);
}

constexpr std::size_t plenty = 1 << 20;

}  // namespace

TEST_CASE("a total is known of the version that it was kept under", "[totals]") {
  IdStore store;
  KnownTotals known(plenty);
  Totals totals(known);
  auto const plan = list("id>0");
  CHECK(!totals.find(store.dialect(), plan, {}, one));
  totals.keep(store, plan, {}, one, 3);
  CHECK(totals.find(store.dialect(), plan, {}, one) == 3);
  CHECK(!totals.find(store.dialect(), plan, {}, two));
  totals.keep(store, plan, {}, two, 1);
  CHECK(totals.find(store.dialect(), plan, {}, two) == 1);
}

TEST_CASE("without a version nothing is kept", "[totals]") {
  IdStore store;
  KnownTotals known(plenty);
  Totals totals(known);
  auto const plan = list("");
  totals.keep(store, plan, {}, std::nullopt, 3);
  CHECK(!totals.find(store.dialect(), plan, {}, std::nullopt));
  totals.keep(store, plan, {}, one, 3);
  CHECK(!totals.find(store.dialect(), plan, {}, std::nullopt));
}

TEST_CASE("without a budget nothing is kept", "[totals]") {
  IdStore store;
  KnownTotals known(0);
  Totals totals(known);
  auto const plan = list("");
  totals.keep(store, plan, {}, one, 3);
  CHECK(!totals.find(store.dialect(), plan, {}, one));
}

TEST_CASE("lists that differ have totals of their own; windows and orders make no difference", "[totals]") {
  IdStore store;
  KnownTotals known(plenty);
  Totals totals(known);
  auto const& dialect = store.dialect();
  std::vector<query::ListPlan> const differ = {list(""),
                                               list("id>1"),
                                               list("id>2"),
                                               list("id<1"),
                                               list("", "computers"),
                                               list("", "data"),
                                               list("label=\"1\""),
                                               list("label=\"2\""),
                                               list("label=\"1\"&type=\"2\""),
                                               list("label=\"2\"&type=\"1\""),
                                               list("id=in=1,2"),
                                               list("id=in=12")};
  std::int64_t total = 0;
  for (auto const& plan : differ) {
    CHECK(!totals.find(dialect, plan, {}, one));
    totals.keep(store, plan, {}, one, ++total);
  }
  for (auto const direction : {query::Direction::inputs, query::Direction::outputs})
    for (auto const pk : {1, 2}) {
      CHECK(!totals.find(dialect, differ[0], sql::NeighboursOf{direction, pk}, one));
      totals.keep(store, differ[0], sql::NeighboursOf{direction, pk}, one, ++total);
    }
  for (std::size_t i = 0; i < differ.size(); ++i)
    CHECK(totals.find(dialect, differ[i], {}, one) == static_cast<std::int64_t>(i + 1));
  for (auto const* same : {"limit=3", "offset=7", "orderby=-label"})
    CHECK(totals.find(dialect, list(same), {}, one) == 1);
}

TEST_CASE("a failure is not a spread", "[totals]") {
  IdStore store;
  store.ids = {1};
  KnownTotals known(plenty);
  Totals totals(known);
  auto const plan = list("");
  store.fails = true;
  CHECK(!totals.histogram(store, plan, one));
  store.fails = false;
  CHECK((*totals.histogram(store, plan, one))->total == 1);
}

TEST_CASE("a spread is read once for each version, in the order of its buckets", "[totals]") {
  IdStore store;
  store.ids = {1, 5, 1023, 1024, 5000};
  KnownTotals known(plenty);
  Totals totals(known);
  auto const plan = list("");
  for (int i = 0; i < 3; ++i) {
    auto const histogram = totals.histogram(store, plan, one);
    REQUIRE(histogram);
    CHECK((*histogram)->total == 5);
    CHECK((*histogram)->buckets == std::vector<std::pair<std::int64_t, std::int64_t>>{{0, 3}, {1, 1}, {4, 1}});
  }
  CHECK(store.reads == 1);
  CHECK(totals.find(store.dialect(), plan, {}, one) == 5);
  store.ids.erase(5);
  CHECK((*totals.histogram(store, plan, two))->total == 4);
  CHECK(store.reads == 2);
}

TEST_CASE("a window begins where walking all rows says it does", "[totals][property]") {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    IdStore store;
    auto const range = std::int64_t{1} << (1 + random() % 16);
    auto const rows = random() % 3000;
    for (std::size_t i = 0; i < rows; ++i) store.ids.insert(static_cast<std::int64_t>(random()) % range);
    KnownTotals known(plenty);
    Totals totals(known);
    auto const histogram = totals.histogram(store, list(""), one);
    REQUIRE(histogram);
    std::vector<std::int64_t> ids(store.ids.begin(), store.ids.end());
    for (bool const descending : {false, true}) {
      for (auto const offset : {std::size_t{0}, ids.size() / 2, ids.size() - 1, ids.size(), ids.size() + 1,
                                random() % (ids.size() + 2), random() % (ids.size() + 2)}) {
        INFO(ids.size() << " ids below " << range << ", offset " << offset << (descending ? ", descending" : ""));
        if (offset == std::size_t(-1)) continue;
        auto const start = find_start(**histogram, {20, static_cast<std::int64_t>(offset)}, descending);
        REQUIRE(start.has_value() == (offset < ids.size()));
        if (!start) continue;
        auto const before =
            std::ranges::count_if(ids, [&](std::int64_t id) { return descending ? id > start->id : id < start->id; });
        CHECK(start->rows_after >= 0);
        CHECK(before + start->rows_after == static_cast<std::int64_t>(offset));
        CHECK(start->rows_after < sql::ids_a_bucket);  // that is what it is good for
      }
    }
  }
}

TEST_CASE("an empty list has no beginning", "[totals]") {
  CHECK(!find_start({}, {20, 0}, false));
  CHECK(!find_start({}, {20, 0}, true));
  CHECK(!find_start({3, {{0, 3}}}, {20, 9'223'372'036'854'775'807}, true));
}
