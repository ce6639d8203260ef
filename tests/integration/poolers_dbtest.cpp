// SPDX-License-Identifier: MIT
// A connection pooler between the store and its database: the answers are those of the database, and whoever shares the
// pooler's sessions finds them as if we had never been there.
#include <libpq-fe.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "store/changes/change_connection.hpp"
#include "support/ask.hpp"
#include "support/postgresql_tools.hpp"

using namespace restapi;
using namespace std::chrono_literals;
using test::eventually;
using test::Fixture;

namespace {

constexpr char const* modes[] = {"session", "transaction", "statement"};

constexpr char const* all_nodes = "/api/v2/nodes";

std::vector<std::string> const targets{"nodes?orderby=-label",
                                       "nodes?label=like=\"%a_\"",
                                       "nodes?label=like=\"b_%\"",
                                       "nodes/page/2?perpage=7",
                                       "users?last_name<=\"m\"",
                                       "groups?name=ilike=\"_a%\"",
                                       "nodes?ctime>2016-04-23",
                                       "computers?state!=\"x\"",
                                       "nodes/statistics",
                                       "nodes?id=in=45,56,78,1,2",
                                       "nodes/ffffffff",
                                       "data?limit=0",
                                       "computers",
                                       "groups?id>0",
                                       "users/1",
                                       "nodes?state=\"finished\""};

sql::Statement statement(sql::Fragment text) {
  sql::Statement made("test", 1);
  made.add(text);
  return made;
}

std::string code_of(Result<store::Rows> const& rows) {
  return rows ? "rows" : std::to_string(static_cast<int>(rows.error().code));
}

/// Another program that uses the same pooler.
class OtherClient {
 public:
  explicit OtherClient(std::string const& uri) : connection_(PQconnectdb(uri.c_str()), PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
  }
  std::string run(std::string const& sql) {
    std::unique_ptr<PGresult, decltype(&PQclear)> const result(PQexec(connection_.get(), sql.c_str()), PQclear);
    auto const status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return PQresultErrorMessage(result.get());
    return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
  }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

constexpr char const* settings =
    "SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings WHERE name IN "
    "('default_transaction_read_only', 'transaction_read_only', 'statement_timeout', 'lock_timeout', 'search_path', "
    "'TimeZone', 'extra_float_digits', 'DateStyle', 'jit', 'client_encoding', 'standard_conforming_strings', "
    "'default_transaction_isolation')";

constexpr char const* prepared = "SELECT count(*) FROM pg_prepared_statements";

constexpr char const* in_transaction =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> "
    "'idle'";

struct Pooled {
  explicit Pooled(std::string const& mode, std::string const& more = {}) : pooler(server, mode, more) {
    database.load(Fixture::generation2);
  }
  std::string uri() const { return pooler.uri(database.uri()); }

  test::PostgreSqlServer const server;
  test::PostgreSqlDatabase const database{server.uri()};
  test::Pooler const pooler;
};

}  // namespace

TEST_CASE("through a pooler many threads get the answers that the database gives", "[pooler][threads]") {
  for (std::string const mode : modes) {
    INFO(mode);
    Pooled const pooled(mode);
    auto const before = OtherClient(pooled.database.uri()).run(settings);
    auto const direct = test::open(pooled.database.uri());
    std::vector<std::string> expected;
    for (auto const& target : targets) expected.push_back(test::ask(*direct, "/api/v2/" + target).text);

    // A session pooler lends its two sessions for as long as a connection is there: to two of ours, and to nobody else.
    bool const is_session = mode == "session";
    auto store = test::open(pooled.uri(), {.connections = 8, .connection_timeout = 60s});
    CHECK_FALSE(store->has_versions());
    std::atomic<int> wrong = 0, right = 0;
    std::atomic<bool> is_over = false;
    std::vector<std::thread> threads;
    for (std::size_t first = 0; first < 8; ++first)
      threads.emplace_back([&, first] {
        for (std::size_t i = first; i < first + 48; ++i) {
          auto const answer = test::ask(*store, "/api/v2/" + targets[i % targets.size()]);
          ++(answer.text == expected[i % targets.size()] ? right : wrong);
        }
      });
    std::atomic<int> not_written = 0;
    std::thread other([&] {
      if (is_session) return;
      OtherClient writer(pooled.uri());
      while (!is_over) not_written += !writer.run("UPDATE db_dbuser SET institution = institution").empty();
    });
    for (auto& thread : threads) thread.join();
    is_over = true;
    other.join();
    CHECK(wrong == 0);
    CHECK(right == 8 * 48);
    CHECK(not_written == 0);
    if (is_session) store.reset();

    // Both sessions, since two clients are in the middle of something.
    OtherClient one(pooled.uri()), two(pooled.uri());
    if (mode == "transaction")
      for (auto* client : {&one, &two}) CHECK(client->run("BEGIN").empty());
    for (auto* client : {&one, &two}) {
      CHECK(client->run(settings) == before);
      CHECK(client->run(prepared) == "0");
      CHECK(client->run("UPDATE db_dbuser SET institution = institution").empty());
      if (mode == "transaction") CHECK(client->run("COMMIT").empty());
    }
  }
}

TEST_CASE("through a pooler statements are read together, stopped in time, and given up with their client",
          "[pooler][together][cancel]") {
  for (std::string const mode : modes) {
    INFO(mode);
    Pooled const pooled(mode);
    auto const store = test::open(pooled.uri(), {.connections = 1, .statement_timeout = 400ms});
    auto const good = statement("SELECT 'good'"), number = statement("SELECT CAST(count(*) AS text) FROM @db_dbnode");
    auto const bad = statement("SELECT CAST(1 / (id - id) AS text) FROM @db_dbnode");
    std::vector<sql::Statement const*> const three{&good, &number, &good};
    auto const rows = store->read_together(three);
    REQUIRE(rows.size() == 3);
    CHECK(rows[1].at(0, 0) == pooled.database.run("SELECT count(*) FROM db_dbnode"));
    std::vector<sql::Statement const*> const with_bad{&good, &bad, &good};
    CHECK(store->read_together(with_bad).size() == 1);
    CHECK(code_of(store->read(bad)) == std::to_string(static_cast<int>(Code::store_failed)));
    CHECK(code_of(store->read(good)) == "rows");
    CHECK(pooled.database.run(in_transaction) == "0");
    CHECK(code_of(store->read(statement("SELECT CAST(pg_sleep(600) AS text)"))) ==
          std::to_string(static_cast<int>(Code::store_too_slow)));
    CHECK(code_of(store->read(good)) == "rows");

    auto const patient = test::open(pooled.uri(), {.connections = 1, .statement_timeout = 600s});
    std::stop_source client;
    auto reading = std::async(std::launch::async, [&] {
      return patient->read(statement("SELECT CAST(pg_sleep(600) AS text)"), client.get_token());
    });
    CHECK(eventually([&] { return pooled.database.run(in_transaction) == "1"; }));
    client.request_stop();
    REQUIRE(reading.wait_for(60s) == std::future_status::ready);
    CHECK(code_of(reading.get()) == std::to_string(static_cast<int>(Code::cancelled)));
    CHECK(eventually([&] { return pooled.database.run(in_transaction) == "0"; }));
    CHECK(code_of(patient->read(good)) == "rows");
  }
}

TEST_CASE("through a pooler no statement writes, nor makes another one write", "[pooler][read-only]") {
  for (std::string const mode : modes) {
    INFO(mode);
    Pooled const pooled(mode);
    auto const store = test::open(pooled.uri(), {.connections = 1});
    for (sql::Fragment const text :
         {sql::Fragment("UPDATE @db_dbnode SET label = 'written' RETURNING label"),
          sql::Fragment("SELECT set_config('transaction_read_only', 'off', true)"),
          sql::Fragment("SELECT set_config('default_transaction_read_only', 'off', true)"),
          sql::Fragment("WITH w AS (UPDATE @db_dbnode SET label = 'written' RETURNING label) SELECT label FROM w")}) {
      INFO(text.text());
      auto const change = statement(text);
      auto const write = statement("UPDATE @db_dbnode SET label = 'written' RETURNING label");
      std::vector<sql::Statement const*> const together{&change, &write};
      CHECK(store->read_together(together).size() <= 1);
      if (auto const rows = store->read(change)) CHECK(text.text().find("default_") != std::string_view::npos);
      CHECK_FALSE(store->read(write));
      CHECK(pooled.database.run("SELECT count(*) FROM db_dbnode WHERE label = 'written'") == "0");
    }
  }
}

TEST_CASE("through a pooler a statement whose session has ended is tried again", "[pooler][lost]") {
  for (std::string const mode : modes) {
    INFO(mode);
    Pooled const pooled(mode);
    auto const store = test::open(pooled.uri(), {.connections = 1, .statement_timeout = 600s});
    auto owner = std::make_optional<OtherClient>(pooled.database.uri());
    owner->run("SELECT pg_advisory_lock(1)");
    auto reading = std::async(std::launch::async,
                              [&] { return store->read(statement("SELECT CAST(pg_advisory_xact_lock(1) AS text)")); });
    CHECK(eventually([&] {
      return pooled.database.run(
                 "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") ==
             "1";
    }));
    owner.reset();
    REQUIRE(reading.wait_for(60s) == std::future_status::ready);
    CHECK(code_of(reading.get()) == "rows");
  }
}

TEST_CASE("a connection to a pooler that is cut leaves no transaction behind", "[pooler][silent]") {
  Pooled const pooled("transaction");
  auto const store = test::open(pooled.uri(), {.connections = 1, .statement_timeout = 300ms});
  auto const pid = pooled.database.run(
      "SELECT string_agg(CAST(pid AS text), ' ') FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
      "pg_backend_pid()");
  REQUIRE_FALSE(pid.empty());
  test::run_shell("kill -STOP " + pid);
  CHECK(test::ask(*store, all_nodes).status == 504);
  test::run_shell("kill -CONT " + pid);
  CHECK(test::ask_until_available(*store, all_nodes).status == 200);
  CHECK(eventually([&] { return pooled.database.run(in_transaction) == "0"; }));
}

TEST_CASE("through a pooler nobody else decides as whom it reads", "[pooler]") {
  Pooled const pooled("transaction", "default_pool_size = 1\n");
  pooled.database.run("CREATE ROLE somebody");  // may read nothing
  auto const store = test::open(pooled.uri(), {.connections = 1});
  auto const expected = test::ask(*store, all_nodes).text;
  CHECK(OtherClient(pooled.uri()).run("SET ROLE somebody").empty());
  auto const answer = test::ask(*store, all_nodes);
  CHECK(answer.status == 200);
  CHECK(answer.text == expected);
}

TEST_CASE("through a pooler nobody else decides what becomes of rows that policies hide", "[pooler]") {
  Pooled const pooled("transaction", "default_pool_size = 1\n");
  auto reader = pooled.uri();
  std::string const user = "user=restapi";
  REQUIRE(reader.find(user) != reader.npos);
  reader.replace(reader.find(user), user.size(), "user=reader");
  pooled.database.run(
      "CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader; ALTER TABLE db_dbnode ENABLE "
      "ROW "
      "LEVEL SECURITY; CREATE POLICY all_rows ON db_dbnode FOR SELECT USING (true)");
  auto const store = test::open(reader, {.connections = 1});
  auto const expected = test::ask(*store, all_nodes).text;
  CHECK(OtherClient(reader).run("SET row_security = off").empty());
  CHECK(test::ask(*store, all_nodes).text == expected);
}

TEST_CASE("what a pooler refuses when a connection begins is said with what helps", "[pooler][error]") {
  Pooled const pooled("transaction");
  try {
    test::open(pooled.uri() + "&options=-csearch_path%3Dpublic");
    FAIL("no refusal");
  } catch (std::runtime_error const& error) {
    std::string const text = error.what();
    CAPTURE(text);
    CHECK(text.find("unsupported startup parameter: options") != text.npos);
    CHECK(text.find("ignore_startup_parameters") != text.npos);
  }
  Pooled const generous("transaction", "ignore_startup_parameters = options\n");
  CHECK(test::ask(*test::open(generous.uri() + "&options=-csearch_path%3Dpublic"), all_nodes).status == 200);
}

TEST_CASE("a table that somebody locks who changes it is said to be locked, and to be asked for again",
          "[pooler][locks][error]") {
  Pooled const pooled("transaction");
  for (auto const& uri : {pooled.uri(), pooled.database.uri()}) {
    INFO(uri);
    auto const store = test::open(uri, {.connections = 1, .statement_timeout = 2s});
    OtherClient migration(pooled.database.uri());
    CHECK(migration.run("BEGIN; LOCK TABLE db_dbcomputer IN ACCESS EXCLUSIVE MODE").empty());
    auto const answer = test::ask(*store, "/api/v2/computers");
    CHECK(answer.status == 503);
    CHECK_FALSE(answer.header("Retry-After").empty());
    CHECK_THAT(answer.text, Catch::Contains("locked by somebody who changes it"));
    CHECK(migration.run("ROLLBACK").empty());
    CHECK(test::ask(*store, "/api/v2/computers").status == 200);
  }
}

TEST_CASE("a search path that a pooler passes over decides all the same which schema is served", "[pooler]") {
  Pooled const pooled("transaction", "ignore_startup_parameters = options\n");
  pooled.database.run(
      "ALTER SCHEMA public RENAME TO \"the copy\"; CREATE SCHEMA public; CREATE TABLE public.db_dbnode "
      "(LIKE \"the copy\".db_dbnode INCLUDING ALL); CREATE TABLE public.db_dbuser (LIKE \"the copy\".db_dbuser); "
      "CREATE TABLE public.db_dbcomputer (LIKE \"the copy\".db_dbcomputer); "
      "CREATE TABLE public.db_dbgroup (LIKE \"the copy\".db_dbgroup); "
      "CREATE TABLE public.db_dblink (LIKE \"the copy\".db_dblink); "
      "CREATE TABLE public.db_dbgroup_dbnodes (LIKE \"the copy\".db_dbgroup_dbnodes)");
  auto const wanted = pooled.database.run("SELECT count(*) FROM \"the copy\".db_dbnode");
  for (std::string const options :
       {"", "&options=-csearch_path%3Dpublic", "&options=-c%20search-path%3D%22the%5C%20copy%22",
        "&options=-csearch_path%3D%22the%5C%20copy%22%2Cpublic%20-cjit%3Don"}) {
    INFO(options);
    bool const is_copy = options.find("copy") != options.npos;
    for (auto const& uri : {pooled.uri(), pooled.database.uri()}) {
      CHECK(test::ask(*test::open(uri + options), all_nodes).header("X-Total-Count") == (is_copy ? wanted : "0"));
      CHECK(*store::ChangeConnection(test::source_of(uri + options), {}).find_schema() ==
            (is_copy ? "the copy" : "public"));
    }
  }
  CHECK_THROWS(test::open(pooled.uri() + "&options=-csearch_path%3D%22b"));
}

TEST_CASE("a pooler that takes the place of a server is noticed", "[pooler]") {
  Pooled const pooled("transaction");
  auto const before = OtherClient(pooled.database.uri()).run(settings);
  // The address is a link that leads to the one, then to the other.
  test::TemporaryFolder const folder;
  auto const link = folder.path() + "/.s.PGSQL.5432";
  auto const lead_to = [&](std::string const& uri) {
    test::run_shell("ln -sfn " + test::socket_folder(uri) + "/.s.PGSQL.5432 " + link);
  };
  lead_to(pooled.database.uri());
  auto const store = test::open(test::with_folder(pooled.database.uri(), folder.path()));
  CHECK(store->has_versions());
  auto const answer = test::ask(*store, all_nodes).text;
  lead_to(pooled.uri());
  pooled.database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'restapi'");
  CHECK(test::ask_until_available(*store, all_nodes).text == answer);
  CHECK_FALSE(store->has_versions());
  CHECK_FALSE(*store->version());
  OtherClient one(pooled.uri()), two(pooled.uri());
  for (auto* client : {&one, &two}) CHECK(client->run("BEGIN").empty());
  for (auto* client : {&one, &two}) CHECK(client->run(settings) == before);
}
