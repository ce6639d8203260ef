// SPDX-License-Identifier: MIT
/// Which databases the sections of a file hold for.
#include <catch2/catch.hpp>
#include <filesystem>

#include "reading.hpp"
#include "serving.hpp"

using namespace restapi;
using namespace restapi::test;

namespace {

namespace fs = std::filesystem;

/// A folder `archives` with `mc3d.aiida` and `other.aiida`, and a file of options.
struct Served : Fixture {
  std::string const mc3d = archive("archives/mc3d.aiida");
  std::string const other = archive("archives/other.aiida");
  std::string const archives = path("archives");

  /// `mc3d(keys) other`: what is served, in order, with the token keys of each; or why nothing is.
  std::string with(std::string const& file, Arguments arguments = {}, Variables const& variables = {}) const {
    ConfigFile const config(file);
    arguments.insert(arguments.end(), {"--config", config.path()});
    auto const given = options(arguments, variables);
    auto const found = config::find_profiles(given.profiles, given.sections, context);
    std::string text;
    for (auto const& mistake : found.mistakes) {
      auto const& message = mistake.message;
      auto const begin = message.starts_with('"' + config.path()) ? config.path().size() + 4 : 0;  // `"…", `
      text += (text.empty() ? "" : "\n") + message.substr(begin) + "; " + mistake.hint;
    }
    if (!text.empty()) return relative(text);
    for (auto const& one : found.profiles) {
      auto const& keys = one.options.token_keys;
      text += (text.empty() ? "" : " ") + one.options.name + (keys.empty() ? "" : "(" + keys + ")");
    }
    return text;
  }

  /// For `with`: TOML's literal string.
  static std::string source(std::string const& text) { return "source = '" + text + "'\n"; }
};

std::string const locked = "[mc3d]\ntoken-keys = \"k\"\n";

}  // namespace

TEST_CASE("a section holds for what is served under its name, however it was named", "[sections][access]") {
  Served const fixture;
  struct Case {
    char const* section;
    Arguments arguments;
    std::string served;
  };
  Case const cases[] = {
      {"mc3d", {fixture.mc3d}, "mc3d(k)"},
      {"mc3d", {"--source", fixture.mc3d, "--demo"}, "mc3d(k) demo"},
      {"mc3d", {fixture.archives}, "mc3d(k) other"},
      {"mc3d", {fixture.archives + "/"}, "mc3d(k) other"},
      {"mc3d", {"-p", "mc3d=" + fixture.other}, "mc3d(k)"},
      {"mc3d", {"-p", "mc3d=postgresql://h/d"}, "mc3d(k)"},
      {"mc3d", {"postgresql://h/mc3d", fixture.other}, "mc3d(k) other"},
      {"mc3d", {"host=h dbname=mc3d"}, "mc3d(k)"},
      {"main", {"-p", "main"}, "main(k)"},
      {"main", {"main"}, "main(k)"},
      {"demo", {"--demo"}, "demo(k)"},
  };
  for (auto const& [section, arguments, served] : cases) {
    CAPTURE(section, arguments);
    CHECK(fixture.with(std::string("[") + section + "]\ntoken-keys = \"k\"\n", arguments) == served);
  }
}

TEST_CASE("a section holds for what the file names, in lines and in sections", "[sections][access]") {
  Served const fixture;
  CHECK(fixture.with(Served::source(fixture.mc3d) + locked) == "mc3d(k)");
  CHECK(fixture.with(Served::source(fixture.archives) + locked) == "mc3d(k) other");
  CHECK(fixture.with("profile = \"main\"\n[main]\ntoken-keys = \"k\"\n") == "main(k)");
  CHECK(fixture.with(locked + Served::source(fixture.other)) == "mc3d(k)");
  CHECK(fixture.with("[main]\ntoken-keys = \"k\"\n[x]\ntoken-keys = \"k\"\n") == "main(k) x(k)");
  // What a section does not say holds as said above the sections.
  CHECK(fixture.with("token-keys = \"c\"\n" + Served::source(fixture.archives) + locked) == "mc3d(k) other(c)");
  CHECK(fixture.with("token-keys = \"c\"\n" + Served::source(fixture.archives) + "[mc3d]\n") == "mc3d(c) other(c)");
}

TEST_CASE("a section keeps its own database closed under another name", "[sections][access]") {
  Served const fixture;
  auto const section = "[lock]\ntoken-keys = \"k\"\n" + Served::source(fixture.mc3d);
  CHECK(fixture.with(section, {"-p", "renamed=" + fixture.mc3d}) == "renamed(k)");
  CHECK(fixture.with(section, {fixture.archives}) == "mc3d(k) other");
  // The name and the database, each at its own.
  CHECK(fixture.with(section, {"-p", "lock=" + fixture.other, "-p", "renamed=" + fixture.mc3d}) ==
        "lock(k) renamed(k)");
  // The profile main of AiiDA.
  CHECK(fixture.with("[main]\ntoken-keys = \"k\"\n", {"-p", "renamed=postgresql:///d"}) == "renamed(k)");
  auto const filed = fixture.sqlite("home/filed/database.sqlite");
  CHECK(fixture.with("[filed]\ntoken-keys = \"k\"\n", {filed}) == "database(k)");
  CHECK(fixture.with("[filed]\ntoken-keys = \"k\"\n", {fixture.path("home/filed"), "-p", "filed"}) == "filed(k)");
}

TEST_CASE("a section that holds for nothing is an error with what is served", "[sections][access][error]") {
  Served const fixture;
  CHECK(fixture.with(locked, {fixture.other, "--demo"}) ==
        "line 1, section [mc3d]: this is about a database that is not served; served are other, demo");
  CHECK(fixture.with("[mc3]\ntoken-keys = \"k\"\n", {fixture.archives}) ==
        "line 1, section [mc3]: this is about a database that is not served; served are mc3d, other; did you mean "
        "\"mc3d\"?");
  for (auto const* name : {"MC3D", "mc3d.aiida", "mc3d/", "mc3d "}) {
    CAPTURE(name);
    if (std::string(name).ends_with('/')) continue;  // no name at all
    CHECK_THAT(fixture.with("[\"" + std::string(name) + "\"]\ntoken-keys = \"k\"\n", {fixture.archives}),
               Catch::StartsWith("line 1, section [" + std::string(name) + "]: this is about a database that is not"));
  }
  // Of several, each must hold for something; also one whose source is not served because flags name the databases.
  CHECK_THAT(fixture.with("[other]\n" + locked + "source = \"elsewhere.aiida\"\n", {fixture.other}),
             Catch::StartsWith("line 2, section [mc3d]: this is about a database that is not served"));
  // Without flags it names a profile of AiiDA.
  CHECK_THAT(
      fixture.with(locked),
      Catch::StartsWith("line 1, section [mc3d]: no database is called \"mc3d\" that the section could be about, "
                        "and there is no profile \"mc3d\""));
  CHECK_THAT(fixture.with(locked, {}, {{"RESTAPI_SOURCE", fixture.mc3d}}),
             Catch::StartsWith("line 1, section [mc3d]: no database is called \"mc3d\""));
}

TEST_CASE("a section holds for what cannot be served, too", "[sections][access]") {
  Served const fixture;
  auto const gone = fixture.path("gone/mc3d.aiida");
  auto const garbage = fixture.folder.write("garbage/mc3d.aiida", "hello");
  for (auto const& path : {gone, garbage}) {
    CHECK(fixture.with(locked, {path, fixture.other}) == "mc3d(k) other");
    CHECK(fixture.with(locked, {"-p", "mc3d=" + path, "--demo"}) == "mc3d(k) demo");
    // Its own database, whatever that is called.
    CHECK(fixture.with(locked + fixture.source(path), {"-p", "x=" + path, "--demo"}) == "x(k) demo");
    CHECK(fixture.with(locked + fixture.source(path) + "[other]\n" + fixture.source(fixture.other)) == "mc3d(k) other");
  }
  CHECK(fixture.with(locked, {fixture.path("garbage"), fixture.other}) == "mc3d(k) other");
  CHECK(fixture.with(locked, {"-p", "x=mc3d", "--demo"}) == "x(k) demo");                            // no such profile
  CHECK(fixture.with("[filed]\ntoken-keys = \"k\"\n", {"-p", "x=filed", "--demo"}) == "x(k) demo");  // no such file
}

TEST_CASE("a section without a database is one that cannot be served, unless it may be mistyped", "[sections][error]") {
  Served const fixture;
  auto const other = "[other]\n" + fixture.source(fixture.other);
  CHECK(fixture.with(locked + other) == "mc3d(k) other");
  CHECK_THAT(fixture.with("source = '" + fixture.archives + "'\n[mcd3]\ntoken-keys = \"k\"\n"),
             Catch::StartsWith("line 2, section [mcd3]: no database is called \"mcd3\""));
  // The profile is there.
  CHECK(fixture.with("source = '" + fixture.archives + "'\n[filed]\ntoken-keys = \"k\"\n") == "mc3d other filed(k)");
}

TEST_CASE("a file of a folder that is called by its whole name needs a section of that name", "[sections][folder]") {
  Served const fixture;
  fixture.sqlite("archives/mc3d.sqlite");
  auto const* may_be_meant =
      "section [mc3d]: this may be meant for archive archives/mc3d.aiida, which is served as \"mc3d.aiida\"";
  CHECK_THAT(fixture.with(locked, {fixture.archives}),
             Catch::Contains(may_be_meant) && Catch::Contains("a section [\"mc3d.aiida\"] says who may read it\n"));
  CHECK_THAT(fixture.with(Served::source(fixture.archives) + locked), Catch::Contains(may_be_meant));
  CHECK_THAT(fixture.with(locked, {fixture.archives, "-p", "mc3d=postgresql://h/d"}), Catch::Contains(may_be_meant));
  std::string const both = "[\"mc3d.aiida\"]\ntoken-keys = \"k\"\n[\"mc3d.sqlite\"]\n";
  CHECK(fixture.with(both, {fixture.archives}) == "mc3d.aiida(k) mc3d.sqlite other");
  CHECK(fixture.with(locked + both, {fixture.archives, "-p", "mc3d=postgresql://h/d"}) ==
        "mc3d.aiida(k) mc3d.sqlite other mc3d(k)");
}

TEST_CASE("one file is one profile, and the section that knows it is on", "[sections][identity]") {
  Served const fixture;
  fs::create_directories(fixture.path("links"));
  fs::create_symlink(fixture.mc3d, fixture.path("links/soft.aiida"));
  fs::create_hard_link(fixture.mc3d, fixture.path("links/tight.aiida"));
  auto const links = fixture.path("links"), soft = links + "/soft.aiida", tight = links + "/tight.aiida";
  auto const own = locked + Served::source(fixture.mc3d);
  // Named itself, and in its folder: before and after it, under its own name and others.
  CHECK(fixture.with(Served::source(fixture.archives) + own) == "other mc3d(k)");
  CHECK(fixture.with(Served::source(fixture.archives) + "[x]\ntoken-keys = \"k\"\n" + Served::source(fixture.mc3d)) ==
        "other x(k)");
  CHECK(fixture.with(Served::source(links) + own) == "mc3d(k)");
  CHECK(fixture.with("source = ['" + links + "', '" + fixture.archives + "']\n" + own) == "other mc3d(k)");
  CHECK(fixture.with(locked, {fixture.mc3d, fixture.archives}) == "mc3d(k) other");
  CHECK(fixture.with(locked, {fixture.archives, fixture.mc3d}) == "other mc3d(k)");
  // The section of a name that the file has elsewhere.
  CHECK(fixture.with(locked, {"-p", "x=" + fixture.mc3d, fixture.archives}) == "other x(k)");
  CHECK(fixture.with("[\"mc3d.aiida\"]\ntoken-keys = \"k\"\n", {"-p", "x=" + fixture.mc3d, fixture.archives}) ==
        "other x(k)");
  CHECK(fixture.with("[tight]\ntoken-keys = \"k\"\n", {fixture.archives, links}) == "other tight(k)");
  CHECK(fixture.with("[soft]\ntoken-keys = \"k\"\n", {links}) == "soft(k)");
  CHECK(fixture.with("[soft]\ntoken-keys = \"k\"\n", {tight, soft, fixture.mc3d}) == "soft(k)");
  CHECK(fixture.with(locked, {tight, "-p", "x=" + soft, fixture.mc3d}) == "x(k)");
  CHECK(fixture.with(Served::source(fixture.mc3d) + "[x]\ntoken-keys = \"k\"\n" + Served::source(tight)) == "x(k)");
  // Twice the same is once; the first of a folder's names is it.
  CHECK(fixture.with("port = 1\n", {fixture.mc3d, "--source", fixture.archives + "/../archives/mc3d.aiida"}) == "mc3d");
  CHECK(fixture.with("port = 1\n", {fixture.mc3d, soft}) == "mc3d");
  CHECK(fixture.with("port = 1\n", {links}) == "soft");
  CHECK(fixture.with("port = 1\n", {fixture.archives, fixture.archives, links}) == "mc3d other");
}

TEST_CASE("two names for one file, or two locks, are an error", "[sections][identity][error]") {
  Served const fixture;
  fs::create_hard_link(fixture.mc3d, fixture.path("tight.aiida"));
  auto const tight = fixture.path("tight.aiida");
  CHECK(fixture.with("port = 1\n", {"-p", "a=" + fixture.mc3d, "-p", "b=" + tight}) ==
        "\"a\" and \"b\" are one file: archive archives/mc3d.aiida and archive tight.aiida; a file is served once, "
        "under one name");
  CHECK_THAT(fixture.with("profile = 'y=" + fixture.mc3d + "'\n[x]\ntoken-keys = \"k\"\n" + Served::source(tight)),
             Catch::StartsWith("line 2, section [x]: \"y\" and \"x\" are one file"));
  CHECK_THAT(
      fixture.with(locked + "[x]\n" + Served::source(fixture.mc3d), {"-p", "x=" + tight, fixture.archives}),
      Catch::StartsWith("line 3, section [x]: the section [mc3d] is about the same database, archive tight.aiida, and "
                        "does not say the same"));
  CHECK(fixture.with(locked + "[x]\ntoken-keys = \"k\"\n", {"-p", "x=" + tight, fixture.archives}) == "other x(k)");
}

TEST_CASE("one database of PostgreSQL under two names has one lock", "[sections][identity]") {
  Served const fixture;
  auto const section = [](std::string const& name, std::string const& database, bool is_locked) {
    return "[" + name + "]\n" + Served::source(database) + (is_locked ? "token-keys = \"k\"\n" : "");
  };
  auto const file = section("a", "postgresql://u@db/d", true);
  CHECK_THAT(fixture.with(file + section("b", "host=DB port=5432 dbname=d", false)),
             Catch::StartsWith("line 4, section [b]: the section [a] is about the same database"));
  CHECK(fixture.with(file + section("b", "host=DB port=5432 dbname=d", true)) == "a(k) b(k)");
  CHECK(fixture.with(file + section("b", "postgresql://u@db/e", false)) == "a(k) b");
  CHECK(fixture.with(file + section("b", "postgresql://u@db:5433/d", false)) == "a(k) b");
  // A name of it without a section has that section's lock.
  CHECK(fixture.with("profile = \"b=postgresql://v@db/d\"\n" + file) == "b(k) a(k)");
  // The section is about another database of the name; the two that are one differ.
  CHECK_THAT(
      fixture.with("[a]\ntoken-keys = \"k\"\nsource = \"elsewhere\"\n",
                   {"-p", "a=postgresql://db/d", "-p", "b=postgresql://db/d"}),
      Catch::StartsWith("\"a\" and \"b\" are one database, postgresql database d on db, but not the same people"));
}

TEST_CASE("whoever has no section, and an issuer without keys, is an error", "[sections][access][error]") {
  Served const fixture;
  CHECK_THAT(fixture.with("token-issuer = \"i\"\n" + Served::source(fixture.archives) + locked),
             Catch::StartsWith("profile \"other\": --token-issuer and --token-audience need --token-keys"));
}

TEST_CASE("the paths of a file that is served once are told", "[sections][identity]") {
  Served const fixture;
  auto const found =
      config::find_profiles({text(fixture.mc3d), text(fixture.archives), text(fixture.archives)}, {}, fixture.context);
  REQUIRE(found.profiles.size() == 2);
  CHECK(found.profiles[0].same_files.empty());  // the same path
  fs::create_hard_link(fixture.mc3d, fixture.path("tight.aiida"));
  auto const linked =
      config::find_profiles({text(fixture.path("tight.aiida"), "mc3d"), text(fixture.archives)}, {}, fixture.context);
  REQUIRE_FALSE(linked.profiles.empty());
  CHECK(linked.profiles[0].same_files == std::vector<std::string>{fixture.mc3d});
}
