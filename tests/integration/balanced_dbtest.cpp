// SPDX-License-Identifier: MIT
// Several servers behind one address: what one says of its data proves nothing about the rows of another one.
#include <catch2/catch.hpp>
#include <future>

#include "support/ask.hpp"
#include "support/forwarder.hpp"
#include "support/postgresql_tools.hpp"
#include "support/service.hpp"
#include "support/session.hpp"

using namespace restapi;
using namespace std::chrono_literals;
using test::eventually;
using test::Fixture;

namespace {

constexpr char const* one_node = "/api/v2/nodes?id=1";

/// A primary and its standby, at the address of a forwarder.
struct Balanced {
  Balanced() {
    database.load(Fixture::generation2);
    standby.catch_up(database.uri());
  }

  std::string uri() const { return forwarder.uri(test::parameter_of(database.uri(), "dbname")); }

  void label(std::string const& text) const {
    database.run("UPDATE db_dbnode SET label = '" + text + "' WHERE id = 1");
  }
  /// Ends the store's sessions there, so that it needs others.
  void end_sessions(std::string const& at) const {
    test::PostgreSqlSession(at).run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'restapi'");
  }

  test::PostgreSqlServer const server;
  test::PostgreSqlDatabase const database{server.uri()};
  test::Standby const standby{server};
  std::string const of_standby = standby.uri(database.uri());
  test::Forwarder forwarder{{test::socket_folder(server.uri()), standby.folder()}};
  static constexpr int primary = 0, copy = 1;
};

std::string version_of(store::Store& store) {
  auto const version = store.version();
  if (!version) return "error: " + version.error().message;
  return *version ? (*version)->state : "unknown";
}

sql::Statement sleeping() {
  sql::Statement made("test", 1);
  made.add("SELECT CAST(pg_sleep(600) AS text)");
  return made;
}

}  // namespace

TEST_CASE("servers that take turns behind one address have no versions", "[balanced][version]") {
  Balanced servers;
  for (int first : {Balanced::primary, Balanced::copy}) {
    servers.forwarder.lead_to(first);
    auto const store = test::open(servers.uri(), {.connections = 2});
    test::Service service(*store, {.memory = std::make_shared<api::AnswerMemory>(64 << 20)});
    auto const ask = [&] { return service.answer("GET", one_node); };
    CHECK((version_of(*store) == "unknown") == (first == Balanced::copy));
    CHECK(ask().status == 200);

    // The other one answers from now on, and is behind.
    test::PostgreSqlSession(servers.of_standby).run("SELECT pg_wal_replay_pause()");
    servers.forwarder.lead_to(1 - first);
    servers.end_sessions(first == Balanced::primary ? servers.database.uri() : servers.of_standby);
    CHECK(eventually([&] { return ask().status == 200; }));
    CHECK_FALSE(store->has_versions());
    CHECK(version_of(*store) == "unknown");
    servers.label("changed " + std::to_string(first));
    for (int round = 0; round < 10; ++round) CHECK_FALSE(http::find_header(ask().headers, "ETag"));
    test::PostgreSqlSession(servers.of_standby).run("SELECT pg_wal_replay_resume()");
    servers.standby.catch_up(servers.database.uri());
    // Nothing old is kept, from whichever of them.
    servers.forwarder.in_turn();
    servers.end_sessions(servers.database.uri());
    servers.end_sessions(servers.of_standby);
    CHECK(eventually([&] { return ask().body.text().find("changed " + std::to_string(first)) != std::string::npos; }));
    for (int round = 0; round < 10; ++round) {
      auto const answer = ask();
      CHECK(answer.body.text().find("changed " + std::to_string(first)) != std::string::npos);
      CHECK_FALSE(http::find_header(answer.headers, "ETag"));
    }
    CHECK_FALSE(store->has_versions());
  }
}

TEST_CASE("a store that met two servers before its first answer has no versions", "[balanced][version]") {
  Balanced servers;
  servers.forwarder.in_turn();
  auto const store = test::open(servers.uri());
  CHECK_FALSE(store->has_versions());
  CHECK(version_of(*store) == "unknown");
}

TEST_CASE("a standby that is promoted has versions from then on", "[balanced][version][standby]") {
  Balanced servers;
  auto const store = test::open(servers.of_standby, {.connections = 1});
  test::Service service(*store, {.memory = std::make_shared<api::AnswerMemory>(64 << 20)});
  CHECK(version_of(*store) == "unknown");
  servers.standby.promote();
  CHECK(eventually([&] { return version_of(*store) != "unknown"; }));
  for (int i = 0; i < 5; ++i) {
    auto const label = "promoted " + std::to_string(i);
    test::PostgreSqlSession(servers.of_standby).run("UPDATE db_dbnode SET label = '" + label + "' WHERE id = 1");
    for (int round = 0; round < 3; ++round)
      CHECK(service.answer("GET", one_node).body.text().find(label) != std::string::npos);
  }
}

TEST_CASE("where the primary ends and its standby takes its place, answers are the new one's", "[balanced][version]") {
  Balanced servers;
  servers.forwarder.lead_to(Balanced::primary);
  auto const store = test::open(servers.uri(), {.connections = 2});
  test::Service service(*store, {.memory = std::make_shared<api::AnswerMemory>(64 << 20)});
  auto const before = version_of(*store);
  CHECK(before != "unknown");
  CHECK(service.answer("GET", one_node).status == 200);
  servers.standby.promote();
  servers.forwarder.lead_to(Balanced::copy);
  servers.server.stop();
  test::PostgreSqlSession(servers.of_standby).run("UPDATE db_dbnode SET label = 'elsewhere' WHERE id = 1");
  CHECK(eventually([&] { return service.answer("GET", one_node).status == 200; }));
  for (int round = 0; round < 5; ++round)
    CHECK(service.answer("GET", one_node).body.text().find("elsewhere") != std::string::npos);
  CHECK(version_of(*store) != before);
}

TEST_CASE("connections to a server whose place has been taken are not used again", "[balanced][version]") {
  Balanced servers;
  servers.forwarder.lead_to(Balanced::primary);
  auto const store = test::open(servers.uri(), {.connections = 2});
  auto const former = version_of(*store);
  // Both are there, as after a split of the network, and the address leads to the new one.
  servers.standby.promote();
  servers.forwarder.lead_to(Balanced::copy);
  std::stop_source client;
  auto reading = std::async(std::launch::async, [&] { return store->read(sleeping(), client.get_token()); });
  CHECK(eventually([&] { return store->counts().connections.lent == 1; }));
  auto const latter = version_of(*store);  // over a second connection
  CHECK(latter != former);
  client.request_stop();
  REQUIRE(reading.wait_for(60s) == std::future_status::ready);
  test::PostgreSqlSession(servers.of_standby).run("UPDATE db_dbnode SET label = 'latter' WHERE id = 1");
  servers.label("former");
  for (int round = 0; round < 10; ++round) CHECK(test::ask(*store, one_node).text.find("latter") != std::string::npos);

  // The former one once more: now both are known to be there.
  servers.forwarder.lead_to(Balanced::primary);
  servers.end_sessions(servers.of_standby);
  CHECK(test::ask_until_available(*store, one_node).text.find("former") != std::string::npos);
  CHECK_FALSE(store->has_versions());
}
