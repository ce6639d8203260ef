// SPDX-License-Identifier: MIT
#include "sql/dialect.hpp"

#include <date/date.h>

#include <catch2/catch.hpp>

using namespace restapi;
using model::Type;
using sql::Operand;
using sql::Statement;

namespace {

query::Pattern pattern(std::string_view text, bool fold = false) { return *query::read_pattern(text, fold); }

Statement matched(sql::Dialect const& dialect, Type type, query::Pattern const& pattern) {
  Statement statement("test", 1);
  dialect.match(statement, Operand{"n.label", type}, pattern);
  return statement;
}

std::string bound(Statement const& statement) { return std::get<std::string>(statement.values().at(0)); }

}  // namespace

TEST_CASE("patterns without _ are LIKE, and on SQLite a function as all others", "[sql][dialect]") {
  auto const postgresql = matched(sql::postgresql(), Type::text, pattern("%da\\%ta\\_\\\\%"));
  CHECK(postgresql.text() == "n.label LIKE CAST(:p1 AS text)");
  CHECK(bound(postgresql) == "%da\\%ta\\_\\\\%");
  auto const sqlite = matched(sql::sqlite(), Type::text, pattern("%da\\%ta\\_\\\\%"));
  CHECK(sqlite.text() == "pattern_matches(n.label, :p1)");
  CHECK(bound(sqlite) == "%da\\%ta\\_\\\\%");
}

TEST_CASE("patterns without regard to case match the folded text", "[sql][dialect]") {
  auto const postgresql = matched(sql::postgresql(), Type::text, pattern("AII%", true));
  CHECK(postgresql.text() == "lower(n.label COLLATE \"C\") LIKE CAST(:p1 AS text)");
  CHECK(bound(postgresql) == "aii%");
  auto const sqlite = matched(sql::sqlite(), Type::text, pattern("AII_", true));
  CHECK(sqlite.text() == "pattern_matches(lower(n.label), :p1)");
  CHECK(bound(sqlite) == "aii_");
}

TEST_CASE("a text that the server's encoding may lack is compared as the digits of its UTF-8", "[sql][dialect]") {
  auto const unusual = [](std::string const& encoding, Type type, query::Test const& test) {
    Statement statement("test", 1);
    auto const& dialect = sql::postgresql().of({"db_dbnode.id", "server_encoding." + encoding});
    bool const is_written = dialect.add_unusual_test(statement, Operand{"n.label", type}, test);
    CHECK(is_written == !statement.text().empty());
    auto text = statement.text();
    for (auto const& value : statement.values()) text += " | " + std::get<std::string>(value);
    return text;
  };
  query::Test const e_acute = query::Membership{{std::string("\xC3\xA9")}},
                    euro = query::Membership{{std::string("\xE2\x82\xAC")}};
  std::string const digits = "encode(convert_to(n.label, 'UTF8'), 'hex')";
  for (auto const* encoding : {"UTF8", "SQL_ASCII"}) CHECK(unusual(encoding, Type::text, euro).empty());
  CHECK(unusual("LATIN1", Type::text, e_acute).empty());
  CHECK(unusual("LATIN1", Type::text, euro) == digits + " = ANY (CAST(:p1 AS text[])) | {\"e282ac\"}");
  CHECK(unusual("KOI8R", Type::text, e_acute) == digits + " = ANY (CAST(:p1 AS text[])) | {\"c3a9\"}");
  CHECK(unusual("KOI8R", Type::text, query::Membership{{std::string("e")}}).empty());
  CHECK(
      unusual("WIN1251", Type::text, euro) ==
      "encode(convert_to(regexp_replace(n.label, CAST(:p1 AS text), chr(127), 'g'), 'UTF8'), 'hex') = ANY (CAST(:p2 AS "
      "text[])) | [\\U00000098-\\U00000098] | {\"e282ac\"}");
  CHECK(unusual("KOI8R", Type::integer, query::Membership{{std::int64_t{1}}}).empty());
  CHECK(unusual("LATIN1", Type::text, query::InIntervals{{{std::string("\xE2\x82\xAC"), {}}}}) ==
        "encode(convert_to(lower(n.label COLLATE \"C\"), 'UTF8'), 'hex') COLLATE \"C\" >= CAST(:p1 AS text) | e282ac");
  CHECK(unusual("LATIN1", Type::text, query::Match{pattern("a%\xE2\x82\xAC_")}) ==
        digits + " ~ CAST(:p1 AS text) | ^61(?:..)*e282ac(?:[0-7].|[cd].{3}|e.{5}|f.{7}){0,1}$");
  // The end of the range that an index is asked for is U+0100.
  CHECK_FALSE(unusual("LATIN1", Type::text, query::Match{pattern("\xC3\xBF%")}).empty());
  CHECK(unusual("LATIN1", Type::text, query::Match{pattern("\xC3\xA9%")}).empty());
}

TEST_CASE("uuid columns match as text", "[sql][dialect]") {
  CHECK(matched(sql::postgresql(), Type::uuid, pattern("cdfd48%")).text() ==
        "CAST(n.label AS text) LIKE CAST(:p1 AS text)");
  CHECK(matched(sql::postgresql(), Type::uuid, pattern("CDFD48_", true)).text() ==
        "lower(CAST(n.label AS text) COLLATE \"C\") ~ CAST(:p1 AS text)");
  CHECK(matched(sql::sqlite(), Type::uuid, pattern("cdfd48%")).text() == "pattern_matches(CAST(n.label AS text), :p1)");
}

TEST_CASE("patterns with _ are regular expressions in which no text has a meaning", "[sql][dialect]") {
  auto const expression = [](std::string_view text) {
    return bound(matched(sql::postgresql(), Type::text, pattern(text)));
  };
  CHECK(matched(sql::postgresql(), Type::text, pattern("_")).text() == "n.label ~ CAST(:p1 AS text)");
  CHECK(expression("_") == "^.{0,1}$");
  CHECK(expression("a%d_") == "^a.*d.{0,1}$");
  CHECK(expression("aii%d___a") == "^aii.*d.{0,3}a$");
  CHECK(expression("a1\\_ -_") == "^a1\\_\\ \\-.{0,1}$");
  CHECK(expression(".*+?()[]{}|^$_") == "^\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\^\\$.{0,1}$");
  CHECK(expression("\\\\d_") == "^\\\\d.{0,1}$");  // a backslash and a d, not a class of digits
  CHECK(expression("***:_") == "^\\*\\*\\*\\:.{0,1}$");
  CHECK(expression("\xC3\xA9_") == "^\xC3\xA9.{0,1}$");
}

TEST_CASE("each dialect binds values as its comparisons need them", "[sql][dialect]") {
  auto const text = [](sql::Dialect const& dialect, Type type, model::Value value) {
    Statement statement("test", 1);
    dialect.bind(statement, type, std::move(value));
    return statement.text();
  };
  CHECK(text(sql::postgresql(), Type::integer, std::int64_t{1}) == "CAST(:p1 AS bigint)");
  CHECK(text(sql::postgresql(), Type::text, std::string("a")) == "CAST(:p1 AS text)");
  CHECK(text(sql::postgresql(), Type::uuid, std::string("a")) == ":p1");
  CHECK(text(sql::postgresql(), Type::boolean, true) == ":p1");
  CHECK(text(sql::postgresql(), Type::datetime, model::DateTime{}) == ":p1");
  CHECK(text(sql::sqlite(), Type::integer, std::int64_t{1}) == ":p1");
  CHECK(text(sql::sqlite(), Type::text, std::string("a")) == ":p1");
}

TEST_CASE("values go over the wire as the store keeps them", "[sql][dialect]") {
  model::DateTime const time = date::sys_days{date::year{2016} / 4 / 29} + std::chrono::hours{19};
  using Wire = sql::Wire;
  CHECK(sql::postgresql().wire(std::int64_t{45}) == Wire{std::int64_t{45}});
  CHECK(sql::postgresql().wire(std::string("a")) == Wire{std::string("a")});
  CHECK(sql::postgresql().wire(true) == Wire{std::string("true")});
  CHECK(sql::postgresql().wire(false) == Wire{std::string("false")});
  CHECK(sql::postgresql().wire(time) == Wire{std::string("2016-04-29 19:00:00+00")});
  CHECK(sql::sqlite().wire(std::int64_t{45}) == Wire{std::int64_t{45}});
  CHECK(sql::sqlite().wire(std::string("a")) == Wire{std::string("a")});
  CHECK(sql::sqlite().wire(true) == Wire{std::int64_t{1}});
  CHECK(sql::sqlite().wire(false) == Wire{std::int64_t{0}});
  CHECK(sql::sqlite().wire(time) == Wire{std::string("2016-04-29 19:00:00")});
}

TEST_CASE("ranges of bytes use the operators of the indexes", "[sql][dialect]") {
  Statement postgresql("test", 1), sqlite("test", 1);
  sql::postgresql().byte_range(postgresql, "n.label", "data.", "data/");
  CHECK(postgresql.text() == "n.label ~>=~ CAST(:p1 AS text) AND n.label ~<~ CAST(:p2 AS text)");
  sql::sqlite().byte_range(sqlite, "n.label", "data.", "data/");
  CHECK(sqlite.text() == "n.label >= :p1 AND n.label < :p2");
  CHECK(sqlite.values().size() == 2);
}

TEST_CASE("statements about the database itself take no values", "[sql][dialect]") {
  for (auto const* dialect : {&sql::postgresql(), &sql::sqlite()}) {
    auto const version = dialect->version();
    CHECK(version.width() == 1);
    CHECK(version.values().empty());
    CHECK(version.text().find(':') == std::string::npos);  // SOCI would take it for a placeholder
    CHECK(dialect->columns("it's").width() == 2);
    CHECK(dialect->columns("it's").text().find("it's") == std::string::npos);
  }
  auto const schemas = sql::postgresql().schemas();
  REQUIRE(schemas);
  CHECK(schemas->width() == 2);
  CHECK(schemas->values().empty());
  CHECK_FALSE(sql::sqlite().schemas());
  auto const replication = sql::postgresql().replication();
  REQUIRE(replication);
  CHECK(replication->width() == 3);
  CHECK(replication->values().empty());
  CHECK(replication->text().find(':') == std::string::npos);
  CHECK_FALSE(sql::sqlite().replication());
}
