// SPDX-License-Identifier: MIT
#include "support/stores.hpp"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <utility>

namespace restapi::test {
namespace {

using source::Engine;

constexpr std::string_view fixture_names[] = {"document", "generation2", "aiida2"};

std::string schema_file(Fixture fixture, Engine engine) {
  return std::string("sql/schema/") + (engine == Engine::sqlite ? "sqlite" : "postgresql") +
         (fixture == Fixture::document ? "_gen1.sql" : "_gen2.sql");
}

std::string fixture_file(Fixture fixture) { return "tests/fixtures/" + std::string(name_of(fixture)) + ".sql"; }

std::string run_on(std::string const& uri, std::string const& sql) {
  std::unique_ptr<PGconn, decltype(&PQfinish)> const connection(PQconnectdb(uri.c_str()), PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection.get()));
  // The schemas say many a NOTICE; a failed test should not have to be looked for among them.
  PQsetNoticeReceiver(
      connection.get(), [](void*, PGresult const*) {}, nullptr);
  std::unique_ptr<PGresult, decltype(&PQclear)> const result(PQexec(connection.get(), sql.c_str()), PQclear);
  auto const status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    throw std::runtime_error(PQerrorMessage(connection.get()));
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

std::string next_database_name() {
  static std::atomic<int> made = 0;
  return "restapi_test_" + std::to_string(::getpid()) + "_" + std::to_string(++made);
}

}  // namespace

std::string_view name_of(Fixture fixture) { return fixture_names[static_cast<std::size_t>(fixture)]; }

std::optional<Fixture> fixture_named(std::string_view name) {
  auto const found = std::ranges::find(fixture_names, name);
  if (found == std::end(fixture_names)) return std::nullopt;
  return static_cast<Fixture>(found - std::begin(fixture_names));
}

std::string_view name_of(Engine engine) { return engine == Engine::sqlite ? "SQLite" : "PostgreSQL"; }

std::string postgresql_of_tests() {
  auto const* uri = std::getenv("RESTAPI_TEST_POSTGRESQL");
  if (!uri || !*uri)
    throw std::runtime_error("this test needs a PostgreSQL server: run it as `tools/with_postgresql ctest …`");
  return uri;
}

std::string with_database(std::string const& server, std::string const& database) {
  return server + "&dbname=" + database;  // libpq takes the last of a repeated parameter
}

PostgreSqlDatabase::PostgreSqlDatabase(std::string server)
    : server_(std::move(server)), name_(next_database_name()), uri_(with_database(server_, name_)) {
  run_on(server_, "CREATE DATABASE " + name_);
}

PostgreSqlDatabase::PostgreSqlDatabase(std::string server, std::string const& encoding)
    : server_(std::move(server)), name_(next_database_name()), uri_(with_database(server_, name_)) {
  run_on(server_, "CREATE DATABASE " + name_ + " TEMPLATE template0 LOCALE 'C' ENCODING '" + encoding + "'");
}

PostgreSqlDatabase::~PostgreSqlDatabase() try {
  run_on(server_, "DROP DATABASE " + name_ + " WITH (FORCE)");
} catch (std::runtime_error const&) {
  return;  // the server has been stopped: the database went with it
}

std::string PostgreSqlDatabase::run(std::string const& sql) const { return run_on(uri_, sql); }

void PostgreSqlDatabase::load(Fixture fixture) const {
  // One text: the schema sets the time zone in which the fixture's times are read.
  run(read_file(schema_file(fixture, Engine::postgresql)) + read_file(fixture_file(fixture)));
}

void make_sqlite_file(std::string const& path, std::string const& sql) {
  sqlite3* opened = nullptr;
  auto const failed = sqlite3_open(path.c_str(), &opened);
  std::unique_ptr<sqlite3, decltype(&sqlite3_close)> const connection(opened, sqlite3_close);
  if (failed != SQLITE_OK || sqlite3_exec(opened, ("BEGIN;" + sql + ";COMMIT").c_str(), nullptr, nullptr, nullptr))
    throw std::runtime_error(sqlite3_errmsg(opened));
}

void make_sqlite_file(std::string const& path, Fixture fixture) {
  make_sqlite_file(path, read_file(schema_file(fixture, Engine::sqlite)) + read_file(fixture_file(fixture)));
}

source::Source source_of(std::string const& source) {
  auto const context = source::source_context_of_process();
  auto const found = source::find_sources({source::SourceSpec::Kind::text, source}, context);
  if (!found) throw std::runtime_error(found.error().message);
  auto unpacked = source::open_source(found->front(), context);
  if (!unpacked) throw std::runtime_error(unpacked.error().message);
  return *std::move(unpacked);
}

std::shared_ptr<store::Store> open(std::string const& source, store::StoreOptions options) {
  auto opened = store::open_store(source_of(source), options);
  if (!opened) throw std::runtime_error(opened.error().message);
  return *std::move(opened);
}

std::unique_ptr<OpenedStore> open_fixture(Fixture fixture, Engine engine, store::StoreOptions options) {
  auto opened = std::make_unique<OpenedStore>();
  opened->name = std::string(name_of(fixture)) + " in " + std::string(name_of(engine));
  opened->fixture = fixture;
  opened->engine = engine;
  if (engine == Engine::postgresql) {
    opened->database = std::make_unique<PostgreSqlDatabase>();
    opened->database->load(fixture);
    opened->source = opened->database->uri();
  } else {
    opened->folder = std::make_unique<TemporaryFolder>();
    opened->source = opened->folder->path() + "/database.sqlite";
    make_sqlite_file(opened->source, fixture);
  }
  opened->store = open(opened->source, options);
  return opened;
}

OpenedStore& shared_store(Fixture fixture, Engine engine) {
  static std::map<std::pair<Fixture, Engine>, std::unique_ptr<OpenedStore>> all;
  auto& opened = all[{fixture, engine}];
  if (!opened) opened = open_fixture(fixture, engine);
  return *opened;
}

std::vector<OpenedStore*> const& every_store() {
  static auto const all = [] {
    std::vector<OpenedStore*> stores;
    for (auto const fixture : fixtures)
      for (auto const engine : engines) stores.push_back(&shared_store(fixture, engine));
    return stores;
  }();
  return all;
}

}  // namespace restapi::test
