// SPDX-License-Identifier: MIT
#include "config/served_profiles.hpp"

#include <catch2/catch.hpp>

#include "base/passwords.hpp"
#include "serving.hpp"

using namespace restapi;
using namespace restapi::test;

namespace {

auto const another_name = Catch::Contains("`--profile OTHER=SOURCE`, or a section [OTHER]");

}  // namespace

TEST_CASE("who has no name takes the source's", "[profiles]") {
  Fixture const fixture;
  CHECK(
      fixture.served({text(fixture.archive("mc3d.aiida")), text(fixture.sqlite("two.db"), "second"), profile("main"),
                      text("postgresql://h/data%20base"), demo()}) ==
      "mc3d<archive mc3d.aiida> second<SQLite file two.db> main<profile main (postgresql database d on this machine)> "
      "data base<postgresql database data base on h> demo<the demo>");
  CHECK_THAT(fixture.served({ProfileOptions{}}), Catch::Contains("config.json has no default profile"));
}

TEST_CASE("the options go with each profile", "[profiles]") {
  Fixture const fixture;
  fixture.archive("folder/a.aiida");
  fixture.archive("folder/b.aiida");
  auto closed = text(fixture.path("folder"));
  closed.token_keys = "keys";
  auto const found = config::find_profiles({profile("main"), closed}, {}, fixture.context);
  REQUIRE(found.mistakes.empty());
  REQUIRE(found.profiles.size() == 3);
  CHECK(found.profiles[0].options.token_keys.empty());
  CHECK(found.profiles[1].options.token_keys == "keys");
  CHECK(found.profiles[2].options.token_keys == "keys");
  CHECK(found.profiles[2].found.packed == source::FoundSource::Packed::archive);
}

TEST_CASE("one name for two databases is an error that says how to mend it", "[profiles][error]") {
  Fixture const fixture;
  auto const x = fixture.archive("x.aiida");
  for (auto const& profiles : {std::vector{text(x), profile("x")},
                               {text(x), text(fixture.archive("elsewhere/x.aiida"))},
                               {profile("main"), text(x, "main")},
                               {text(x, "demo"), demo()}}) {
    auto const error = fixture.served(profiles);
    CHECK_THAT(error, Catch::StartsWith("two databases are called \"") && another_name);
  }
}

TEST_CASE("a name that cannot be in an address is an error for what was named itself", "[profiles][error]") {
  Fixture const fixture;
  for (auto const& one : {text(fixture.archive("api.aiida")), text(fixture.archive("...aiida")),
                          text(fixture.archive("\xff.aiida")), profile("a/b")}) {
    CAPTURE(one.wanted.text);
    CHECK_THAT(fixture.served({profile("main"), one}), Catch::Contains("cannot be served as") && another_name);
  }
  CHECK(fixture.served({text(fixture.path("api.aiida"), "other")}) == "other<archive api.aiida>");
}

TEST_CASE("files of a folder give way to what was named itself, and to the folder before", "[profiles][folder]") {
  Fixture const fixture;
  fixture.archive("folder/x.aiida");
  fixture.archive("folder/y.aiida");
  fixture.sqlite("other/y.db");
  auto const folder = fixture.path("folder"), other = fixture.path("other");
  CHECK_THAT(fixture.served({text(folder), profile("x")}),
             Catch::StartsWith("x.aiida<archive folder/x.aiida> y<archive folder/y.aiida> x<profile x"));
  CHECK(fixture.served({text(folder), text(other)}) ==
        "x<archive folder/x.aiida> y<archive folder/y.aiida> y.db<SQLite file other/y.db>");
  fixture.archive("second/x.aiida");
  fixture.archive("third/x.aiida");
  auto const three = fixture.served({text(folder), text(fixture.path("second")), text(fixture.path("third"))});
  CHECK_THAT(three, Catch::StartsWith(
                        "two databases are called \"x.aiida\": archive second/x.aiida and archive third/x.aiida") &&
                        another_name);
}

TEST_CASE("a file of a folder that cannot be a name is passed over", "[profiles][folder]") {
  Fixture const fixture;
  fixture.archive("folder/\xff.aiida");
  fixture.archive("folder/api.aiida");
  fixture.archive("folder/good.aiida");
  CHECK(fixture.served({text(fixture.path("folder"))}) ==
        "api.aiida<archive folder/api.aiida> good<archive folder/good.aiida>");
  fixture.archive("bad/\xff.aiida");
  CHECK_THAT(fixture.served({text(fixture.path("bad"))}),
             Catch::StartsWith("no file of the folder has a name that can be in an address") && another_name);
}

TEST_CASE("a folder cannot have one name", "[profiles][folder][error]") {
  Fixture const fixture;
  fixture.archive("folder/x.aiida");
  auto const folder = fixture.path("folder");
  CHECK_THAT(fixture.served({text(folder, "all")}),
             Catch::StartsWith("\"" + folder +
                               "\" is a folder, and \"all\" can be the name of one database only | "
                               "without a name in front its files are served under theirs"));
}

TEST_CASE("all that is wrong is said, with its place and the nearest name", "[profiles][error]") {
  Fixture const fixture;
  auto wrong = text("mysql://h/d", "b");
  wrong.place = "\"r.toml\", line 7, section [b]";
  ProfileOptions mistyped{.name = "mian", .wanted = {source::SourceSpec::Kind::profile, "mian"}, .gives_way = true};
  mistyped.place = "\"r.toml\", line 9, section [mian]";
  auto other = mistyped;
  other.name = other.wanted.text = "xz";
  other.place = "\"r.toml\", line 10, section [xz]";
  auto const x = fixture.archive("x.aiida");
  auto const said =
      fixture.served({wrong, text(x), text(fixture.archive("y/x.aiida")), mistyped, other}, {wrong, mistyped, other});
  auto const no_profile = [&](std::string const& name) {
    return "no database is called \"" + name + "\" that the section could be about, and there is no profile \"" + name +
           "\" in " + fixture.path("home/.aiida/config.json") + " | ";
  };
  auto const* nearest = "did you mean \"main\"? its profiles: a/b, filed, main, x";
  CHECK(
      said ==
      "\"r.toml\", line 7, section [b]: a URI of the scheme \"mysql\" cannot be read | postgresql://USER@HOST/DATABASE "
      "can\n\"r.toml\", line 9, section [mian]: " +
          no_profile("mian") + nearest + "\n\"r.toml\", line 10, section [xz]: " + no_profile("xz") +
          "did you mean \"x\"?\ntwo databases are called \"x\": archive x.aiida and archive y/x.aiida | `--profile "
          "OTHER=SOURCE`, or a section [OTHER] with its source in the file of --config, gives another name");
  CHECK_THAT(fixture.served({profile("mani")}), Catch::EndsWith(nearest));
}

TEST_CASE("a section that may be mistyped is none of a database that is not there", "[profiles][error]") {
  Fixture const fixture;
  auto mc3d = text(fixture.archive("mc3d.aiida"), "mc3d");
  auto section = [](std::string const& name) {
    return ProfileOptions{.name = name, .wanted = {source::SourceSpec::Kind::profile, name}, .gives_way = true};
  };
  CHECK_THAT(fixture.served({mc3d, section("mc3")}, {mc3d, section("mc3")}), Catch::EndsWith("did you mean \"mc3d\"?"));
  CHECK_THAT(fixture.served({mc3d, section("other")}, {mc3d, section("other")}),
             Catch::EndsWith("other<profile other>"));
}

TEST_CASE("a password in the place of a name or a path is not shown", "[profiles][error]") {
  Fixture const fixture;
  for (auto const* typed : {"postgresq:/reader:geheim/x", "//reader:geheim/x", "reader:geheim", "reader:geheim@h/x",
                            "postgres:reader:geheim", "postgresql://reader:geheim", "mysql://reader:geheim"}) {
    CAPTURE(typed);
    for (auto const& one : {text(typed), profile(typed), text(typed, "x")}) {
      CHECK_THAT(without_passwords(fixture.served({one})), !Catch::Contains("geheim"));
      // Beside another it is no profile either, whose name everybody would see.
      CHECK_THAT(without_passwords(fixture.served({demo(), one})), !Catch::Contains("geheim"));
    }
  }
}

TEST_CASE("files that AiiDA calls alike are told apart by their folders", "[profiles][error]") {
  Fixture const fixture;
  auto const one = fixture.sqlite("one/database.sqlite"), two = fixture.sqlite("two/database.sqlite");
  CHECK(fixture.served({text(one)}) == "database<SQLite file one/database.sqlite>");
  CHECK_THAT(fixture.served({text(one), text(two)}),
             Catch::StartsWith("two databases are called \"database\": SQLite file one/database.sqlite and SQLite file "
                               "two/database.sqlite"));
}

TEST_CASE("what cannot be served is a profile, as long as another can be", "[profiles][error]") {
  Fixture const fixture;
  auto const garbage = fixture.folder.write("archives/garbage.aiida", "hello");
  fixture.archive("archives/good.aiida");
  std::filesystem::create_directories(fixture.path("empty"));
  CHECK(fixture.served({profile("main"), profile("nix")}) ==
        "main<profile main (postgresql database d on this machine)> nix<profile nix>");
  CHECK(fixture.served({text("./nix.aiida"), text("./nix.aiida", "a"), demo()}) ==
        "a<file ./nix.aiida> demo<the demo>");
  CHECK(fixture.served({text(fixture.path("archives"))}) ==
        "garbage<file archives/garbage.aiida> good<archive archives/good.aiida>");
  CHECK(fixture.served({text(garbage), text(fixture.path("empty")), profile("filed"), demo()}) ==
        "garbage<file archives/garbage.aiida> empty<folder " + fixture.path("empty") +
            "> filed<profile filed (~/filed/" + "database.sqlite)> demo<the demo>");
}

TEST_CASE("where nothing can be served, all reasons are said", "[profiles][error]") {
  Fixture const fixture;
  CHECK_THAT(fixture.served({text("./nix.aiida", "a")}), Catch::StartsWith("no such file: \"./nix.aiida\" | "));
  auto const config = fixture.path("home/.aiida/config.json");
  CHECK(
      fixture.served({text("./nix.aiida", "a"), profile("nix")}) ==
      "none of the 2 databases can be served | a: no such file: \"./nix.aiida\"; nix: there is no profile \"nix\" in " +
          config);
  auto const garbage = fixture.folder.write("archives/garbage.aiida", "hello");
  CHECK(fixture.served({text(fixture.path("archives"))}) ==
        "\"" + garbage + "\" is neither an AiiDA archive nor an SQLite database | ");
}

TEST_CASE("mistakes in the names of databases are errors of all, as they are for one", "[profiles][error]") {
  Fixture const fixture;
  for (auto const* wrong : {"mysql://h/d", "postgresql:/h/d", "postgresql://h:port/d", ""})
    CHECK_THAT(fixture.served({demo(), text(wrong)}), !Catch::StartsWith("demo"));
  CHECK_THAT(fixture.served({demo(), profile("postgresql://h/d")}), Catch::StartsWith("a PostgreSQL URI"));
  // Two names for one, also where that is not there.
  CHECK_THAT(fixture.served({demo(), text("./nix.aiida", "a"), text("./nix.aiida", "b")}),
             Catch::StartsWith("\"a\" and \"b\" are one file"));
  CHECK_THAT(fixture.served({demo(), text("./nix.aiida"), text("./other/nix.aiida")}),
             Catch::StartsWith("two databases are called \"nix\""));
}

namespace {

/// Why the file of that name cannot be the access log, or an empty text.
std::string against_log(std::string const& path, std::vector<config::ServedProfile> const& profiles,
                        std::string const& configuration = {}) {
  config::Options options;
  options.access_log = path;
  options.config = configuration;
  auto const apart = config::check_log_apart(path, options, profiles);
  return apart ? "" : apart.error().message;
}

}  // namespace

TEST_CASE("a log is none of the files that are served", "[profiles][error]") {
  Fixture const fixture;
  auto const file = fixture.sqlite("a.sqlite");
  std::filesystem::create_symlink(file, fixture.path("link"));
  std::filesystem::create_hard_link(file, fixture.path("second"));
  auto const found = config::find_profiles({text(file)}, {}, fixture.context);
  REQUIRE(found.mistakes.empty());
  for (auto const* name :
       {"a.sqlite", "link", "second", "./a.sqlite", "a.sqlite-wal", "a.sqlite-shm", "a.sqlite-journal"})
    CHECK_THAT(against_log(fixture.path(name), found.profiles),
               Catch::Contains("belongs to a database that is served: SQLite file "));
  for (auto const* name : {"-", "", "/dev/stdout"}) CHECK(against_log(name, found.profiles).empty());
  CHECK(against_log(fixture.path("a.sqlite.log"), found.profiles).empty());

  // Where a path leads nowhere there is nothing to be the log.
  auto profiles = found.profiles;
  std::filesystem::create_symlink("round.sqlite", fixture.path("round.sqlite"));
  profiles.front().found.source.location = fixture.path("round.sqlite");
  for (auto const* name : {"-", ""}) CHECK(against_log(name, profiles).empty());
  CHECK(against_log(fixture.path("a.sqlite.log"), profiles).empty());

  profiles.front().options.token_keys = fixture.path("a.sqlite");
  CHECK_THAT(against_log(fixture.path("link"), profiles), Catch::Contains("with the keys that sign tokens"));
}

TEST_CASE("a log is not made where a database that is served is missing, through whatever links", "[profiles][error]") {
  Fixture const fixture;
  std::filesystem::create_directory(fixture.path("m"));
  std::filesystem::create_symlink("m/y.sqlite", fixture.path("dangling.sqlite"));
  for (auto const& [source, log] : {std::pair{"dangling.sqlite", "m/y.sqlite"},
                                    {"dangling.sqlite", "m/y.sqlite-wal"},
                                    {"m/y.sqlite", "dangling.sqlite"},
                                    {"dangling.sqlite", "dangling.sqlite"}}) {
    CAPTURE(source, log);
    auto const found = config::find_profiles({text(fixture.path(source)), demo()}, {}, fixture.context);
    REQUIRE(found.mistakes.empty());
    CHECK_THAT(against_log(fixture.path(log), found.profiles), Catch::Contains("belongs to a database that is served"));
    CHECK(against_log(fixture.path("m/access.log"), found.profiles).empty());
  }
}

TEST_CASE("a log is not the file of the options", "[profiles][error]") {
  Fixture const fixture;
  auto const found = config::find_profiles({demo()}, {}, fixture.context);
  auto const file = fixture.folder.write("restapi.toml", "port = 0");
  std::filesystem::create_symlink(file, fixture.path("link"));
  for (auto const* name : {"restapi.toml", "link", "./restapi.toml"})
    CHECK(against_log(fixture.path(name), found.profiles, file) == "the access log would be the configuration file");
  CHECK(against_log(fixture.path("access.log"), found.profiles, file).empty());
  CHECK(against_log("/dev/null", found.profiles, "/dev/null").empty());
}
