// SPDX-License-Identifier: MIT
#include "source/profiles.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "support/temporary_folder.hpp"

using namespace restapi;
using source::Profile;

namespace {

/// config.json as AiiDA 2.x writes it, with one profile for each storage, and one of AiiDA 1.x.
constexpr char const* config = R"({
  "CONFIG_VERSION": {"CURRENT": 9, "OLDEST_COMPATIBLE": 9},
  "default_profile": "main",
  "profiles": {
    "main": {"PROFILE_UUID": "7f0c", "storage": {"backend": "core.psql_dos", "config": {
      "database_engine": "postgresql_psycopg2", "database_hostname": "db.example.org", "database_port": 5433,
      "database_username": "aiida reader", "database_password": "geheim &%=", "database_name": "aiida=db",
      "repository_uri": "file:///home/u/.aiida/repository/main"}}},
    "socket": {"storage": {"backend": "core.psql_dos", "config": {"database_hostname": null, "database_port": "5432",
      "database_username": "u", "database_password": "geheim", "database_name": "d"}}},
    "light": {"storage": {"backend": "core.sqlite_dos", "config": {"filepath": "/data/my light"}}},
    "archive": {"storage": {"backend": "core.sqlite_zip", "config": {"filepath": "/data/x.aiida"}}},
    "path": {"storage": {"backend": "core.sqlite_zip", "config": {"path": "/data/y.aiida"}}},
    "both": {"storage": {"backend": "sqlite_zip", "config": {"filepath": "/data/x.aiida", "path": "/data/y.aiida"}}},
    "former": {"AIIDADB_ENGINE": "postgresql_psycopg2", "AIIDADB_NAME": "d", "AIIDADB_HOST": "localhost",
      "AIIDADB_PORT": "5432", "AIIDADB_USER": "u", "AIIDADB_PASS": "geheim"},
    "memory": {"storage": {"backend": "core.sqlite_temp", "config": {}}},
    "no_storage": {"PROFILE_UUID": "7f0c"},
    "no_backend": {"storage": {"config": {}}},
    "no_config": {"storage": {"backend": "core.psql_dos"}},
    "no_name": {"storage": {"backend": "core.psql_dos", "config": {"database_username": "u", "database_password": "geheim"}}},
    "no_user": {"storage": {"backend": "core.psql_dos", "config": {"database_name": "d", "database_password": "geheim"}}},
    "no_path": {"storage": {"backend": "core.sqlite_dos", "config": {}}},
    "empty_path": {"storage": {"backend": "core.sqlite_zip", "config": {"filepath": ""}}},
    "odd": {"storage": {"backend": "core.psql_dos", "config": {"database_username": "u", "database_name": ["geheim"]}}},
    "no_port": {"AIIDADB_NAME": "d", "AIIDADB_USER": "u", "AIIDADB_PORT": "geheim"},
    "far_port": {"storage": {"backend": "core.psql_dos", "config": {"database_username": "u", "database_name": "d",
      "database_port": 65536}}},
    "text": "geheim"
  }})";

Error error_of(std::string const& text, std::string const& name) {
  auto const profile = source::find_profile(text, name, "config.json");
  REQUIRE_FALSE(profile);
  CHECK(profile.error().code == Code::source_refused);
  CHECK_THAT(profile.error().message + profile.error().hint, !Catch::Contains("geheim"));
  return profile.error();
}

}  // namespace

TEST_CASE("each storage of AiiDA becomes something to open", "[source][profiles]") {
  struct Case {
    char const* name;
    Profile::Storage storage;
    char const* location;
    char const* description;
  };
  using Storage = Profile::Storage;
  Case const cases[] = {
      {"main", Storage::postgresql,
       "postgresql:///?host=db.example.org&port=5433&user=aiida%20reader&password=geheim%20%26%25%3D&dbname=aiida%3Ddb&"
       "fallback_application_name=restapi",
       "profile main (postgresql database on db.example.org:5433)"},
      {"socket", Storage::postgresql,
       "postgresql:///?port=5432&user=u&password=geheim&dbname=d&fallback_application_name=restapi",
       "profile socket (postgresql database d on this machine)"},
      {"former", Storage::postgresql,
       "postgresql:///?host=localhost&port=5432&user=u&password=geheim&dbname=d&fallback_application_name=restapi",
       "profile former (postgresql database d on localhost)"},
      {"light", Storage::sqlite_file, "/data/my light/database.sqlite",
       "profile light (/data/my light/database.sqlite)"},
      {"archive", Storage::archive, "/data/x.aiida", "profile archive (/data/x.aiida)"},
      {"path", Storage::archive, "/data/y.aiida", "profile path (/data/y.aiida)"},
      {"both", Storage::archive, "/data/x.aiida", "profile both (/data/x.aiida)"},
  };
  for (auto const& [name, storage, location, description] : cases) {
    CAPTURE(name);
    auto const profile = source::find_profile(config, name, "config.json");
    REQUIRE(profile);
    CHECK(profile->name == name);
    CHECK(profile->storage == storage);
    CHECK(profile->location == location);
    CHECK(profile->description == description);
    CHECK_THAT(profile->description, !Catch::Contains("geheim"));
  }
}

TEST_CASE("a profile that cannot be read is refused with the reason", "[source][profiles][error]") {
  struct Case {
    char const* name;
    char const* message;
  };
  Case const cases[] = {
      {"nain", "there is no profile \"nain\" in config.json"},
      {"memory", "profile \"memory\" in config.json has the storage \"core.sqlite_temp\", which cannot be read"},
      {"no_storage", "profile \"no_storage\" in config.json has no \"storage\""},
      {"no_backend", "profile \"no_backend\" in config.json has no \"backend\""},
      {"no_config", "profile \"no_config\" in config.json has no \"config\" in its storage"},
      {"no_name", "profile \"no_name\" in config.json has no \"database_name\""},
      {"no_user", "profile \"no_user\" in config.json has no \"database_username\""},
      {"no_path", "profile \"no_path\" in config.json has no \"filepath\""},
      {"empty_path", "profile \"empty_path\" in config.json has no \"filepath\""},
      {"odd", "\"database_name\" of profile \"odd\" in config.json is not a text"},
      {"no_port", "\"AIIDADB_PORT\" of profile \"no_port\" in config.json is no number from 1 to 65535"},
      {"far_port", "\"database_port\" of profile \"far_port\" in config.json is no number from 1 to 65535"},
      {"text", "profile \"text\" in config.json is not an object"},
  };
  for (auto const& [name, message] : cases) {
    CAPTURE(name);
    CHECK(error_of(config, name).message == message);
  }
  CHECK(error_of(config, "memory").hint == "core.psql_dos, core.sqlite_dos and core.sqlite_zip can");
  CHECK_THAT(error_of(config, "nain").hint,
             Catch::StartsWith("did you mean \"main\"? its profiles: archive, ") && Catch::Contains(" main,"));
  CHECK(error_of(R"({"profiles": {}})", "x").hint == "it has no profiles");
}

TEST_CASE("a file that is no configuration is refused without quoting it", "[source][profiles][error]") {
  for (auto const* text : {"", "geheim", "{\"profiles\": {\"x\": geheim}}", "{\"profiles\": {}"}) {
    CAPTURE(text);
    CHECK(error_of(text, "x").message == "config.json is not valid JSON");
  }
  for (auto const* text : {"[]", "{}", "3", "{\"profiles\": [\"geheim\"]}", "{\"profiles\": null}"}) {
    CAPTURE(text);
    CHECK(error_of(text, "x").message == "config.json has no \"profiles\"");
  }
}

TEST_CASE("a long list of profiles is cut", "[source][profiles][error]") {
  std::string text = "{\"profiles\": {\"p00\": {}";
  for (int i = 10; i < 40; ++i) text += ", \"p" + std::to_string(i) + "\": {}";
  auto const hint = error_of(text + "}}", "x").hint;
  CHECK_THAT(hint, Catch::EndsWith("p28, …"));
}

TEST_CASE("the default profile, of today and of AiiDA 0.x", "[source][profiles]") {
  auto const found = source::find_default_profile(config, "config.json");
  REQUIRE(found);
  CHECK(found->name == "main");
  auto const former = source::find_default_profile(
      R"({"default_profiles": {"verdi": "a", "daemon": "b"}, "profiles": {"a": {"AIIDADB_NAME": "n", "AIIDADB_USER": "u"}}})",
      "config.json");
  REQUIRE(former);
  CHECK(former->name == "a");
  for (auto const* defaults : {R"({"daemon": "b"})", R"({"verdi": null, "daemon": "b"})"}) {
    auto const daemons =
        source::find_default_profile(std::string(R"({"default_profiles": )") + defaults +
                                         R"(, "profiles": {"a": {}, "b": {"AIIDADB_NAME": "n", "AIIDADB_USER": "u"}}})",
                                     "config.json");
    REQUIRE(daemons);
    CHECK(daemons->name == "b");
  }
  auto const wrong = source::find_default_profile(R"({"default_profile": "gone", "profiles": {}})", "config.json");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message == "there is no profile \"gone\" in config.json");
}

TEST_CASE("profiles without a default are named", "[source][profiles][error]") {
  for (auto const* defaults :
       {"", R"("default_profile": null, )", R"("default_profile": "", )", R"("default_profiles": {}, )"}) {
    CAPTURE(defaults);
    auto const some = source::find_default_profile(
        std::string("{") + defaults + R"("profiles": {"work": {}, "play": {}}})", "config.json");
    REQUIRE_FALSE(some);
    CHECK(some.error().code == Code::source_refused);
    CHECK(some.error().message == "config.json has no default profile");
    CHECK(some.error().hint == "its profiles: play, work; name the one to serve");
    auto const none = source::find_default_profile(std::string("{") + defaults + R"("profiles": {}})", "config.json");
    REQUIRE_FALSE(none);
    CHECK(none.error().message == "config.json has no profiles");
    CHECK(none.error().hint == "--demo serves the demo");
  }
}

TEST_CASE("AIIDA_PATH is searched as AiiDA does", "[source][profiles]") {
  test::TemporaryFolder const folder;
  auto const root = folder.path();
  folder.write("b/.aiida/config.json", "{}");
  folder.write("c/.aiida/config.json", "{}");
  CHECK(source::configuration_file(std::nullopt, "/home/u") == "/home/u/.aiida/config.json");
  CHECK(source::configuration_file("", "/home/u") == "/home/u/.aiida/config.json");
  CHECK(source::configuration_file("::", "/home/u") == "/home/u/.aiida/config.json");
  CHECK(source::configuration_file(root + "/b", "/home/u") == root + "/b/.aiida/config.json");
  CHECK(source::configuration_file(root + "/b/.aiida", "/home/u") == root + "/b/.aiida/config.json");
  CHECK(source::configuration_file(root + "/b/.aiida/", "/home/u") == root + "/b/.aiida/config.json");
  CHECK(source::configuration_file(root + "/a:" + root + "/b:" + root + "/c", "/home/u") ==
        root + "/b/.aiida/config.json");
  CHECK(source::configuration_file(root + "/x:" + root + "/y", "/home/u") == root + "/y/.aiida/config.json");
  CHECK(source::configuration_file("~/c", root) == root + "/c/.aiida/config.json");
}
