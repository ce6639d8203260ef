// SPDX-License-Identifier: MIT
#include "source/database_identity.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "support/temporary_folder.hpp"

using namespace restapi;
using source::DatabaseIdentity;
using source::FoundSource;

namespace {

namespace fs = std::filesystem;

DatabaseIdentity identity(std::string const& text, source::SourceContext const& context = {}) {
  auto const found = source::find_sources({source::SourceSpec::Kind::text, text}, context);
  if (!found) FAIL(found.error().message);
  return DatabaseIdentity::of(found->front());
}

bool are_same(std::string const& one, std::string const& other) {
  bool const are = identity(one).is_same(identity(other));
  CHECK(identity(other).is_same(identity(one)) == are);
  return are;
}

/// For as long as it lives.
class Variable {
 public:
  Variable(char const* name, char const* value) : name_(name) { ::setenv(name, value, 1); }
  Variable(Variable const&) = delete;
  Variable& operator=(Variable const&) = delete;
  ~Variable() { ::unsetenv(name_); }

 private:
  char const* name_;
};

}  // namespace

TEST_CASE("a file is itself by every path, and no other", "[source][identity]") {
  test::TemporaryFolder const folder;
  std::string const bytes("SQLite format 3\0", 16);
  auto const file = folder.write("a.sqlite", bytes), copy = folder.write("b.sqlite", bytes);
  auto const soft = folder.path() + "/soft.sqlite", tight = folder.path() + "/tight.db";
  fs::create_symlink(file, soft);
  fs::create_hard_link(file, tight);
  for (auto const& path :
       {file, soft, tight, folder.path() + "/../" + fs::path(folder.path()).filename().string() + "/./a.sqlite"}) {
    CAPTURE(path);
    CHECK(are_same(file, path));
    CHECK_FALSE(are_same(copy, path));
  }
  CHECK_FALSE(are_same(file, "postgresql://h/a"));
  auto const found = source::find_sources({source::SourceSpec::Kind::text, copy}, {});
  REQUIRE(found);
  fs::remove(copy);
  auto const gone = DatabaseIdentity::of(found->front());
  CHECK_FALSE(gone.is_same(identity(file)));
  CHECK(gone.is_same(gone));
}

TEST_CASE("what is not there is itself by its path or its name", "[source][identity]") {
  test::TemporaryFolder const folder;
  std::string const path = folder.path() + "/gone.aiida";
  fs::create_directory_symlink(folder.path(), folder.path() + "/link");
  CHECK(are_same(path, folder.path() + "/link/gone.aiida"));
  // A link that leads to it, and one to that; a folder that is not there either.
  fs::create_symlink("gone.aiida", folder.path() + "/soft.aiida");
  fs::create_symlink(folder.path() + "/link/soft.aiida", folder.path() + "/softer.aiida");
  fs::create_symlink("no/where", folder.path() + "/nowhere");
  fs::create_symlink("round.aiida", folder.path() + "/round.aiida");
  CHECK(are_same(path, folder.path() + "/soft.aiida"));
  CHECK(are_same(path, folder.path() + "/no/../link/./softer.aiida"));
  CHECK(are_same(folder.path() + "/nowhere/a.aiida", folder.path() + "/no/where/a.aiida"));
  CHECK_FALSE(are_same(path, folder.path() + "/nowhere/gone.aiida"));
  CHECK_FALSE(are_same(path, folder.path() + "/round.aiida"));
  CHECK_FALSE(are_same(path, folder.path() + "/other.aiida"));
  CHECK_FALSE(are_same(path, folder.write("there.aiida", "PK\3\4")));
  CHECK(are_same("no_such_profile", "no_such_profile"));
  CHECK_FALSE(are_same("no_such_profile", "neither"));
  CHECK(identity(path).is_served_once());
  CHECK_FALSE(identity("no_such_profile").is_served_once());  // it may be a database of PostgreSQL
}

TEST_CASE("the demo is the demo", "[source][identity]") {
  auto const demo = DatabaseIdentity::of({"demo", {}, FoundSource::Packed::demo});
  CHECK(demo.is_same(demo));
  CHECK_FALSE(demo.is_same(identity("postgresql://h/demo")));
}

TEST_CASE("a database of PostgreSQL by its name and its servers", "[source][identity]") {
  for (auto const* name : {"PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE"}) ::unsetenv(name);
  struct Case {
    char const* one;
    char const* other;
    bool are_same;
  };
  Case const cases[] = {
      {"postgresql://h/d", "postgresql://h/d", true},
      {"postgresql://u:p@h/d?sslmode=require", "host=H port=5432 user=v dbname=d", true},
      {"postgresql://h./d", "postgresql://h/d", true},
      {"postgresql://h/d", "postgresql://h/D", false},
      {"postgresql://h/d", "postgresql://h/e", false},
      {"postgresql://h/d", "postgresql://h:5433/d", false},
      {"postgresql://h/d", "postgresql://g/d", false},
      {"postgresql://u@h", "postgresql://h/u", true},  // a database is called as its user unless it has a name
      // Several hosts: one in common is enough.
      {"postgresql://a,b/d", "postgresql://b,c/d", true},
      {"postgresql://a,b:5433/d", "postgresql://b/d", false},
      {"postgresql://a,b/d", "postgresql://c/d", false},
      {"host=h dbname=d port=05432", "host=h dbname=d port='+5432 '", true},
      // All ways to this machine, as far as the port says.
      {"postgresql://localhost/d", "postgresql://127.0.0.1/d", true},
      {"postgresql://[::1]/d", "postgresql:///d", true},
      {"postgresql:///d", "host=/var/run/postgresql dbname=d", true},
      {"host=/run/postgresql dbname=d", "host=localhost dbname=d", true},
      {"host=/run/postgresql dbname=d port=5433", "host=localhost dbname=d", false},
      {"host=/tmp dbname=d", "host=/run/postgresql dbname=d", false},
      {"postgresql://127.example.org/d", "postgresql://localhost/d", false},
      // The address is where libpq goes; the name is for certificates then.
      {"host=a hostaddr=10.0.0.1 dbname=d", "host=b hostaddr=10.0.0.1 dbname=d", true},
      {"host=a hostaddr=10.0.0.1 dbname=d", "host=a hostaddr=10.0.0.2 dbname=d", false},
      // What a service file says is not looked at.
      {"service=s dbname=d", "service=s dbname=d", true},
      {"service=s dbname=d", "service=t dbname=d", false},
  };
  for (auto const& [one, other, expected] : cases) {
    CAPTURE(one, other);
    CHECK(are_same(one, other) == expected);
  }
}

TEST_CASE("libpq's variables say what the source does not", "[source][identity]") {
  Variable const host("PGHOST", "h"), port("PGPORT", "5433"), database("PGDATABASE", "d");
  CHECK(are_same("postgresql:///", "postgresql://h:5433/d"));
  CHECK(are_same("postgresql://h/", "postgresql:///d"));
  CHECK_FALSE(are_same("postgresql://g/", "postgresql:///d"));
  CHECK_FALSE(are_same("postgresql://h:5432/", "postgresql:///d"));
}
