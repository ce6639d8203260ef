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

std::string encoded(std::string const& target) {
  auto const behind = target.find('?') + 1;
  return target.substr(0, behind) + http::percent_encode(std::string_view(target).substr(behind));
}

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

TEST_CASE("they do so with alternatives and related rows, and nothing is in a list and in its negation",
          "[differential]") {
  for (auto const fixture : test::fixtures) {
    auto& postgresql = *test::shared_store(fixture, source::Engine::postgresql).store;
    auto& sqlite = *test::shared_store(fixture, source::Engine::sqlite).store;
    std::size_t answered = 0, with_some_rows = 0;
    for (auto const& view : api::v2::vocabulary().views) {
      auto const all = test::ids_of(sqlite, "/api/v2/" + std::string(view.name));
      MeaningfulQueries queries("alternatives of " + std::string(view.name), view);
      for (int round = 0; round < 60; ++round) {
        ast::Group group = queries.group(3);
        INFO(test::name_of(fixture) << ": " << grammar::print(ast::Query{{}, {group}}));
        std::vector<std::int64_t> both;
        for (bool const is_negated : {false, true}) {
          group.is_negated = is_negated;
          auto const target = target_of(view, ast::Query{{}, {group}});
          auto const one = ask(postgresql, target);
          CHECK(one.status < 500);
          CHECK(one.text == ask(sqlite, target).text);
          if (one.status != 200) break;
          ++answered;
          auto const ids = one.ids();
          with_some_rows += !ids.empty() && ids.size() < all.size();
          both.insert(both.end(), ids.begin(), ids.end());
          if (!is_negated) continue;
          std::ranges::sort(both);
          CHECK(both == all);
        }
      }
    }
    CHECK(answered > 600);
    CHECK(with_some_rows > 50);
  }
}

TEST_CASE("alternatives are what each of them selects, together", "[property]") {
  auto const& nodes = api::v2::vocabulary().nodes();
  for (auto const* opened : test::every_store()) {
    MeaningfulQueries queries("alternatives", nodes);
    for (int round = 0; round < 60; ++round) {
      ast::Query const one = queries.query(1), other = queries.query(1);
      INFO(opened->name << ": " << grammar::print(one) << " or " << grammar::print(other));
      auto const left = ask(*opened->store, target_of(nodes, one)),
                 right = ask(*opened->store, target_of(nodes, other));
      auto const both = ask(*opened->store, target_of(nodes, ast::Query{{}, {{{one, other}}}}));
      if (left.status != 200 || right.status != 200 || both.status != 200) continue;
      std::vector<std::int64_t> together;
      std::ranges::set_union(left.ids(), right.ids(), std::back_inserter(together));
      CHECK(both.ids() == together);
    }
  }
}

TEST_CASE("related rows are those that the tables say", "[relations]") {
  auto const& opened = test::shared_store(Fixture::generation2, source::Engine::postgresql);
  struct Case {
    std::string target, expected;
  };
  std::string const walk =
      "WITH RECURSIVE w(a, b) AS (SELECT input_id, output_id FROM db_dblink WHERE type IN ('create', 'input_calc') "
      "UNION "
      "SELECT w.a, l.output_id FROM w JOIN db_dblink l ON l.input_id = w.b WHERE l.type IN ('create', 'input_calc')) ";
  for (auto const& [target, expected] : {
           Case{"nodes?computer.name=is=notnull", "SELECT id FROM db_dbnode WHERE dbcomputer_id IS NOT NULL"},
           Case{"nodes?user.id=1", "SELECT id FROM db_dbnode WHERE user_id = 1"},
           Case{"nodes?input.type=like=\"data%\"",
                "SELECT DISTINCT l.output_id AS id FROM db_dblink l JOIN db_dbnode i ON i.id = l.input_id WHERE "
                "i.node_type LIKE 'data%'"},
           Case{"nodes?output.type=like=\"process%\"",
                "SELECT DISTINCT l.input_id AS id FROM db_dblink l JOIN db_dbnode o ON o.id = l.output_id WHERE "
                "o.node_type LIKE 'process%'"},
           Case{"nodes?caller.id>0",
                "SELECT DISTINCT output_id AS id FROM db_dblink WHERE type IN ('call_calc', 'call_work')"},
           Case{"nodes?called.id>0",
                "SELECT DISTINCT input_id AS id FROM db_dblink WHERE type IN ('call_calc', 'call_work')"},
           Case{"nodes?ancestor.id=in=1,2,3,4,5", walk + "SELECT DISTINCT b AS id FROM w WHERE a <= 5"},
           Case{"nodes?descendant.id>10", walk + "SELECT DISTINCT a AS id FROM w WHERE b > 10"},
           Case{"nodes?group.name=is=notnull", "SELECT DISTINCT dbnode_id AS id FROM db_dbgroup_dbnodes"},
           Case{"nodes?!(group.id>0)",
                "SELECT id FROM db_dbnode WHERE id NOT IN (SELECT dbnode_id FROM db_dbgroup_dbnodes)"},
           Case{"groups?node.type=like=\"data%\"",
                "SELECT DISTINCT dbgroup_id AS id FROM db_dbgroup_dbnodes m JOIN db_dbnode n ON n.id = m.dbnode_id "
                "WHERE "
                "n.node_type LIKE 'data%'"},
           Case{"computers?node.id>0", "SELECT DISTINCT dbcomputer_id AS id FROM db_dbnode WHERE dbcomputer_id > 0"},
           Case{"users?node.computer.id>0", "SELECT DISTINCT user_id AS id FROM db_dbnode WHERE dbcomputer_id > 0"},
           Case{"users?group.id>0", "SELECT DISTINCT user_id AS id FROM db_dbgroup"},
           Case{"nodes?input.link.label=\"kpoints\"", "SELECT output_id AS id FROM db_dblink WHERE label = 'kpoints'"},
           Case{"nodes?output.link.type=\"input_calc\"",
                "SELECT DISTINCT input_id AS id FROM db_dblink WHERE type = 'input_calc'"},
           Case{"nodes?link.label=like=\"kpoints%\"&input.id=3",
                "SELECT DISTINCT output_id AS id FROM db_dblink WHERE label LIKE 'kpoints%' AND input_id = 3"},
           Case{"nodes?called.link.label=\"iteration_01\"",
                "SELECT input_id AS id FROM db_dblink WHERE label = 'iteration_01' AND type = 'call_calc'"},
           Case{"nodes?called.input.link.label=\"code\"",
                "SELECT c.input_id AS id FROM db_dblink c JOIN db_dblink l ON l.output_id = c.output_id WHERE c.type = "
                "'call_calc' AND l.label = 'code'"},
           Case{"nodes?comment.content=like=\"Looks%\"",
                "SELECT dbnode_id AS id FROM db_dbcomment WHERE content LIKE 'Looks%'"},
           Case{"nodes?comment.user.id=2", "SELECT dbnode_id AS id FROM db_dbcomment WHERE user_id = 2"},
           Case{"nodes?log.levelname=\"REPORT\"&log.time<2025-01-01",
                "SELECT dbnode_id AS id FROM db_dblog WHERE levelname = 'REPORT'"},
           Case{"nodes?group.extras.purpose=\"order\"",
                "SELECT dbnode_id AS id FROM db_dbgroup_dbnodes WHERE dbgroup_id = 1"},
           Case{"groups?extras.purpose=is=notnull", "SELECT id FROM db_dbgroup WHERE extras ? 'purpose'"},
           Case{"computers?metadata.default_mpiprocs_per_machine>=16", "SELECT 1 AS id"},
       }) {
    INFO(target);
    auto const ids = opened.database->run("SELECT string_agg(CAST(id AS text), ',' ORDER BY id) FROM (" + expected +
                                          ") AS expected");
    std::string found;
    for (auto const id : ask(*opened.store, "/api/v2/" + encoded(target)).ids())
      found += (found.empty() ? "" : ",") + std::to_string(id);
    CHECK(found == ids);
    CHECK_FALSE(found.empty());
  }
}

TEST_CASE("what is in documents is found in both, as the database itself sees it", "[documents]") {
  auto const& opened = test::shared_store(Fixture::generation2, source::Engine::postgresql);
  auto& sqlite = *test::shared_store(Fixture::generation2, source::Engine::sqlite).store;
  struct Case {
    std::string target, expected;
  };
  std::string const value = "attributes -> 'value'";
  std::string const is_number =
      "jsonb_typeof(attributes -> 'value') = 'number' AND CAST(attributes ->> 'value' AS numeric)";
  for (auto const& [filter, expected] : {
           Case{"attributes.value=2", is_number + " = 2"},
           Case{"attributes.value=2.0", is_number + " = 2"},
           Case{"attributes.value=0.2e+1", is_number + " = 2"},
           Case{"attributes.value=\"2\"", value + " = '\"2\"'"},
           Case{"attributes.value=9007199254740993", is_number + " = 9007199254740993"},
           Case{"attributes.value=9007199254740992", is_number + " = 9007199254740992"},
           Case{"attributes.value=in=36,\"m\",true", value + " IN ('36', '\"m\"', 'true')"},
           Case{"attributes.value!=36", value + " IS NULL OR " + value + " <> '36'"},
           Case{"attributes.value=notin=36,\"m\"", value + " IS NULL OR " + value + " NOT IN ('36', '\"m\"')"},
           Case{"attributes.value>36", is_number + " > 36"},
           Case{"attributes.value<=36.0", is_number + " <= 36"},
           Case{"attributes.value<-1e-3", is_number + " < 0"},
           Case{"attributes.value=true", value + " = 'true'"},
           Case{"attributes.volume>=63.9999&attributes.volume<64",
                "CAST(attributes ->> 'volume' AS numeric) BETWEEN 63.9999 AND 63.99999999999"},
           Case{"attributes.value=like=\"m%\"",
                "jsonb_typeof(attributes -> 'value') = 'string' AND attributes ->> 'value' LIKE 'm%'"},
           Case{"attributes.value=startswith=\"m\"",
                "jsonb_typeof(attributes -> 'value') = 'string' AND attributes ->> 'value' LIKE 'm%'"},
           Case{"attributes.value>=\"n\"",
                "jsonb_typeof(attributes -> 'value') = 'string' AND lower(attributes ->> "
                "'value' COLLATE \"C\") >= 'n'"},
           Case{"attributes.value=is=null", value + " IS NULL OR " + value + " = 'null'"},
           Case{"attributes.value=is=notnull", value + " IS NOT NULL AND " + value + " <> 'null'"},
           Case{"attributes.value=of_type=string", "jsonb_typeof(attributes -> 'value') = 'string'"},
           Case{"!(attributes.value=of_type=string)", "coalesce(jsonb_typeof(attributes -> 'value'), '') <> 'string'"},
           Case{"attributes.state=\"RETRIEVALFAILED\"", "attributes ->> 'state' = 'RETRIEVALFAILED'"},
           Case{"extras.\"ключ\"=\"значение\"", "extras ->> 'ключ' = 'значение'"},
           Case{"input.attributes.value=39",
                "id IN (SELECT output_id FROM db_dblink JOIN db_dbnode AS i ON i.id = input_id WHERE i.attributes -> "
                "'value' = '39')"},
       }) {
    INFO(filter);
    auto const wanted = opened.database->run(
        "SELECT coalesce(string_agg(CAST(id AS text), ',' ORDER BY id), '') FROM "
        "db_dbnode WHERE " +
        expected);
    for (auto* const store : {&*opened.store, &sqlite}) {
      std::string found;
      for (auto const id : ask(*store, encoded("/api/v2/nodes?" + filter)).ids())
        found += (found.empty() ? "" : ",") + std::to_string(id);
      CHECK(found == wanted);
    }
  }
}

TEST_CASE("lists of values are as long as an address", "[documents]") {
  std::string list = "1";
  for (int i = 0; i < 5000; ++i) list += ",1";
  for (auto const* opened : test::every_store())
    for (auto const* const filter : {"attributes.value=contains=", "attributes.value=in=", "attributes.value=notin="})
      CHECK(ask(*opened->store, encoded("/api/v2/nodes?" + (filter + list))).status == 200);
}

TEST_CASE("lengths, keys and elements of what is stored", "[documents]") {
  struct Case {
    std::string filter;
    bool is_found;
  };
  for (auto const engine : test::engines) {
    auto const opened = test::open_fixture(Fixture::generation2, engine);
    std::string const sql =
        "UPDATE db_dbnode SET extras = '{\"list\": [1, \"a\", true, null, [2], {\"b\": 1}], \"object\": {\"k\": "
        "{\"deep\": 1}, "
        "\"7\": 1}, \"empty\": [], \"nothing\": null, \"7\": \"seven\"}' WHERE id = 1";
    if (opened->database)
      opened->database->run(sql);
    else
      test::make_sqlite_file(opened->source, sql);
    for (auto const& [filter, is_found] : {
             Case{"extras.list=of_length=6", true},
             Case{"extras.list=of_length=5", false},
             Case{"extras.list=longer=5", true},
             Case{"extras.list=longer=6", false},
             Case{"extras.list=shorter=7", true},
             Case{"extras.list=shorter=6", false},
             Case{"extras.list=longer=-1", true},
             Case{"extras.empty=shorter=0", false},
             Case{"extras.empty=shorter=1", true},
             Case{"extras.empty=longer=-1", true},
             Case{"extras.object=longer=-1", false},
             Case{"extras.empty=of_length=0", true},
             Case{"extras.list=contains=1", true},
             Case{"extras.list=contains=\"a\",true,1.0", true},
             Case{"extras.list=contains=\"1\"", false},
             Case{"extras.list=contains=2", false},
             Case{"extras.list=contains=1,3", false},
             Case{"extras.object=contains=\"k\"", false},
             Case{"extras.object=has_key=\"k\"", true},
             Case{"extras.object=has_key=7", true},
             Case{"extras.object=has_key=deep", false},
             Case{"extras.list=has_key=\"a\"", false},
             Case{"extras.object.k.deep=1", true},
             Case{"extras.object.7=1", true},
             Case{"extras.object.\"7\"=1", true},
             Case{"extras.list.4.0=2", true},
             Case{"extras.list.5.b=1", true},
             Case{"extras.list.\"0\"=1", false},
             Case{"extras.list.0=1", true},
             Case{"extras.list.00=1", false},
             Case{"extras.7=\"seven\"", true},
             Case{"extras.nothing=is=null", true},
             Case{"extras.nothing=is=notnull", false},
             Case{"extras.nothing=of_type=null", true},
             Case{"extras.nowhere=of_type=null", false},
             Case{"extras.list=of_type=array", true},
             Case{"extras.list=is=notnull", true},
             Case{"extras.list.2=true", true},
             Case{"extras.list.2=in=false,true", true},
             Case{"extras.list.2=false", false},
             Case{"extras.list.1=ilike=\"A\"", true},
             Case{"extras.list.0=like=\"1\"", false},
         }) {
      INFO(test::name_of(engine) << ": " << filter);
      auto const answer = ask(*opened->store, encoded("/api/v2/nodes?id=1&" + filter));
      CHECK(answer.status == 200);
      CHECK(answer.ids().size() == (is_found ? 1 : 0));
    }
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
