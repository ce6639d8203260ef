// SPDX-License-Identifier: MIT
// When the version of the data is known, and what changes it on a real server: crashes, standbys.
#include <catch2/catch.hpp>
#include <thread>

#include "support/ask.hpp"
#include "support/counting_store.hpp"
#include "support/eventually.hpp"
#include "support/postgresql_tools.hpp"
#include "support/service.hpp"

using namespace restapi;
using test::Fixture;

namespace {

std::string version_of(store::Store& store) {
  auto const version = store.version();
  if (!version) return "error: " + version.error().message;
  return *version ? store::text_of(**version, model::EntitySet().set()) : "unknown";
}

/// The first that is told: on a busy machine a file may be locked for longer than a version is waited for.
std::string next_version_of(store::Store& store) {
  std::string version;
  test::eventually([&] { return !(version = version_of(store)).starts_with("error"); });
  return version;
}

}  // namespace

TEST_CASE("a version stands until something is committed", "[version]") {
  for (auto const engine : test::engines) {
    auto const opened = test::open_fixture(Fixture::generation2, engine);
    INFO(opened->name);
    auto const change = [&](std::string const& sql) {
      if (opened->database)
        opened->database->run(sql);
      else
        test::make_sqlite_file(opened->source, sql);
    };
    // Another test's transaction may end meanwhile: then a version changes for no reason of ours, but not always.
    bool stood = false;
    for (int i = 0; i < 100 && !stood; ++i) {
      auto const before = version_of(*opened->store);
      test::ask(*opened->store, "/api/v2/nodes?limit=1");
      stood = version_of(*opened->store) == before;
    }
    CHECK(stood);
    std::set<std::string> seen{version_of(*opened->store)};
    for (int i = 0; i < 20; ++i) {
      change("UPDATE db_dbnode SET label = '" + std::to_string(i) + "' WHERE id = 1");
      CHECK(seen.insert(next_version_of(*opened->store)).second);
    }
  }
}

TEST_CASE("a server that recovered from a crash has another version, even if nothing was written", "[version]") {
  test::PostgreSqlServer const server;
  test::PostgreSqlDatabase const database(server.uri());
  database.load(Fixture::generation2);
  auto const store = test::open(database.uri());
  database.run("CHECKPOINT");
  auto const before = version_of(*store);
  CHECK(version_of(*store) == before);
  test::run_shell("kill -9 " +
                  database.run("SELECT pid FROM pg_stat_activity WHERE application_name = 'restapi' LIMIT 1"));
  auto after = version_of(*store);
  auto const limits = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (after.starts_with("error") && std::chrono::steady_clock::now() < limits) {
    std::this_thread::yield();
    after = version_of(*store);
  }
  CHECK(!after.starts_with("error"));
  UNSCOPED_INFO(before << " and " << after);
  CHECK(after != before);
}

TEST_CASE("a standby knows no version, and nothing is cached of it", "[version][standby]") {
  test::PostgreSqlServer const server;
  test::PostgreSqlDatabase const database(server.uri());
  database.load(Fixture::generation2);
  test::Standby const standby(server);
  auto const store = test::open(standby.uri(database.uri()));
  CHECK(version_of(*store) == "unknown");
  test::CountingStore counting(*store);
  test::Service service(counting, {.memory = std::make_shared<api::AnswerMemory>(64 << 20)});
  auto const ask = [&] { return service.answer("GET", "/api/v2/nodes?id=1"); };
  CHECK(!http::find_header(ask().headers, "ETag"));
  for (int i = 0; i < 3; ++i) {
    auto const label = "change " + std::to_string(i);
    database.run("UPDATE db_dbnode SET label = '" + label + "' WHERE id = 1");
    bool arrived = false;  // the standby follows in its own time
    for (int round = 0; round < 100'000 && !arrived; ++round)
      arrived = ask().body.text().find(label) != std::string::npos;
    CHECK(arrived);
    CHECK(ask().body.text().find(label) != std::string::npos);
  }
  CHECK(!http::find_header(ask().headers, "ETag"));
}
