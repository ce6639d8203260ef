// SPDX-License-Identifier: MIT
// Queries that are meant to hurt: patterns that make matchers explode, and as many values as a target has room for.
#include <catch2/catch.hpp>
#include <chrono>

#include "http/target.hpp"
#include "support/ask.hpp"

using namespace restapi;
using test::ask;
using test::Fixture;

namespace {

constexpr std::size_t largest_target = 16 * 1024;

}  // namespace

TEST_CASE("as much as fits into a target is answered on every store", "[differential][hostile]") {
  auto const repeated = [](std::string text, std::string const& piece, std::size_t most = largest_target) {
    for (; most > 0 && text.size() + piece.size() <= largest_target; --most) text += piece;
    return text;
  };
  std::string const nodes = "/api/v2/nodes?";
  std::string times = nodes + "mtime=in=2016-04-23";  // 200 are the most that lists may have together
  for (int day = 0; day < 98; ++day) times += "," + std::to_string(1900 + day) + "-04-22";
  times += repeated("&ctime=in=2016-04-23", ",2016-04-22", 99);
  std::string ids = nodes + "id=in=45", names = nodes + "label=notin=\"a\"";  // as many different ones as fit
  for (int id = 56; ids.size() < largest_target - 8; ++id) ids += "," + std::to_string(id);
  for (int name = 0; names.size() < largest_target - 8; ++name) names += ",\"" + std::to_string(name) + "\"";
  std::vector<std::string> const targets{repeated(nodes + "id=in=45", ",5"),
                                         repeated(nodes + "id=notin=45", ",-9"),
                                         repeated(nodes + "label=in=\"a\"", ",\"b\""),
                                         repeated(nodes + "uuid=notin=a", ",b"),
                                         ids,
                                         names,
                                         times,
                                         repeated(nodes + "id>0", "&id>5", 99),
                                         repeated(nodes + "state!=\"x\"", "&state=like=\"%_%\"", 99),
                                         repeated(nodes + "type=like=\"%_a\"", "&type=ilike=\"%_____d%\"", 99),
                                         repeated(nodes + "orderby=id", ",-id"),
                                         repeated(nodes + "orderby=state", ",label,-type"),
                                         repeated(nodes + "label<=\"", "m") + "\"",
                                         repeated(nodes, "_=1&")};
  for (auto const fixture : test::fixtures) {
    for (auto const& target : targets) {
      INFO(test::name_of(fixture) << ": " << target.substr(0, 80));
      auto const one = ask(*test::shared_store(fixture, source::Engine::postgresql).store, target);
      CHECK(one.status == 200);
      CHECK(one.text == ask(*test::shared_store(fixture, source::Engine::sqlite).store, target).text);
    }
  }
}

TEST_CASE("hostile patterns are answered or refused, on long texts too", "[like][hostile]") {
  // What makes backtracking matchers exponential. The statement timeout stands for "quickly": beyond it, a 504.
  std::string percents, mixed, optional = std::string(64, '_'), spread;
  for (int i = 0; i < 300; ++i) percents += "%a";
  for (int i = 0; i < 60; ++i) mixed += "%a_";
  for (int i = 0; i < 60; ++i) spread += "_a";
  auto const long_text = std::string(200'000, 'a');
  std::vector<std::string> const patterns{percents + "%b",
                                          mixed + "%b",
                                          "%" + optional + "b",
                                          optional + "%b" + "%c",
                                          spread + "b",
                                          "%" + spread + "%b",
                                          std::string(900, '%') + "b",
                                          std::string(998, '\\'),
                                          "(((((a*)*)*)*)*)*b",
                                          "%(a|a)*%_b",
                                          "_[a-a]{1,64}_",
                                          std::string(300, '(') + "_",
                                          "_\\1\\2",
                                          "***:_a"};
  for (auto const engine : test::engines) {
    auto const opened = test::open_fixture(Fixture::document, engine, {.statement_timeout = std::chrono::seconds(5)});
    auto const update = "UPDATE db_dbcomputer SET description = '" + long_text + "' WHERE id = 4";
    if (engine == source::Engine::postgresql)
      opened->database->run(update);
    else
      test::make_sqlite_file(opened->source, update);
    for (auto const& pattern : patterns) {
      for (auto const* comparison : {"=like=", "=ilike="}) {
        INFO(opened->name << ": " << comparison << pattern.substr(0, 80));
        auto const answer = ask(*opened->store, "/api/v2/computers?description" + std::string(comparison) +
                                                    http::percent_encode("\"" + pattern + "\""));
        CHECK((answer.status == 200 || answer.status == 400));
        if (answer.status == 200) CHECK(answer.ids().empty());
      }
    }
    CHECK(test::ids_of(*opened->store, "/api/v2/computers?description=like=\"a%25a_\"") ==
          std::vector<std::int64_t>{4});
  }
}
