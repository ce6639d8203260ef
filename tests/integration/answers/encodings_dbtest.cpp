// SPDX-License-Identifier: MIT
// PostgreSQL databases that keep texts in another encoding than UTF-8: filters find what they would find in one with
// UTF-8, also with characters that the encoding lacks, and a byte that is no character takes nothing away.
#include <catch2/catch.hpp>

#include "http/target.hpp"
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
    sql += insert(i + 1, '\'' + labels[i] + '\'',
                  "'{\"process_state\": \"" + labels[i] + "\", \"list\": [1, \"" + labels[i] + "\"], \"members\": {\"" +
                      labels[i] + "\": {\"" + labels[i] + "\": \"" + labels[i] + "\"}}}'");
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
    auto const quoted = '"' + value + '"';
    for (auto const* comparison : {"=", "!=", "=in=1,", "=like=", "=startswith=", "<="})
      all.push_back("attributes.process_state" + (comparison + quoted));
    all.push_back("attributes.list=contains=" + quoted);
    all.push_back("attributes.list=contains=1," + quoted + ",\"plain\"");
    all.push_back("attributes.members=has_key=" + quoted);
    all.push_back("attributes.members." + quoted + "=of_type=object");
    all.push_back("attributes.members." + quoted + "=is=null");
    all.push_back("attributes.members." + quoted + "." + quoted + "=" + quoted);
    all.push_back("!(attributes.members." + quoted + "." + quoted + "=" + quoted + ")");
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
        auto const target = "/api/v2/nodes?orderby=id&" + http::percent_encode(filter);
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

namespace {

/// A server encoding, a byte sequence of it without an equivalent in Unicode, and a character of it.
struct Lacking {
  std::string encoding, bytes, character;
};
std::vector<Lacking> const lacking{
    {"WIN1252", "\\x81", "\xC3\xA9"},         {"WIN1251", "\\x98", "\xD0\x96"},
    {"WIN1253", "\\xD2", "\xCE\xB1"},         {"ISO_8859_7", "\\xFF", "\xCE\xB1"},
    {"EUC_JP", "\\xF8\\xFE", "\xE6\x97\xA5"}, {"EUC_JIS_2004", "\\xA4\\xFC\\x8F\\xA2\\xA1", "\xE6\x97\xA5"},
    {"EUC_CN", "\\xFE\\xFE", "\xE4\xB8\x80"}, {"EUC_KR", "\\xA2\\xFE", "\xED\x95\x9C"},
    {"EUC_TW", "\\xFD\\xFE", "\xE4\xB8\x80"}};

/// Everything that has a text, with the bytes in it, in the client encoding of the server; and the same with the
/// character, in UTF-8.
void fill(test::PostgreSqlDatabase const& database, Lacking const& row) {
  auto const computer = [](std::string const& id, std::string const& text) {
    return "INSERT INTO db_dbcomputer (id, uuid, label, hostname, description, scheduler_type, transport_type, "
           "metadata) "
           "VALUES (" +
           id + ", '00000000-0000-4000-8000-00000000001" + id + "', E'l" + text + "', E'h" + text + "', E'd" + text +
           "', E's" + text + "', E't" + text + "', '{}');";
  };
  auto const group = [](std::string const& id, std::string const& text) {
    return "INSERT INTO db_dbgroup (id, uuid, label, type_string, time, description, extras, user_id) VALUES (" + id +
           ", '00000000-0000-4000-8000-00000000002" + id + "', E'g" + text + "', E'core" + text +
           "', '2024-01-01', E'd" + text + "', '{}', 1);";
  };
  auto const user = [](std::string const& id, std::string const& text) {
    return "INSERT INTO db_dbuser (id, email, first_name, last_name, institution) VALUES (" + id + ", E'e" + text +
           "', E'f" + text + "', E'l" + text + "', E'i" + text + "');";
  };
  auto const all = [&](std::string const& id, std::string const& text) {
    return insert(std::stoul(id), "E'x" + text + "y'",
                  "E'{\"process_state\": \"fin" + text + "\", \"v\": \"a" + text + "b\", \"k" + text + "\": 1}'") +
           "UPDATE db_dbnode SET node_type = E'process.calculation." + text + ".x.' WHERE id = " + id + ";";
  };
  auto sql = with_user();
  sql += all("1", row.bytes);
  sql += computer("2", row.bytes) + group("2", row.bytes) + user("2", row.bytes) + insert(3, "'plain'") + "SELECT 1";
  test::cell(database.uri() + "&client_encoding=" + row.encoding, sql);
  auto const clean = all("4", row.character) + computer("5", row.character) + group("5", row.character) +
                     user("5", row.character) + "SELECT 1";
  test::cell(database.uri() + "&client_encoding=UTF8", clean);
}

}  // namespace

TEST_CASE("bytes without an equivalent in Unicode are shown as U+FFFD and take nothing away", "[encoding]") {
  Servers const servers;
  std::string const lost = "\xEF\xBF\xBD";
  for (auto const& row : lacking) {
    test::PostgreSqlDatabase const database(servers.server.uri(), row.encoding);
    fill(database, row);
    auto const session = test::cell(servers.pooler.uri(database.uri()), "SHOW client_encoding");
    auto const sign = row.encoding == "EUC_JIS_2004" ? lost + lost : lost;
    for (auto const& [name, store] : servers.stores_of(database)) {
      INFO(row.encoding << ", " << name);
      auto const get = [&, &served = *store](std::string const& target) {
        INFO(target);
        auto const answer = test::ask(served, "/api/v2/" + target);
        CHECK(answer.status == 200);
        return answer.status == 200 ? answer.body.at("data") : nlohmann::json();
      };
      auto const ids = [&, &served = *store](std::string const& target) {
        return test::ids_of(served, "/api/v2/" + target);
      };
      using Ids = std::vector<std::int64_t>;

      auto const nodes = get("nodes?orderby=id").at("nodes");
      REQUIRE(nodes.size() == 3);
      CHECK(nodes.at(0).at("label") == "x" + sign + "y");
      CHECK(nodes.at(0).at("state") == "fin" + sign);
      CHECK(nodes.at(0).at("type") == "process.calculation." + sign + ".x.");
      CHECK(nodes.at(2).at("label") == "x" + row.character + "y");
      CHECK(get("computers?orderby=id").at("computers").at(0).at("name") == "l" + sign);
      CHECK(get("computers?orderby=id").at("computers").at(1).at("hostname") == "h" + row.character);
      CHECK(get("groups?orderby=id").at("groups").at(0).at("name") == "g" + sign);
      CHECK(get("users?orderby=id").at("users").at(1).at("last_name") == "l" + sign);
      CHECK(get("nodes/statistics").at("total") == 3);
      std::string const node = "nodes/00000000-0000-4000-8000-00000000000";
      CHECK(get(node + "1").at("nodes").at(0).at("label") == "x" + sign + "y");
      CHECK(get(node + "1/content/attributes").at("attributes").at("v") == "a" + sign + "b");
      CHECK(get(node + "1/content/attributes").at("attributes").at("k" + sign) == 1);
      CHECK(get(node + "4/content/attributes?alist=v").at("attributes").at("v") == "a" + row.character + "b");
      CHECK(get(node + "4/content/attributes?alist=\"k" + row.character + "\"").at("attributes").size() == 1);

      for (std::string const key : {"label", "-label", "type", "state", "-state"})
        CHECK(ids("nodes?orderby=" + key).size() == 3);
      CHECK(ids("nodes?label=\"plain\"") == Ids{3});
      CHECK(ids("nodes?label=like=\"x%\"&orderby=id") == Ids{1, 4});
      CHECK(ids("nodes?label=like=\"%y\"&orderby=id") == Ids{1, 4});
      CHECK(ids("nodes?state=like=\"fin%\"&orderby=id") == Ids{1, 4});
      CHECK(ids("nodes?label=ilike=\"X_Y\"&orderby=id").size() >= 1);
      for (std::string const key : {"label", "type", "state"}) {
        INFO(key);
        auto const before = key == "label" ? "x" : key == "state" ? "fin" : "process.calculation.";
        auto const after = key == "label" ? "y" : key == "state" ? "" : ".x.";
        auto const own = "\"" + (before + row.character + after) + "\"";
        CHECK(ids("nodes?orderby=id&" + key + "=" + own) == Ids{4});
        CHECK(ids("nodes?orderby=id&" + key + "=in=\"?\"," + own) == Ids{4});
        CHECK(ids("nodes?orderby=id&" + key + "=like=\"%" + row.character + "%\"") == Ids{4});
        CHECK(ids("nodes?orderby=id&" + key + ">=" + own) == Ids{4});
        for (std::string const text : {"\xF0\x9F\x98\x80", "\xEF\xBF\xBD"}) {
          for (auto const* comparison : {"=", "=like=", "=ilike=", "=in=", ">"})
            CHECK(ids("nodes?" + key + comparison + "\"" + text + "\"").empty());
          for (auto const* comparison : {"!=", "<"})
            CHECK(ids("nodes?orderby=id&label" + std::string(comparison) + "\"" + text + "\"") == Ids{1, 3, 4});
        }
      }
      for (std::string const key : {"computers?name", "computers?hostname", "groups?name", "users?last_name"}) {
        CHECK(ids(key + "=\"\xF0\x9F\x98\x80\"").empty());
        CHECK(ids(key + "=like=\"%" + row.character + "\"") == Ids{5});
      }
    }
    CHECK(test::cell(servers.pooler.uri(database.uri()), "SHOW client_encoding") == session);
  }
}

TEST_CASE("a database in an encoding that is not known is refused with the reason", "[encoding][error]") {
  Servers const servers;
  test::PostgreSqlDatabase const database(servers.server.uri(), "MULE_INTERNAL");
  test::cell(database.uri() + "&client_encoding=SQL_ASCII", with_user() + "SELECT 1");
  for (auto const& uri : {database.uri(), servers.pooler.uri(database.uri())}) {
    source::Source source;
    source.engine = source::Engine::postgresql;
    source.location = uri;
    auto const refused = store::open_store(source, {});
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().message, Catch::Contains("MULE_INTERNAL"));
    CHECK(refused.error().lasting == "its texts are in an encoding that is not known here");
  }
}
