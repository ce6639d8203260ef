// SPDX-License-Identifier: MIT
// PostgreSQL databases that keep texts in another encoding than UTF-8: filters find what they would find in one with
// UTF-8, also with characters that the encoding lacks, and a byte that is no character takes nothing away.
#include <catch2/catch.hpp>

#include "support/ask.hpp"
#include "support/postgresql_tools.hpp"

using namespace restapi;

namespace {

struct Served {
  std::string name;
  std::shared_ptr<store::Store> store;
};

/// A server with a pooler in front of it.
struct Servers {
  test::PostgreSqlServer const server;
  test::Pooler const pooler{server, "transaction"};

  std::vector<Served> stores_of(test::PostgreSqlDatabase const& database) const {
    std::vector<Served> stores;
    stores.push_back({"direct", test::open(database.uri())});
    stores.push_back({"through a pooler", test::open(pooler.uri(database.uri()))});
    return stores;
  }
};

std::string insert(std::size_t id, std::string const& label, std::string const& attributes = "'{}'") {
  auto const digits = std::to_string(id);
  auto const uuid = "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
  return "INSERT INTO db_dbnode (id, uuid, node_type, label, description, ctime, mtime, attributes, extras, "
         "repository_metadata, user_id) VALUES (" +
         digits + ", '" + uuid + "', 'process.calculation.calcfunction.CalcFunctionNode.', " + label +
         ", '', '2024-01-01', '2024-01-01', " + attributes + ", '{}', '{}', 1);";
}

std::string with_user() {
  return test::read_file("sql/schema/postgresql_gen2.sql") +
         "INSERT INTO db_dbuser (id, email, first_name, last_name, institution) VALUES (1, 'a@b', '', '', '');";
}

/// Nodes with these labels, which are also their states, from 1 on.
void fill(test::PostgreSqlDatabase const& database, std::vector<std::string> const& labels) {
  auto sql = with_user();
  for (std::size_t i = 0; i < labels.size(); ++i)
    sql += insert(i + 1, '\'' + labels[i] + '\'', "'{\"process_state\": \"" + labels[i] + "\"}'");
  test::cell(database.uri() + "&client_encoding=UTF8", sql + "SELECT 1");
}

std::vector<std::string> filters() {
  std::vector<std::string> all;
  for (std::string const value : {"\xE2\x82\xAC", "\xC3\xA9", "\xC3\xBF", "\xD0\x96", "caf\xC3\xA9", "\xE6\x97\xA5",
                                  "z", "caf\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
    for (auto const* comparison : {"=", "!=", "<", "<=", ">", ">=", "=like=", "=ilike="})
      for (auto const* key : {"label", "state"}) all.push_back(std::string(key) + comparison + '"' + value + '"');
    for (auto const* pattern : {"%@%", "@%", "%@", "_@%", "%@_", "_@_", "C_F%@", "%@%@%"})
      for (auto const* comparison : {"=like=", "=ilike="}) {
        std::string text = pattern;
        for (std::size_t at = 0; (at = text.find('@')) != text.npos;) text.replace(at, 1, value);
        all.push_back(std::string("label") + comparison + '"' + text + '"');
      }
    all.push_back("label=in=\"" + value + "\",\"plain\",\"Z\"");
    all.push_back("label=notin=\"" + value + "\",\"plain\"");
    all.push_back("type=\"" + value + "\"");
    all.push_back("type=like=\"%" + value + "\"");
    all.push_back("uuid=like=\"%" + value + "\"");
    all.push_back("uuid!=\"" + value + "\"");
  }
  return all;
}

}  // namespace

TEST_CASE("filters find what they find in UTF-8, whatever the encoding of the database", "[encoding]") {
  Servers const servers;
  std::vector<std::pair<std::string, std::vector<std::string>>> const databases{
      {"LATIN1", {"plain", "caf\xC3\xA9", "CAF\xC3\x89", "\xC3\xBF", "\xC3\xBFz", "z", "Z", "", "a\xC3\xA9\xC3\xA9"}},
      {"LATIN9", {"plain", "caf\xC3\xA9", "caf\xE2\x82\xAC", "\xE2\x82\xAC 5", "5 \xE2\x82\xAC", "\xC3\xBF", "z"}},
      {"KOI8R", {"plain", "\xD0\x96\xD1\x83\xD0\xBA", "\xD1\x8F", "a\xD0\x96z", "Z", "z"}},
      {"EUC_JP", {"plain", "\xE6\x97\xA5\xE6\x9C\xAC", "z\xE6\x97\xA5", "\xD0\x96"}}};
  auto const targets = filters();
  for (auto const& [encoding, labels] : databases) {
    test::PostgreSqlDatabase const database(servers.server.uri(), encoding), unicode(servers.server.uri(), "UTF8");
    fill(database, labels);
    fill(unicode, labels);
    auto const expected = test::open(unicode.uri());
    for (auto const& [name, store] : servers.stores_of(database)) {
      INFO(encoding << ", " << name);
      for (auto const& filter : targets) {
        INFO(filter);
        auto const target = "/api/v2/nodes?orderby=id&" + filter;
        auto const found = test::ask(*store, target), wanted = test::ask(*expected, target);
        CHECK(found.status == 200);
        CHECK(found.body["data"] == wanted.body["data"]);
        CHECK(found.header("X-Total-Count") == wanted.header("X-Total-Count"));
      }
    }
  }
}

TEST_CASE("in SQL_ASCII a byte that is no character is shown as U+FFFD, and the others as they are", "[encoding]") {
  Servers const servers;
  test::PostgreSqlDatabase const database(servers.server.uri(), "SQL_ASCII");
  database.run(with_user() +
               insert(1, "E'm\\xFF'", "E'{\"n\": \"b\\xFF\", \"energy\": 1.5, \"process_state\": \"c\\xFF\"}'") +
               insert(2, "E'caf\\xC3\\xA9'", "E'{\"n\": \"\\xC3\\xA9\"}'") + insert(3, "'plain'"));
  auto const session = test::cell(database.uri(), "SHOW client_encoding");
  for (auto const& [name, store] : servers.stores_of(database)) {
    INFO(name);
    auto const ids = [&, &served = *store](std::string const& query) {
      return test::ids_of(served, "/api/v2/nodes?" + query);
    };
    auto const list = test::ask(*store, "/api/v2/nodes?orderby=id");
    REQUIRE(list.status == 200);
    auto const& rows = list.body.at("data").at("nodes");
    CHECK(rows.at(0).at("label") == "m\xEF\xBF\xBD");
    CHECK(rows.at(0).at("state") == "c\xEF\xBF\xBD");
    CHECK(rows.at(1).at("label") == "caf\xC3\xA9");
    CHECK(ids("orderby=-label").size() == 3);
    CHECK(ids("label=\"caf\xC3\xA9\"") == std::vector<std::int64_t>{2});
    CHECK(ids("label=like=\"%\xC3\xA9\"") == std::vector<std::int64_t>{2});
    CHECK(ids("label=\"\xE2\x82\xAC\"").empty());
    CHECK(ids("label!=\"\xE2\x82\xAC\"&orderby=id") == std::vector<std::int64_t>{1, 2, 3});
    CHECK(test::ask(*store, "/api/v2/nodes/statistics").status == 200);
    auto const node = "/api/v2/nodes/00000000-0000-4000-8000-00000000000";
    CHECK(test::ask(*store, node + std::string("1")).status == 200);
    CHECK(test::ask(*store, node + std::string("1/content/attributes")).body.at("data").at("attributes").dump() ==
          "{\"energy\":1.5,\"n\":\"b\xEF\xBF\xBD\",\"process_state\":\"c\xEF\xBF\xBD\"}");
    CHECK(test::ask(*store, node + std::string("2/content/attributes")).body.at("data").at("attributes").dump() ==
          "{\"n\":\"\xC3\xA9\"}");
  }
  // What the pooler's sessions were told has ended with what was read.
  CHECK(test::cell(servers.pooler.uri(database.uri()), "SHOW client_encoding") == session);
}
