// SPDX-License-Identifier: MIT
// What is shown of rows with `fields`, and lists that go on behind a position.
#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>

#include "base/base64url.hpp"
#include "http/target.hpp"
#include "support/ask.hpp"
#include "support/sanitized.hpp"

using namespace restapi;
using test::ask;
using test::Fixture;

namespace {

std::string encoded(std::string const& target) {
  auto const behind = target.find('?') + 1;
  return "/api/v2/" + target.substr(0, behind) + http::percent_encode(std::string_view(target).substr(behind));
}

/// The target of the next page; empty: it was the last one.
std::string next_of(test::Answer const& answer) {
  auto const link = answer.header("Link");
  auto const begin = link.find("/api/v2/"), end = link.find('>');
  return begin == link.npos ? "" : link.substr(begin, end - begin);
}

}  // namespace

TEST_CASE("fields are the same in both databases", "[fields]") {
  for (auto const fixture : test::fixtures) {
    auto& postgresql = *test::shared_store(fixture, source::Engine::postgresql).store;
    auto& sqlite = *test::shared_store(fixture, source::Engine::sqlite).store;
    for (auto const* const target :
         {"nodes?fields=id,label,description,process_type,user_id,computer_id,exit_status,degree",
          "nodes?fields=*,computer.name,computer.uuid,user.first_name,user.last_name",
          "nodes?fields=id,attributes.value,attributes.volume,attributes.cell,attributes.nowhere,attributes.state",
          "nodes?fields=id,extras.\"ключ\",extras.list", "nodes?fields=attributes.cell.0.0,attributes.\"cell\".0,id",
          "groups?fields=*,node_count,user.last_name", "computers?fields=name,id", "users?fields=*",
          "calculations?fields=id,attributes.value&orderby=attributes.value",
          "nodes?fields=id,attributes.value&orderby=-attributes.value,-id",
          "nodes?fields=id&orderby=computer.name,-label", "nodes?fields=id&orderby=extras.nowhere"}) {
      INFO(test::name_of(fixture) << ": " << target);
      auto const one = ask(postgresql, encoded(target));
      CHECK(one.status == 200);
      CHECK(one.text == ask(sqlite, encoded(target)).text);
    }
  }
}

TEST_CASE("a field is what its own endpoint says", "[fields]") {
  for (auto const* opened : test::every_store()) {
    auto const list = ask(*opened->store, encoded("nodes?fields=*,attributes,extras,degree,computer.id"));
    REQUIRE(list.status == 200);
    for (auto const& row : list.body["data"]["nodes"]) {
      INFO(opened->name << ": " << row["uuid"]);
      auto const path = "/api/v2/nodes/" + row["uuid"].get<std::string>();
      for (auto const* const document : {"attributes", "extras"}) {
        auto const own = ask(*opened->store, path + "/content/" + document);
        if (own.status != 200) continue;
        CHECK(own.text.starts_with("{\"data\":{\"" + std::string(document) + "\":"));
        CHECK((row[document].is_null() ? nlohmann::json::object() : row[document]) == own.body["data"][document]);
      }
      auto const alone = ask(*opened->store, path + "?fields=id,attributes,label");
      CHECK(alone.body["data"]["nodes"][0]["attributes"] == row["attributes"]);
      CHECK(alone.body["data"]["nodes"][0].size() == 3);
      auto const computer = row["computer.id"];
      auto const of_computer = ask(*opened->store, "/api/v2/nodes?id=" + row["id"].dump() +
                                                       "&computer.id=" + (computer.is_null() ? "0" : computer.dump()));
      CHECK(of_computer.ids().size() == (computer.is_null() ? 0 : 1));
    }
  }
}

TEST_CASE("what cannot be shown, and how lists cannot go on", "[fields]") {
  struct Case {
    std::string target, message;
  };
  auto& store = *test::shared_store(Fixture::generation2, source::Engine::sqlite).store;
  for (auto const& [target, message] : {
           Case{"nodes?fields=labl", "nodes has no field \"labl\" (at byte 7 of the query string); did you mean "},
           Case{"nodes?fields=group.name", "nodes may have several of \"group\""},
           Case{"nodes?fields=id,user.email", "email is private and is never shown (at byte 10 of"},
           Case{"computers?fields=state", "computers has no field \"state\""},
           Case{"users?fields=degree", "users has no field \"degree\""},
           Case{"nodes?fields=label.x", "nothing stands behind label"},
           Case{"nodes?fields=-id", "fields takes names of fields"},
           Case{"nodes?fields=computer.\"names\"", "computers has no field \"names\""},
           Case{"nodes?orderby=degree", "nodes cannot be ordered by \"degree\""},
           Case{"nodes?orderby=group.name", "nodes cannot be ordered by"},
           Case{"nodes?count=some", "count takes exact, none or estimated"},
           Case{"nodes?after=WzFd", "this is no position in this list"},
           Case{"nodes?after=%", "syntax error"},
           Case{"nodes?after=&offset=1", "after is incompatible with offset"},
           Case{"nodes/page/1?after=", "after is incompatible with offset"},
           Case{"nodes?(after=&id=1)", "after stands outside parentheses"},
           Case{"nodes/statistics?fields=id", "fields cannot stand here"},
           Case{"users/1?count=none", "count cannot stand here"},
       }) {
    INFO(target);
    auto const answer = ask(store, encoded(target));
    CHECK(answer.status == 400);
    CHECK_THAT(answer.body.value("message", ""), Catch::Contains(message));
  }
}

TEST_CASE("behind one position after the other, a list is whole", "[fields]") {
  for (auto const* opened : test::every_store()) {
    for (auto const* const order :
         {"",
          "orderby=id",
          "orderby=-id",
          "orderby=label",
          "orderby=-type,label",
          "orderby=state",
          "orderby=-state,label",
          "orderby=ctime",
          "orderby=-mtime",
          "orderby=uuid&id>5",
          "orderby=computer.name,-id",
          "orderby=-computer.name,label",
          "orderby=attributes.value",
          "orderby=-attributes.value,label",
          "orderby=description,-ctime",
          "orderby=-exit_status",
          "orderby=exit_status,id",
          "orderby=attributes.cell,attributes.state,-id",
          "orderby=attributes",
          "orderby=-extras,label",
          "orderby=attributes.a,attributes.b,-attributes.c,attributes.d,attributes.e,attributes.f,label,type,-state"}) {
      auto const list = ask(*opened->store, encoded("nodes?" + std::string(order)));
      REQUIRE(list.status == 200);
      for (auto const size : {test::is_sanitized ? 3 : 1, 4, 400}) {
        INFO(opened->name << ": " << order << ", " << size << " rows at once");
        std::vector<std::int64_t> ids;
        std::size_t pages = 0;
        auto target = encoded("nodes?limit=" + std::to_string(size) + "&after=&" + order);
        while (!target.empty() && ++pages <= list.ids().size() + 1) {
          auto const page = ask(*opened->store, target);
          REQUIRE(page.status == 200);
          CHECK(page.header("X-Total-Count") == std::to_string(list.ids().size()));
          std::ranges::copy(page.ids(), std::back_inserter(ids));
          target = next_of(page);
        }
        CHECK(ids == list.ids());
      }
    }
  }
}

TEST_CASE("a position is of one list only, and a made one does no harm", "[fields]") {
  for (auto const* opened : test::every_store()) {
    auto const first = ask(*opened->store, "/api/v2/nodes?limit=2&after=&orderby=-ctime&fields=id");
    auto const next = next_of(first);
    REQUIRE_FALSE(next.empty());
    auto const begin = next.find("after=") + 6;
    auto const token = next.substr(begin, next.find('&', begin) - begin);
    CHECK(ask(*opened->store, "/api/v2/nodes?limit=7&orderby=-ctime&after=" + token).status == 200);
    CHECK(ask(*opened->store, "/api/v2/nodes?orderby=ctime&after=" + token).status == 400);
    CHECK(ask(*opened->store, "/api/v2/data?orderby=-ctime&after=" + token).status == 400);
    CHECK(ask(*opened->store, "/api/v2/nodes?orderby=-ctime&id>1&after=" + token).status == 400);
    auto const text = *from_base64url(token);
    auto const mark = text.substr(0, text.find(';') + 1);
    auto const ask_behind = [&](std::string const& values) {
      return ask(*opened->store, "/api/v2/nodes?orderby=-ctime&after=" + to_base64url(mark + values)).status;
    };
    auto const written = [](std::string_view value) {
      return std::to_string(value.size()) + ":" + std::string(value) + ";";
    };
    for (auto const* const time : {"", "yesterday", "2024-13-77 00:00:00+00", "9999999-01-01 00:00:00+00", "-infinity"})
      for (auto const* const id : {"1", "x", "99999999999999999999"}) {
        INFO(opened->name << ": " << time << ", " << id);
        CHECK(ask_behind(written(time) + written(id)) == 200);
      }
    CHECK(ask_behind("-;" + written("1")) == 200);
    for (auto const* const damaged : {"", "-;", "-;-;-;", "1:a;-", "9:a;-;", "-1:a;-;", ":;-;", "1:ab;-;"})
      CHECK(ask_behind(damaged) == 400);
  }
}

TEST_CASE("lists that are not counted, and lists that are counted roughly", "[fields]") {
  for (auto const* opened : test::every_store()) {
    INFO(opened->name);
    auto const list = ask(*opened->store, "/api/v2/nodes?limit=5");
    auto const none = ask(*opened->store, "/api/v2/nodes?limit=5&count=none");
    CHECK(none.ids() == list.ids());
    CHECK(none.header("X-Total-Count").empty());
    auto const estimated = ask(*opened->store, "/api/v2/nodes?limit=5&count=estimated&label=like=\"%25\"");
    CHECK(estimated.ids() == list.ids());
    CHECK(std::stoi(estimated.header("X-Total-Count")) >= 5);
    CHECK((estimated.header("X-Total-Count-Kind") == "estimated") == (opened->engine == source::Engine::postgresql));
    auto const second = ask(*opened->store, "/api/v2/nodes/page/2?perpage=3&count=none");
    CHECK(second.ids().size() == 3);
    CHECK_THAT(second.header("Link"), Catch::Contains("page/3?") && !Catch::Contains("rel=\"last\""));
    CHECK(ask(*opened->store, "/api/v2/nodes/page/9999?perpage=3&count=none").ids().empty());
  }
}

TEST_CASE("a value that is too large for a list is said", "[fields]") {
  for (auto const engine : test::engines) {
    auto const opened = test::open_fixture(Fixture::generation2, engine);
    auto const sql = "UPDATE db_dbnode SET extras = '{\"large\": \"" + std::string(200'000, 'x') + "\"}' WHERE id = 1";
    if (opened->database)
      opened->database->run(sql);
    else
      test::make_sqlite_file(opened->source, sql);
    INFO(opened->name);
    auto const answer = ask(*opened->store, "/api/v2/nodes?id=1&fields=id,extras.large");
    CHECK(answer.status >= 400);
    CHECK_THAT(answer.text, Catch::Contains("extras.large of one of the rows is too large"));
    CHECK(ask(*opened->store, "/api/v2/nodes?id=1&fields=id,attributes").status == 200);
  }
}

TEST_CASE("facets count what lists have", "[fields]") {
  for (auto const fixture : test::fixtures) {
    auto& postgresql = *test::shared_store(fixture, source::Engine::postgresql).store;
    auto& sqlite = *test::shared_store(fixture, source::Engine::sqlite).store;
    for (auto const* const target :
         {"nodes/facets?keys=type,state,computer.name,user.last_name",
          "nodes/facets?keys=ctime,mtime,exit_status,label", "data/facets?keys=attributes.value,type&id>3",
          "groups/facets?keys=type,node_count,user.last_name", "computers/facets?keys=enabled,name",
          "users/facets?keys=institution,last_name", "nodes/facets?keys=state&(type=like=\"%calc%\"|label=is=null)",
          "nodes/facets?keys=uuid,id"}) {
      INFO(test::name_of(fixture) << ": " << target);
      auto const one = ask(postgresql, encoded(target));
      CHECK(one.status == 200);
      CHECK(one.text == ask(sqlite, encoded(target)).text);
      for (auto const& [key, facet] : one.body["data"]["facets"].items()) {
        auto sum = facet["other"].get<std::int64_t>(), before = std::numeric_limits<std::int64_t>::max();
        for (auto const& value : facet["values"]) {
          sum += value["count"].get<std::int64_t>();
          CHECK(value["count"] <= before);
          before = value["count"];
        }
        CHECK(std::to_string(sum) == one.header("X-Total-Count"));
      }
    }
    auto const states = ask(postgresql, "/api/v2/nodes/facets?keys=state");
    for (auto const& value : states.body["data"]["facets"]["state"]["values"]) {
      auto const filter = value["value"].is_null() ? "=is=null" : "=\"" + value["value"].get<std::string>() + "\"";
      CHECK(ask(sqlite, encoded("nodes?state" + filter)).header("X-Total-Count") == value["count"].dump());
    }
  }
}

TEST_CASE("facets show the most frequent values, and dates as far apart as fits", "[fields]") {
  for (auto const engine : test::engines) {
    auto const opened = test::open_fixture(Fixture::generation2, engine);
    std::string sql;
    for (int i = 0; i < 150; ++i)
      sql += "INSERT INTO db_dbgroup (id, uuid, label, type_string, time, description, extras, user_id) SELECT " +
             std::to_string(1000 + i) + ", '00000000-0000-4000-8000-" + std::to_string(100000000000 + i) + "', 'many " +
             std::to_string(i) + "', 'core', '" + std::to_string(2000 + i / 12) + "-0" + std::to_string(1 + i % 9) +
             "-01 00:00:00', 'same', '" + (i % 2 == 0 ? "{}" : R"({"x": null})") + "', min(id) FROM db_dbuser;";
    if (opened->database)
      opened->database->run(sql);
    else
      test::make_sqlite_file(opened->source, sql);
    INFO(opened->name);
    auto const facets = ask(*opened->store, "/api/v2/groups/facets?keys=name,time,description,extras.x&id>=1000")
                            .body["data"]["facets"];
    CHECK(facets["name"]["values"].size() == 100);
    CHECK(facets["name"]["other"] == 50);
    CHECK(facets["description"]["values"] == nlohmann::json::parse(R"([{"count":150,"value":"same"}])"));
    CHECK(facets["extras.x"]["values"] == nlohmann::json::parse(R"([{"count":150,"value":null}])"));
    CHECK(facets["time"]["by"] == "year");
    CHECK(facets["time"]["values"].size() == 13);
    CHECK(facets["time"]["values"][0] == nlohmann::json::parse(R"({"count":12,"value":"2000"})"));
  }
}

TEST_CASE("behind dates far away, and texts of any encoding", "[fields]") {
  auto const check = [](store::Store& store, std::string const& order) {
    auto const list = ask(store, encoded("nodes?" + order));
    REQUIRE(list.status == 200);
    std::vector<std::int64_t> ids;
    std::size_t pages = 0;
    for (auto target = encoded("nodes?limit=2&after=&" + order); !target.empty() && ++pages < 100;) {
      auto const page = ask(store, target);
      REQUIRE(page.status == 200);
      std::ranges::copy(page.ids(), std::back_inserter(ids));
      target = next_of(page);
    }
    CHECK(ids == list.ids());
  };
  auto const far = test::open_fixture(Fixture::generation2, source::Engine::postgresql);
  far->database->run(
      "UPDATE db_dbnode SET ctime = CASE id % 6 WHEN 0 THEN timestamptz '0044-03-15 00:00:00+00 BC' WHEN 1 THEN "
      "'12000-02-29 01:02:03.4+00' WHEN 2 THEN 'infinity' WHEN 3 THEN '-infinity' WHEN 4 THEN '0005-02-28 00:00:00+00 "
      "BC' ELSE ctime END");
  for (auto const* const order : {"orderby=ctime", "orderby=-ctime", "orderby=user.first_name,-ctime"})
    check(*far->store, order);
  for (auto const* const encoding : {"WIN1252", "KOI8R", "SQL_ASCII", "LATIN1"}) {
    INFO(encoding);
    test::PostgreSqlDatabase const database(test::postgresql_of_tests(), encoding);
    database.load(Fixture::document);
    database.run(
        std::string("SET client_encoding = 'UTF8'; UPDATE db_dbnode SET label = CASE id % 3 WHEN 0 THEN 'a' || id "
                    "WHEN 1 THEN '") +
        (std::string_view(encoding) == "KOI8R" ? "\u0436" : "\u00e9") + "' || id ELSE '' END");
    auto const opened = test::open(database.uri());
    for (auto const* const order : {"orderby=label", "orderby=-label", "orderby=-label,type"}) check(*opened, order);
  }
}
