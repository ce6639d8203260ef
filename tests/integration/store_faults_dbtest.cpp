// SPDX-License-Identifier: MIT
// What a store does when its database is stopped, silent, full, restarted, or replaced, and when nobody waits for it
// any more.
#include <signal.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <future>
#include <thread>

#include "http/target.hpp"
#include "support/ask.hpp"
#include "support/eventually.hpp"
#include "support/postgresql_server.hpp"
#include "support/silent_server.hpp"

using namespace restapi;
using namespace std::chrono_literals;
using restapi::test::eventually;
using test::Fixture;
using Clock = std::chrono::steady_clock;

namespace {

constexpr char const* all_nodes = "/api/v2/nodes";
constexpr auto limits = 60s;  // for what takes none on a quiet machine

sql::Statement statement(sql::Fragment text) {
  sql::Statement made("test", 1);
  made.add(text);
  return made;
}

sql::Statement sleeping() { return statement("SELECT CAST(pg_sleep(600) AS text)"); }

/// Works for minutes, on SQLite too.
sql::Statement counting() {
  return statement(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000000) "
      "SELECT CAST(count(*) AS text) FROM n");
}

std::string sleepers(test::PostgreSqlDatabase const& database) {
  return database.run(
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE "
      "'%pg_sleep%' AND pid <> pg_backend_pid()");
}

bool wait_for_sleepers(test::PostgreSqlDatabase const& database, std::string const& count) {
  return eventually([&] { return sleepers(database) == count; });
}

std::string code_of(Result<store::Rows> const& rows) {
  return rows ? "rows" : std::to_string(static_cast<int>(rows.error().code));
}

std::string const cancelled = std::to_string(static_cast<int>(Code::cancelled));
std::string const too_slow = std::to_string(static_cast<int>(Code::store_too_slow));
std::string const unavailable = std::to_string(static_cast<int>(Code::store_unavailable));

/// The processes that serve a store, as the kernel knows them. They are the server owner's: signals go through a shell.
class Backends {
 public:
  explicit Backends(test::PostgreSqlDatabase const& database)
      : pids_(database.run("SELECT string_agg(CAST(pid AS text), ' ') FROM pg_stat_activity WHERE datname = "
                           "current_database() AND application_name = 'restapi'")) {}
  ~Backends() { signal("CONT"); }
  Backends(Backends const&) = delete;
  Backends& operator=(Backends const&) = delete;

  void signal(std::string const& name) const {
    if (!pids_.empty() && std::system(("kill -" + name + " " + pids_ + " 2>/dev/null").c_str()) != 0) return;
  }

 private:
  std::string const pids_;
};

/// "…/bin/" of the server's programs.
std::string tool_of(test::PostgreSqlServer const& server) {
  auto const end = server.pg_ctl().find("pg_ctl");
  auto const begin = server.pg_ctl().rfind(' ', end);
  return server.pg_ctl().substr(begin == std::string::npos ? 0 : begin + 1, end - (begin + 1));
}

void shell(std::string const& command) {
  if (std::system(("{ " + command + "; } </dev/null >/dev/null 2>&1").c_str()) != 0)
    throw std::runtime_error("failed: " + command);
}

/// Two servers with the same database: the second is to the first as a standby that has caught up.
struct TwoServers {
  TwoServers() {
    database.load(Fixture::generation2);
    shell("D=$(mktemp -d) && " + tool_of(one) + "pg_dumpall -d '" + one.uri() + "' >$D/all && " + tool_of(other) +
          "psql -q -d '" + other.uri() + "' -f $D/all && rm -r $D");
  }

  /// Of both, the first one first.
  std::string uri() const {
    auto both = database.uri();
    both.insert(both.find(folder_of(one)) + folder_of(one).size(), "%2C" + folder_of(other));
    return both + "&load_balance_hosts=disable";
  }

  /// Of restapi.
  int sessions(test::PostgreSqlServer const& server) const {
    auto const file = folder.path() + "/sessions";
    shell(tool_of(server) + "psql -X -A -t -d '" + server.uri() +
          "' -c \"SELECT count(*) FROM pg_stat_activity WHERE application_name = 'restapi'\" >" + file);
    return std::stoi(test::read_file(file));
  }

  static std::string folder_of(test::PostgreSqlServer const& server) {
    auto const begin = server.uri().find("host=") + 5;
    return server.uri().substr(begin, server.uri().find('&', begin) - begin);
  }

  test::PostgreSqlServer const one, other;
  test::PostgreSqlDatabase const database{one.uri()};
  test::TemporaryFolder const folder;
};

}  // namespace

TEST_CASE("a statement is cancelled when its client leaves, and its connection serves the next", "[cancel]") {
  for (auto const engine : test::engines) {
    auto const opened = test::open_fixture(Fixture::generation2, engine, {.connections = 1});
    INFO(opened->name);
    bool const is_postgresql = engine == source::Engine::postgresql;
    auto const connections = [&] { return opened->store->counts().connections.opened; };
    test::ask(*opened->store, all_nodes);
    auto const before = connections();
    for (int round = 0; round < 5; ++round) {
      std::stop_source client;
      auto reading = std::async(std::launch::async, [&] {
        return opened->store->read(is_postgresql ? sleeping() : counting(), client.get_token());
      });
      if (is_postgresql) CHECK(wait_for_sleepers(*opened->database, "1"));
      client.request_stop();
      REQUIRE(reading.wait_for(limits) == std::future_status::ready);
      CHECK(code_of(reading.get()) == cancelled);
      CHECK(test::ask(*opened->store, all_nodes).status == 200);
    }
    CHECK(connections() == before);
    if (is_postgresql) CHECK(sleepers(*opened->database) == "0");
  }
}

TEST_CASE("nothing is sent for a client that has left before", "[cancel]") {
  for (auto const engine : test::engines) {
    auto& opened = test::shared_store(Fixture::generation2, engine);
    std::stop_source client;
    client.request_stop();
    auto const before = opened.store->counts().statements.sent;
    CHECK(code_of(opened.store->read(statement("SELECT 'x'"), client.get_token())) == cancelled);
    CHECK(opened.store->counts().statements.sent == before);
  }
}

TEST_CASE("a client that leaves while it waits for a connection waits no longer", "[cancel][pool]") {
  auto const opened = test::open_fixture(Fixture::generation2, source::Engine::postgresql,
                                         {.connections = 1, .connection_timeout = 600s});
  std::stop_source first, second;
  auto const read = [&](std::stop_source const& client) {
    return std::async(std::launch::async,
                      [&, gone = client.get_token()] { return opened->store->read(sleeping(), gone); });
  };
  auto reading = read(first);
  CHECK(wait_for_sleepers(*opened->database, "1"));
  auto waiting = read(second);
  CHECK(eventually([&] { return opened->store->counts().connections.waiting == 1; }));
  second.request_stop();
  REQUIRE(waiting.wait_for(limits) == std::future_status::ready);
  CHECK(code_of(waiting.get()) == cancelled);
  CHECK(sleepers(*opened->database) == "1");
  first.request_stop();
  REQUIRE(reading.wait_for(limits) == std::future_status::ready);
  CHECK(code_of(reading.get()) == cancelled);
}

TEST_CASE("a cancellation never meets another client's statement", "[cancel]") {
  auto const opened = test::open_fixture(Fixture::generation2, source::Engine::postgresql, {.connections = 2});
  std::atomic<bool> is_over = false;
  std::atomic<int> wrong = 0, right = 0, stopped = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 2; ++i) {
    clients.emplace_back([&] {  // stays
      while (!is_over)
        ++(code_of(opened->store->read(statement("SELECT CAST(pg_sleep(0.001) AS text)"))) == "rows" ? right : wrong);
    });
    clients.emplace_back([&, i] {  // leaves at every moment: before, during and after its statement
      for (int round = 0; round < 150; ++round) {
        std::stop_source client;
        std::jthread leaving([&] {
          std::this_thread::sleep_for(std::chrono::microseconds((round * 37 + i * 500) % 3000));
          client.request_stop();
        });
        auto const code =
            code_of(opened->store->read(statement("SELECT CAST(pg_sleep(0.001) AS text)"), client.get_token()));
        if (code == cancelled)
          ++stopped;
        else if (code != "rows")
          ++wrong;
      }
    });
  }
  clients[1].join();
  clients[3].join();
  is_over = true;
  clients[0].join();
  clients[2].join();
  CHECK(wrong == 0);
  CHECK(right > 0);
  CHECK(stopped > 0);
  CHECK(opened->store->counts().connections.opened <= 2);
}

TEST_CASE("a server process that is stopped makes a 504, and the next statement has another one", "[silent]") {
  auto const opened = test::open_fixture(Fixture::generation2, source::Engine::postgresql,
                                         {.connections = 1, .statement_timeout = 300ms});
  test::ask(*opened->store, all_nodes);
  Backends const backends(*opened->database);
  backends.signal("STOP");
  auto const answer = test::ask(*opened->store, all_nodes, {.memory = std::make_shared<api::AnswerMemory>(0)});
  CHECK(answer.status == 504);
  CHECK(opened->store->counts().statements.silent == 1);
  CHECK(test::ask(*opened->store, all_nodes).status == 200);
}

TEST_CASE("a version is not waited for, and a silent database is not asked again at once", "[silent]") {
  auto const opened = test::open_fixture(Fixture::generation2, source::Engine::postgresql, {.connections = 1});
  REQUIRE(opened->store->version());
  Backends const backends(*opened->database);
  backends.signal("STOP");
  CHECK(!opened->store->version());
  auto const sent = opened->store->counts().statements.sent;
  CHECK(!opened->store->version());  // a moment later
  CHECK(opened->store->counts().statements.sent == sent);
  CHECK(eventually([&] { return static_cast<bool>(opened->store->version()); }));
}

TEST_CASE("a client that leaves a silent server is not waited for", "[silent][cancel]") {
  auto const opened = test::open_fixture(Fixture::generation2, source::Engine::postgresql, {.connections = 1});
  std::stop_source client;
  auto reading = std::async(std::launch::async, [&] { return opened->store->read(sleeping(), client.get_token()); });
  CHECK(wait_for_sleepers(*opened->database, "1"));
  Backends const backends(*opened->database);
  backends.signal("STOP");
  client.request_stop();
  REQUIRE(reading.wait_for(20s) == std::future_status::ready);  // the statement's own limit is 30 s
  CHECK(code_of(reading.get()) == cancelled);
  CHECK(test::ask(*opened->store, all_nodes).status == 200);
}

TEST_CASE("a server that takes connections and stays silent does not hold anybody", "[silent]") {
  for (auto const words : {test::SilentServer::Words::none, test::SilentServer::Words::greeting}) {
    test::SilentServer const server(words);
    store::StoreOptions const options{.connections = 2, .opening_timeout = 500ms};
    CHECK_THROWS(test::open(server.uri() + "&connect_timeout=2", options));
    CHECK(server.accepted() > 0);
  }
}

TEST_CASE("a statement that the server has interrupted is tried again, one that it has refused is not", "[retry]") {
  // A serialization failure, as a standby says it of a statement that is in the way of what it replays.
  auto const opened = test::open_fixture(Fixture::generation2, source::Engine::postgresql, {.connections = 1});
  opened->database->run(
      "CREATE FUNCTION interrupted(state text) RETURNS text LANGUAGE plpgsql AS "
      "$$ BEGIN RAISE EXCEPTION 'in the way' USING ERRCODE = state; END $$");
  struct Case {
    sql::Fragment text;
    std::string code;
    std::uint64_t sent;
  };
  for (auto const& [text, code, sent] : {
           Case{"SELECT public.interrupted('40001')", unavailable, 5},
           Case{"SELECT public.interrupted('40P01')", unavailable, 5},
           Case{"SELECT public.interrupted('53300')", unavailable, 1},
           Case{"SELECT public.interrupted('57014')", too_slow, 1},
           Case{"SELECT public.interrupted('22012')", std::to_string(static_cast<int>(Code::store_failed)), 1},
       }) {
    INFO(text.text());
    auto const before = opened->store->counts().statements.sent;
    auto const refused = opened->store->read(statement(text));
    CHECK(code_of(refused) == code);
    CHECK(opened->store->counts().statements.sent == before + sent);
    // Whoever keeps the log looks for this; the words come in the server's language.
    auto const state = std::string(text.text()).substr(std::string_view("SELECT public.interrupted('").size(), 5);
    CHECK_THAT(refused.error().detail, Catch::Contains("SQLSTATE " + state + ": "));
  }
  CHECK(opened->store->counts().connections.opened == 1);
}

TEST_CASE("a server without room for more connections is used with those there are", "[pool]") {
  test::PostgreSqlServer const server;
  test::PostgreSqlDatabase const database(server.uri());
  database.load(Fixture::generation2);
  // Superusers have connections of their own, so the reader is none.
  database.run("CREATE ROLE reader LOGIN CONNECTION LIMIT 2; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader");
  auto const store = test::open(database.uri() + "&user=reader", {.connections = 6});
  std::atomic<int> right = 0, wrong = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 6; ++i)
    clients.emplace_back([&] {
      for (int round = 0; round < 20; ++round) ++(test::ask(*store, all_nodes).status == 200 ? right : wrong);
    });
  for (auto& client : clients) client.join();
  CHECK(wrong == 0);
  CHECK(right == 120);
  auto const counts = store->counts();
  CHECK(counts.connections.opened == 2);
  CHECK(counts.connections.not_opened > 0);
  CHECK(counts.connections.lent == 0);
}

TEST_CASE("while a server is away it is looked for now and then, not by each request", "[lost]") {
  test::PostgreSqlServer const server;
  test::PostgreSqlDatabase const database(server.uri());
  database.load(Fixture::generation2);
  auto const store = test::open(database.uri(), {.connections = 4});
  auto const before = test::ask(*store, all_nodes).text;
  server.stop();
  CHECK(test::ask(*store, all_nodes).status == 503);
  auto const tries = store->counts().connections.not_opened;
  auto const begin = Clock::now();
  std::vector<std::thread> clients;
  std::atomic<int> other = 0;
  for (int i = 0; i < 4; ++i)
    clients.emplace_back([&] {
      for (int round = 0; round < 500; ++round) other += test::ask(*store, all_nodes).status != 503;
    });
  for (auto& client : clients) client.join();
  auto const most = (Clock::now() - begin) / 250ms + 2;  // a try each quarter of a second
  CHECK(other == 0);
  CHECK(static_cast<long>(store->counts().connections.not_opened - tries) <= most);

  std::jthread const starting([&] { server.start(); });
  auto const started = Clock::now();
  auto const answer = test::ask_until_available(*store, all_nodes);
  UNSCOPED_INFO("served again after " << (Clock::now() - started) / 1ms << " ms");
  CHECK(answer.text == before);
}

// An immediate end says a warning, which is there to be read when the next statement can no longer be written: libpq
// tells so without an SQLSTATE, on a connection that it still believes in.
TEST_CASE("a server that ended between two statements is away, whatever it has said last", "[lost]") {
  for (auto const* mode : {"fast", "immediate"}) {
    INFO("stop -m " << mode);
    test::PostgreSqlServer const server;
    test::PostgreSqlDatabase const database(server.uri());
    database.load(Fixture::generation2);
    database.run("CHECKPOINT");  // an immediate end writes nothing
    auto const store = test::open(database.uri());
    CHECK(test::ask(*store, all_nodes).status == 200);
    shell("cd / && " + server.pg_ctl() + " stop -m " + mode);
    CHECK(test::ask(*store, "/api/v2/users").status == 503);
    server.start();
    CHECK(test::ask_until_available(*store, all_nodes).status == 200);
  }
}

TEST_CASE("when one of several servers dies, the other one answers", "[lost]") {
  TwoServers const servers;
  auto const store = test::open(servers.uri());
  auto const before = test::ask(*store, all_nodes).text;
  servers.one.stop();
  auto const meanwhile = test::ask(*store, all_nodes);
  CHECK(meanwhile.status == 200);
  CHECK(meanwhile.text == before);
  servers.one.start();
  servers.other.stop();
  CHECK(test::ask(*store, all_nodes).text == before);
}

TEST_CASE("when the first of several servers is back, load comes back to it", "[lost][lifetime]") {
  TwoServers const servers;
  auto const store = test::open(servers.uri(), {.connection_lifetime = 20ms});
  CHECK(test::ask(*store, all_nodes).status == 200);
  CHECK(servers.sessions(servers.one) > 0);
  CHECK(servers.sessions(servers.other) == 0);
  servers.one.stop();
  CHECK(test::ask(*store, all_nodes).status == 200);
  CHECK(servers.sessions(servers.other) > 0);
  servers.one.start();
  CHECK(eventually([&] {
    CHECK(test::ask(*store, all_nodes).status == 200);
    return servers.sessions(servers.one) > 0 && servers.sessions(servers.other) == 0;
  }));
}

TEST_CASE("a server that goes without a word costs the time to connect once, not with each connection",
          "[lost][silent]") {
  TwoServers const servers;
  test::SilentServer const silent(test::SilentServer::Words::none);
  // As one whose machine has no power, but for the SYN that a kernel answers.
  auto uri = servers.uri();
  uri.insert(uri.find("host=") + 5, "127.0.0.1%2C");
  auto const port = silent.uri().substr(silent.uri().rfind(':') + 1, 5);
  auto const store =
      test::open(uri + "&sslmode=disable&gssencmode=disable&port=" + port.substr(0, port.find('/')) + "%2C%2C",
                 {.connections = 1});
  CHECK(silent.accepted() == 1);
  servers.database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'restapi'");
  CHECK(test::ask(*store, all_nodes).status == 200);
  CHECK(store->counts().connections.opened == 2);
  CHECK(silent.accepted() == 1);
}

TEST_CASE("two servers behind one name: nothing is cached from when the second one was met", "[lost][version]") {
  TwoServers const servers;
  // The source does not say that there are two: libpq finds them in its environment.
  auto const host = [](test::PostgreSqlServer const& server) {
    return *http::percent_decode(TwoServers::folder_of(server));
  };
  REQUIRE(::setenv("PGHOST", (host(servers.one) + "," + host(servers.other)).c_str(), 1) == 0);
  auto uri = servers.database.uri();
  auto const begin = uri.find("host=");
  uri.erase(begin, uri.find('&', begin) + 1 - begin);
  auto const store = test::open(uri);
  CHECK(store->has_versions());
  CHECK(*store->version());
  auto const before = test::ask(*store, all_nodes).text;
  servers.one.stop();
  CHECK(test::ask(*store, all_nodes).text == before);
  CHECK_FALSE(store->has_versions());
  CHECK_FALSE(*store->version());
  servers.one.start();
  CHECK_FALSE(store->has_versions());
  REQUIRE(::unsetenv("PGHOST") == 0);
}
