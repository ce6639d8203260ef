// SPDX-License-Identifier: MIT
// Whoever may create something in the database cannot have the server's role run it, and the tables that are read are
// AiiDA's, wherever they are.
#include <catch2/catch.hpp>

#include "support/ask.hpp"
#include "support/postgresql_server.hpp"
#include "support/session.hpp"

using namespace restapi;
using test::Fixture;

namespace {

/// What a stranger may do who has been given a schema to write into; and a reader with a table to leave traces in.
constexpr char const* roles = R"(
CREATE ROLE mallory LOGIN;
CREATE ROLE reader LOGIN;
GRANT USAGE, CREATE ON SCHEMA public TO mallory;
GRANT CREATE ON DATABASE restapi_attacked TO mallory;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
CREATE TABLE public.loot (what text);
GRANT INSERT ON public.loot TO reader;
)";

/// Allows writing from the next statement on, and writes where that has worked.
constexpr char const* spring = R"(
CREATE FUNCTION public.spring(what text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_catalog.set_config('default_transaction_read_only', 'off', false);
  BEGIN
    INSERT INTO public.loot VALUES (what);
  EXCEPTION WHEN read_only_sql_transaction THEN NULL;
  END;
  RETURN true;
END $$;
)";

/// Better matches for columns of varchar, int4 and timestamptz than PostgreSQL's own.
constexpr char const* overloads[] = {
    "CREATE FUNCTION public.lower(x varchar) RETURNS text LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM public.spring('lower'); RETURN pg_catalog.lower(x::text); END $$",
    "CREATE FUNCTION public.to_char(x timestamptz, y varchar) RETURNS text LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM public.spring('to_char'); RETURN pg_catalog.to_char(x, y::text); END $$",
    "CREATE FUNCTION public.count() RETURNS bigint LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM public.spring('count'); RETURN 0; END $$",
    "CREATE FUNCTION public.pg_is_in_recovery(x int DEFAULT 0) RETURNS boolean LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM public.spring('recovery'); RETURN false; END $$",
    "CREATE FUNCTION public.pg_current_snapshot(x int DEFAULT 0) RETURNS text LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM public.spring('snapshot'); RETURN '1:1:'; END $$",
    "CREATE DOMAIN public.text AS pg_catalog.text CHECK (public.spring('text'))",
    "CREATE DOMAIN public.bigint AS pg_catalog.int8 CHECK (public.spring('bigint'))",
    "CREATE DOMAIN public.timestamp AS pg_catalog.timestamptz CHECK (public.spring('timestamp'))",
    "CREATE VIEW public.pg_settings AS SELECT * FROM pg_catalog.pg_settings WHERE public.spring('pg_settings')",
    "CREATE VIEW public.pg_class AS SELECT * FROM pg_catalog.pg_class WHERE public.spring('pg_class')",
    "CREATE VIEW public.pg_stat_wal_receiver AS SELECT * FROM pg_catalog.pg_stat_wal_receiver WHERE "
    "public.spring('wal_receiver')",
};

constexpr char const* operators[] = {"=", "<>", "<", "<=", ">", ">=", "~", "~~", "!~~", "~>=~", "~<~"};

/// Tables that this generation of databases does not have, in the schema of those that it has.
constexpr char const* planted[] = {
    "CREATE VIEW public.db_dbcalcstate AS SELECT 1 AS id, 1 AS dbnode_id, 'planted'::varchar AS state, now() AS time "
    "WHERE public.spring('view')",
    "CREATE TABLE public.db_dbcalcstate (id int, dbnode_id int, state varchar, time timestamptz); "
    "INSERT INTO public.db_dbcalcstate SELECT id, id, 'planted', now() FROM generate_series(1, 400) AS id; "
    "ALTER TABLE public.db_dbcalcstate ENABLE ROW LEVEL SECURITY; "
    "CREATE POLICY p ON public.db_dbcalcstate USING (public.spring('policy'))",
    "CREATE TABLE public.db_dbcalcstate (id int, dbnode_id int, state varchar, time timestamptz); "
    "CREATE RULE \"_RETURN\" AS ON SELECT TO public.db_dbcalcstate DO INSTEAD SELECT 1 AS id, 1 AS dbnode_id, "
    "'planted'::varchar AS state, CASE WHEN public.spring('rule') THEN now() END AS time",
};

std::vector<std::string> const targets{"nodes",
                                       "nodes?label=ilike=\"A%\"",
                                       "nodes?label=like=\"%a_\"",
                                       "nodes?label=\"scf\"&orderby=-label",
                                       "nodes?label!=\"scf\"&label=in=\"a\",\"b\"&type>\"data\"&type<=\"process\"",
                                       "nodes?uuid=like=\"a%\"&id>3&ctime>2016-04-23",
                                       "nodes?state=\"finished\"&orderby=state",
                                       "nodes/page/2?perpage=7",
                                       "nodes/statistics",
                                       "calculations",
                                       "data?type=like=\"data.%\"",
                                       "computers?state!=\"x\"&name=like=\"l%\"",
                                       "users?last_name<=\"m\"&first_name=ilike=\"a%\"",
                                       "groups?name=ilike=\"_a%\"",
                                       "users/1"};

class Attacked {
 public:
  Attacked() {
    server_ = test::with_database(own_.uri(), "restapi_attacked");
    test::PostgreSqlSession(own_.uri()).run("CREATE DATABASE restapi_attacked");
    run(test::read_file("sql/schema/postgresql_gen2.sql") + test::read_file("tests/fixtures/generation2.sql"));
    run(roles);
    run_as("mallory", spring);
  }

  std::string uri(std::string const& role) const { return server_ + "&user=" + role; }
  void run(std::string const& sql) const { test::PostgreSqlSession(server_).run(sql); }
  void run_as(std::string const& role, std::string const& sql) const { test::PostgreSqlSession(uri(role)).run(sql); }
  bool try_as(std::string const& role, std::string const& sql) const try {
    run_as(role, sql);
    return true;
  } catch (std::runtime_error const&) {
    return false;
  }
  /// Nobody has written anything.
  void check_loot() const { run("DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM public.loot); END $$"); }

 private:
  test::PostgreSqlServer const own_;
  std::string server_;
};

std::vector<std::string> answers(store::Store& store) {
  std::vector<std::string> all;
  for (int round = 0; round < 2; ++round)  // what the first allows, the second would do
    for (auto const& target : targets) {
      auto const answer = test::ask(store, "/api/v2/" + target);
      CHECK(answer.status == 200);
      all.push_back(answer.text);
    }
  CHECK(store.version());
  return all;
}

}  // namespace

TEST_CASE("functions, operators and types that others have made are never used", "[search-path][read-only]") {
  Attacked const database;
  auto const before = answers(*test::open(database.uri("reader"), {.connections = 1}));
  auto const already_open = test::open(database.uri("reader"), {.connections = 1});
  std::size_t made = 0;
  for (auto const* overload : overloads) made += database.try_as("mallory", overload);
  CHECK(made == std::size(overloads));
  for (std::string const name : operators) {
    for (auto const* types : {"varchar, text", "varchar, varchar", "text, varchar", "int4, int8", "uuid, text"}) {
      static int number = 0;
      std::string const type = types;
      auto const comma = type.find(',');
      auto const function = "public.compare" + std::to_string(++number);
      database.run_as("mallory", "CREATE FUNCTION " + function + "(" + type +
                                     ") RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN public.spring('" + name +
                                     "'); END $$; CREATE OPERATOR public." + name + " (FUNCTION = " + function +
                                     ", LEFTARG = " + type.substr(0, comma) + ", RIGHTARG =" + type.substr(comma + 1) +
                                     ")");
    }
  }
  database.run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader");
  // The trap works: who looks for names there runs it.
  CHECK_THROWS([&] {
    database.run_as("reader", "SELECT public.lower('A'::varchar); INSERT INTO public.loot VALUES ('trap')");
    database.check_loot();
  }());
  database.run("DELETE FROM public.loot");

  CHECK(answers(*already_open) == before);
  CHECK(answers(*test::open(database.uri("reader"), {.connections = 1})) == before);
  database.check_loot();
  database.run(
      "ALTER ROLE reader SET search_path = public, pg_catalog; ALTER ROLE reader SET datestyle = 'German'; "
      "ALTER ROLE reader SET standard_conforming_strings = off; ALTER ROLE reader SET timezone = 'Asia/Tokyo'; "
      "ALTER ROLE reader SET default_transaction_read_only = off; "
      "ALTER ROLE reader SET default_transaction_isolation = 'serializable'");
  CHECK(answers(*test::open(database.uri("reader"), {.connections = 1})) == before);
  database.check_loot();
}

TEST_CASE("a session that something has allowed to write is not used again", "[search-path][read-only]") {
  Attacked const database;
  database.run("CREATE ROLE writer LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO writer");
  auto const statement = [](sql::Fragment text) {
    sql::Statement made("test", 1);
    made.add(text);
    return made;
  };
  auto const write = statement("INSERT INTO public.loot VALUES ('written') RETURNING what");
  for (sql::Fragment const text :
       {sql::Fragment("SELECT CAST(public.spring('called') AS text)"),
        sql::Fragment("SELECT set_config('default_transaction_read_only', 'off', false)"),
        sql::Fragment("SELECT set_config('transaction_read_only', 'off', false)"),
        sql::Fragment("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE"), sql::Fragment("RESET ALL"),
        sql::Fragment("DISCARD ALL"), sql::Fragment("SET TRANSACTION READ WRITE"), sql::Fragment("BEGIN READ WRITE")}) {
    INFO(text.text());
    // One each: after a batch that has failed, a store sends none for a while.
    auto const store = test::open(database.uri("writer"), {.connections = 1});
    auto const allow = statement(text);
    std::vector<sql::Statement const*> const together{&allow, &write};
    CHECK(store->read_together(together).size() <= 1);
    (void)store->read(allow);
    CHECK_FALSE(store->read(write));
    database.check_loot();
    CHECK(test::ask_until_available(*store, "/api/v2/nodes").status == 200);
  }
}

TEST_CASE("a table that somebody else has put in the place of a missing one is not read", "[search-path]") {
  Attacked const database;
  auto const before = answers(*test::open(database.uri("reader"), {.connections = 1}));
  std::size_t made = 0;
  for (auto const* plant : planted) {
    if (!database.try_as("mallory", plant)) continue;  // rules for reading are refused from PostgreSQL 16 on
    ++made;
    database.run_as("mallory", "GRANT SELECT ON public.db_dbcalcstate TO PUBLIC");
    INFO(plant);
    CHECK(answers(*test::open(database.uri("reader"), {.connections = 1})) == before);
    database.check_loot();
    database.run(
        "DO $$ BEGIN DROP TABLE public.db_dbcalcstate; EXCEPTION WHEN wrong_object_type THEN DROP VIEW "
        "public.db_dbcalcstate; END $$");
  }
  CHECK(made >= 2);
}

TEST_CASE("a view or a foreign type in the place of a table of AiiDA's is refused", "[search-path][error]") {
  Attacked const database;
  database.run(
      "ALTER TABLE db_dblink RENAME TO links; CREATE VIEW db_dblink AS SELECT * FROM links; "
      "GRANT SELECT ON db_dblink TO reader");
  CHECK_THROWS_WITH(test::open(database.uri("reader")), Catch::Contains("no column db_dblink.input_id"));
  database.run(
      "DROP VIEW db_dblink; ALTER TABLE links RENAME TO db_dblink; CREATE DOMAIN label AS text; "
      "ALTER TABLE db_dbgroup ALTER description TYPE label");
  CHECK_THROWS_WITH(test::open(database.uri("reader")), Catch::Contains("no column db_dbgroup.description"));
}

TEST_CASE("of several schemas that of the role's search path is served, else the only one", "[search-path][schema]") {
  Attacked const database;
  std::string const copy = "it's a \"copy\":p1";
  auto const quoted = "\"it's a \"\"copy\"\":p1\"";
  database.run(std::string("CREATE SCHEMA ") + quoted);
  for (std::string const table : {"db_dbnode", "db_dblink", "db_dbcomputer", "db_dbuser", "db_dbgroup"})
    database.run(std::string("CREATE TABLE ") + quoted + "." + table + " AS SELECT * FROM public." + table);
  database.run(std::string("UPDATE ") + quoted + ".db_dbnode SET label = 'copied'; GRANT USAGE ON SCHEMA " + quoted +
               " TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA " + quoted + " TO reader");
  auto const reader = database.uri("reader");
  auto const labelled = [&](std::string const& uri) {
    auto const store = test::open(uri, {.connections = 1});
    CHECK(test::ask(*store, "/api/v2/nodes/statistics").status == 200);
    return !test::ids_of(*store, "/api/v2/nodes?label=\"copied\"&orderby=-mtime").empty();
  };
  CHECK_FALSE(labelled(reader));
  database.run(std::string("ALTER ROLE reader SET search_path = ") + quoted + ", public");
  CHECK(labelled(reader));
  CHECK_FALSE(labelled(reader + "&options=-csearch_path%3Dpublic"));
  database.run("ALTER ROLE reader SET search_path = nowhere");
  CHECK_THROWS_WITH(test::open(reader), Catch::Contains(copy + ", public") && Catch::Contains("several schemas"));
  database.run(std::string("REVOKE USAGE ON SCHEMA ") + quoted + " FROM reader");
  CHECK_FALSE(labelled(reader));  // the only one that it may read
}
