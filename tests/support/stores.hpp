// SPDX-License-Identifier: MIT
/// Stores for tests, made from tests/fixtures and opened as the program opens them: store::find_sources on what a
/// person would type, then store::open_store.
///
///   for (auto const& opened : test::every_store()) {
///     INFO(opened->name);
///     test::Service service(*opened->store, {});
///   }
///
/// PostgreSQL is the server that tools/with_postgresql starts beside the tests; each database belongs to one process,
/// and goes with its object.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.hpp"
#include "support/temporary_folder.hpp"

namespace restapi::test {

/// The databases of tests/fixtures: `document` is an AiiDA 0.x database, the others are of AiiDA 2.x: `generation2`
/// with whatever is odd, `aiida2` with what clients of /api/v4 look at.
enum class Fixture { document, generation2, aiida2 };

/// Those with rows of every resource, and both engines, in the order in which tests take them.
inline constexpr Fixture fixtures[] = {Fixture::document, Fixture::generation2};
inline constexpr source::Engine engines[] = {source::Engine::postgresql, source::Engine::sqlite};

std::string_view name_of(Fixture fixture);  ///< "document"
std::optional<Fixture> fixture_named(std::string_view name);
std::string_view name_of(source::Engine engine);  ///< "PostgreSQL", "SQLite"

/// The URI in RESTAPI_TEST_POSTGRESQL. Throws std::runtime_error that names tools/with_postgresql where it is missing.
std::string postgresql_of_tests();

/// A server's URI, with another database in it.
std::string with_database(std::string const& server, std::string const& database);

/// A database on a PostgreSQL server, dropped with the object, whoever is connected to it.
class PostgreSqlDatabase {
 public:
  /// On the server of the tests, or on one of a test's own.
  explicit PostgreSqlDatabase(std::string server = postgresql_of_tests());
  /// In that encoding, whatever the server's own: `LATIN1`, `SQL_ASCII`.
  PostgreSqlDatabase(std::string server, std::string const& encoding);
  ~PostgreSqlDatabase();
  PostgreSqlDatabase(PostgreSqlDatabase const&) = delete;
  PostgreSqlDatabase& operator=(PostgreSqlDatabase const&) = delete;

  std::string const& uri() const { return uri_; }

  /// Runs one or several statements over a connection of its own, outside of any store; gives the first cell of the
  /// last result, or nothing. Throws std::runtime_error with the server's words.
  std::string run(std::string const& sql) const;

  void load(Fixture fixture) const;

 private:
  std::string server_, name_, uri_;
};

/// Makes an SQLite file from the text of statements. Throws std::runtime_error.
void make_sqlite_file(std::string const& path, std::string const& sql);
void make_sqlite_file(std::string const& path, Fixture fixture);

/// An opened store with what it lives on.
struct OpenedStore {
  std::string name;  ///< "document in PostgreSQL"
  Fixture fixture;
  source::Engine engine;
  std::unique_ptr<PostgreSqlDatabase> database = {};
  std::unique_ptr<TemporaryFolder> folder = {};
  std::string source;  ///< URI or path, as one would type it
  std::shared_ptr<store::Store> store = {};
};

/// What a URI, a keyword string or a file leads to. Throws std::runtime_error with the Error's words.
source::Source source_of(std::string const& source);

/// Opens a URI, a keyword string, a file. Throws std::runtime_error with the Error's words where it is refused.
std::shared_ptr<store::Store> open(std::string const& source, store::StoreOptions options = {});

std::unique_ptr<OpenedStore> open_fixture(Fixture fixture, source::Engine engine, store::StoreOptions options = {});

/// A fixture on an engine, opened once per process and closed at its end.
OpenedStore& shared_store(Fixture fixture, source::Engine engine);

/// Each of `fixtures` on each of `engines`, shared.
std::vector<OpenedStore*> const& every_store();

}  // namespace restapi::test
