// SPDX-License-Identifier: MIT
// The same question to PostgreSQL and to SQLite has the same answer; and what holds for every query whatever it says.
#include <algorithm>
#include <catch2/catch.hpp>

#include "grammar/print.hpp"
#include "support/ask.hpp"
#include "support/meaningful_queries.hpp"

using namespace restapi;
using test::ask;
using test::Fixture;
using test::MeaningfulQueries;
using test::target_of;

namespace {

// Times that SQLite keeps with and without a fraction are equal as times and differ as texts: only there may the order
// of rows differ, and only between two of them.
bool sorts_by_time(std::string const& order) { return order.find("time") != order.npos; }

}  // namespace

TEST_CASE("PostgreSQL and SQLite give the same answer to random queries", "[differential]") {
  for (auto const fixture : test::fixtures) {
    auto& postgresql = *test::shared_store(fixture, source::Engine::postgresql).store;
    auto& sqlite = *test::shared_store(fixture, source::Engine::sqlite).store;
    std::size_t answered = 0, with_rows = 0;
    for (auto const& view : api::v2::vocabulary().views) {
      MeaningfulQueries queries("stores agree on " + std::string(view.name), view);
      for (int round = 0; round < 150; ++round) {
        auto const clauses = queries.filters();
        auto const order = queries.order();
        auto const target = target_of(view, clauses, order.empty() ? "" : "orderby=" + order);
        INFO(test::name_of(fixture) << ": " << grammar::print(ast::Query{clauses}) << " orderby " << order);
        auto const one = ask(postgresql, target);
        auto const other = ask(sqlite, target);
        CHECK(one.status == other.status);
        CHECK(one.status < 500);
        if (one.status == 200 && sorts_by_time(order) && other.status == 200) {
          auto left = one.ids(), right = other.ids();
          std::ranges::sort(left);
          std::ranges::sort(right);
          CHECK(left == right);
        } else {
          CHECK(one.text == other.text);
        }
        CHECK(one.header("X-Total-Count") == other.header("X-Total-Count"));
        answered += one.status == 200;
        with_rows += one.status == 200 && !one.ids().empty();
      }
    }
    // The generator is worth something only if it finds rows.
    CHECK(answered > 1200);
    CHECK(with_rows > 300);
  }
}

TEST_CASE("PostgreSQL and SQLite agree on queries of any meaning, mostly errors", "[differential]") {
  std::vector<std::string> const keys{"id",      "label", "type",   "state",   "ctime", "mtime", "uuid",
                                      "orderby", "limit", "offset", "perpage", "pk",    "_",     "alist"};
  for (auto const fixture : test::fixtures) {
    auto& postgresql = *test::shared_store(fixture, source::Engine::postgresql).store;
    auto& sqlite = *test::shared_store(fixture, source::Engine::sqlite).store;
    test::QueryGenerator generate("stores agree on anything", keys);
    for (int round = 0; round < 600; ++round) {
      auto const target = "/api/v2/nodes?" + http::percent_encode(grammar::print(generate.query()));
      INFO(test::name_of(fixture) << ": " << target);
      auto const one = ask(postgresql, target);
      CHECK(one.text == ask(sqlite, target).text);
      CHECK(one.status < 500);
    }
  }
}

TEST_CASE("a further filter never adds rows", "[property]") {
  for (auto const* opened : test::every_store()) {
    for (auto const& view : api::v2::vocabulary().views) {
      MeaningfulQueries queries("further filter on " + std::string(view.name), view);
      for (int round = 0; round < 25; ++round) {
        auto clauses = queries.filters();
        auto before = ask(*opened->store, target_of(view, clauses));
        clauses.push_back(queries.filter());
        auto after = ask(*opened->store, target_of(view, clauses));
        if (before.status != 200 || after.status != 200) continue;
        INFO(opened->name << ": " << grammar::print(ast::Query{clauses}));
        CHECK(std::ranges::includes(before.ids(), after.ids()));  // both by id
      }
    }
  }
}

TEST_CASE("what fulfils a filter and what fulfils its opposite are all rows with a value, once", "[property]") {
  struct Pair {
    ast::Operator one, other;
  };
  for (auto const* opened : test::every_store()) {
    for (auto const& [one, other] :
         {Pair{ast::Operator::less, ast::Operator::greater_equal},
          Pair{ast::Operator::greater, ast::Operator::less_equal}, Pair{ast::Operator::equal, ast::Operator::not_equal},
          Pair{ast::Operator::in, ast::Operator::not_in}}) {
      MeaningfulQueries queries("opposites", api::v2::vocabulary().nodes());
      for (int round = 0; round < 60; ++round) {
        auto clause = queries.filter();
        if (clause.key != "id" && clause.key != "ctime" && clause.key != "uuid") continue;  // never missing
        if (clause.literals.size() > 1 && one != ast::Operator::in) continue;
        clause.comparison = one;
        auto const left = ask(*opened->store, target_of(api::v2::vocabulary().nodes(), {clause}));
        clause.comparison = other;
        auto const right = ask(*opened->store, target_of(api::v2::vocabulary().nodes(), {clause}));
        if (left.status != 200 || right.status != 200) continue;
        INFO(opened->name << ": " << grammar::print(ast::Query{{clause}}));
        auto both = left.ids();
        for (auto const id : right.ids()) both.push_back(id);
        std::ranges::sort(both);
        CHECK(both == test::ids_of(*opened->store, "/api/v2/nodes"));
      }
    }
  }
}

TEST_CASE("pages one after the other are the list", "[property]") {
  std::vector<std::string> const orders{"",
                                        "orderby=id",
                                        "orderby=-id",
                                        "orderby=label",
                                        "orderby=-type",
                                        "orderby=state",
                                        "orderby=-state,label",
                                        "orderby=-mtime",
                                        "orderby=type,-ctime",
                                        "orderby=uuid&id>5",
                                        "orderby=-label&type=like=\"data%\""};
  for (auto const* opened : test::every_store()) {
    for (auto const& order : orders) {
      auto const list = ask(*opened->store, "/api/v2/nodes?" + order);
      REQUIRE(list.status == 200);
      for (std::size_t const size : {2UL, 7UL, 20UL, 400UL}) {
        INFO(opened->name << ": " << order << ", " << size << " rows a page");
        std::vector<std::int64_t> pages, windows;
        auto const rows = list.ids().size();
        auto const last = std::max<std::size_t>(1, (rows + size - 1) / size);
        for (std::size_t number = 1; number <= last; ++number) {
          auto const page = ask(*opened->store, "/api/v2/nodes/page/" + std::to_string(number) +
                                                    "?perpage=" + std::to_string(size) + "&" + order);
          REQUIRE(page.status == 200);
          CHECK(page.header("X-Total-Counts") == std::to_string(rows));
          for (auto const id : page.ids()) pages.push_back(id);
          CHECK((page.header("Link").find("rel=\"next\"") == std::string::npos) == (number == last));
          CHECK((page.header("Link").find("rel=\"prev\"") == std::string::npos) == (number == 1));
          auto const window = ask(*opened->store, "/api/v2/nodes?limit=" + std::to_string(size) +
                                                      "&offset=" + std::to_string((number - 1) * size) + "&" + order);
          CHECK(window.header("X-Total-Counts") == std::to_string(rows));
          for (auto const id : window.ids()) windows.push_back(id);
        }
        CHECK(pages == list.ids());
        CHECK(windows == list.ids());
        CHECK(ask(*opened->store,
                  "/api/v2/nodes/page/" + std::to_string(last + 1) + "?perpage=" + std::to_string(size) + "&" + order)
                  .status == 400);
      }
    }
  }
}

TEST_CASE("the neighbours of a node are those of its links, each once", "[property]") {
  for (auto const* opened : test::every_store()) {
    for (auto const id : test::ids_of(*opened->store, "/api/v2/nodes")) {
      auto const node = ask(*opened->store, "/api/v2/nodes?id=" + std::to_string(id));
      auto const path = "/api/v2/nodes/" + node.body["data"]["nodes"][0]["uuid"].get<std::string>();
      for (auto const* direction : {"inputs", "outputs"}) {
        auto const ids = test::ids_of(*opened->store, path + "/io/" + direction);
        INFO(opened->name << ": " << path << " " << direction);
        CHECK(std::ranges::adjacent_find(ids) == ids.end());
        // Each neighbour names the node on its own other side.
        for (auto const neighbour : ids) {
          auto const other = ask(*opened->store, "/api/v2/nodes?id=" + std::to_string(neighbour));
          auto const back = test::ids_of(
              *opened->store, "/api/v2/nodes/" + other.body["data"]["nodes"][0]["uuid"].get<std::string>() + "/io/" +
                                  (std::string_view(direction) == "inputs" ? "outputs" : "inputs"));
          CHECK(std::ranges::count(back, id) == 1);
        }
      }
    }
  }
}
