// SPDX-License-Identifier: MIT
#include "source/source.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <future>
#include <set>

#include "source_fixture.hpp"
#include "support/temporary_folder.hpp"
#include "zip_bytes.hpp"

using namespace restapi;
using source::Engine;
using source::Source;
using source::SourceSpec;
using test::SourceFixture;
using Kind = source::SourceSpec::Kind;
namespace fs = std::filesystem;

TEST_CASE("connection texts go to PostgreSQL in one form", "[source]") {
  SourceFixture fixture;
  for (auto const* text :
       {"postgresql://u:geheim@h:5433/my%20db", "host=h port=5433 user=u password=geheim dbname='my db'"}) {
    auto const source = fixture.text(text);
    REQUIRE(source);
    CHECK(source->engine == Engine::postgresql);
    CHECK(source->location ==
          "postgresql:///?user=u&password=geheim&dbname=my%20db&host=h&port=5433&fallback_application_name=restapi");
    CHECK(source->name == "postgresql database my db on h:5433");
    CHECK_FALSE(source->immutable);
  }
}

TEST_CASE("a file is recognised by its content, not its name", "[source]") {
  SourceFixture fixture;
  auto const sqlite = fixture.folder.write("data.aiida", test::database());
  auto const file = fixture.text(sqlite);
  REQUIRE(file);
  CHECK(file->engine == Engine::sqlite);
  CHECK(file->location == sqlite);
  CHECK(file->name == "SQLite file " + sqlite);
  CHECK_FALSE(file->immutable);

  {
    auto const archive = fixture.text(fixture.folder.write("host=a dbname=b.db", test::archive_bytes()));
    REQUIRE(archive);
    CHECK(archive->engine == Engine::sqlite);
    CHECK_THAT(fs::read_symlink(archive->location).string(), Catch::StartsWith(fixture.context.temporary + "/"));
    CHECK(archive->name == "archive " + fixture.folder.path() + "/host=a dbname=b.db");
    CHECK(archive->immutable);
    CHECK(test::read_file(archive->location) == test::database());
  }
  CHECK(fs::is_empty(fixture.context.temporary));

  fixture.folder.write("home/x.db", test::database());
  auto const at_home = fixture.text("~/x.db");
  REQUIRE(at_home);
  CHECK(at_home->location == fixture.context.home + "/x.db");
}

TEST_CASE("a file that is something else is refused with its name", "[source][error]") {
  SourceFixture fixture;
  auto const path = [&](char const* name, std::string const& bytes) { return fixture.folder.write(name, bytes); };
  std::string tar(512, '\0');
  tar.replace(257, 5, "ustar");
  for (auto const& file : {path("old.tar", tar), path("old.tar.gz", "\x1f\x8b\x08 rest")}) {
    auto const error = fixture.text_error(file);
    CHECK(error.message == "\"" + file + "\" is a tar file, as AiiDA 0.x and 1.x exported them");
    CHECK(error.hint == "`verdi archive migrate \"" + file +
                            "\" new.aiida` makes one that can be read; before the export version 0.4, `verdi export "
                            "migrate \"" +
                            file + "\" newer.aiida` of AiiDA 1.x comes first");
  }
  auto const old_export = path("old.aiida", test::zip_bytes({{"data.json", "{}"}, {"metadata.json", "{}"}}));
  CHECK_THAT(fixture.text_error(old_export).hint, Catch::Contains("verdi archive migrate"));
  for (auto const& file : {path("text.txt", "hello"), path("empty.db", ""), path("short", "SQLite format 3")}) {
    CHECK(fixture.text_error(file).message == "\"" + file + "\" is neither an AiiDA archive nor an SQLite database");
  }
  auto const fifo = fixture.folder.path() + "/pipe";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(fixture.text_error(fifo).message == "\"" + fifo + "\" is not a regular file");
}

TEST_CASE("a text that is nothing known says so, by what it looks like", "[source][error]") {
  SourceFixture fixture;
  fixture.configure(R"({"profiles": {"main": {}, "test": {}}})");
  auto const config = fixture.context.home + "/.aiida/config.json";
  for (std::string const path :
       {"./nix", "/a/b/c", "nix.aiida", "nix.zip", "nix.sqlite", "nix.sqlite3", "nix.db", "a=b/c.d"}) {
    CAPTURE(path);
    if (path != "a=b/c.d") CHECK(fixture.text_error(path).message == "no such file: \"" + path + "\"");
  }
  CHECK(fixture.text_error("nain").message == "there is no profile \"nain\" in " + config);
  CHECK(fixture.text_error("nain").hint == "did you mean \"main\"? its profiles: main, test");
  CHECK(fixture.text_error("").message == "the name of the database is empty");
  CHECK(fixture.text_error("mysql://u:geheim@h/d").message == "a URI of the scheme \"mysql\" cannot be read");
  CHECK(fixture.text_error("postgresql://u:gehe%im@h/d").message == "the PostgreSQL URI cannot be read");
  CHECK(fixture.text_error("geheim=h dbname=x").message ==
        "the PostgreSQL keyword string cannot be read: it has a keyword that libpq does not know");
}

TEST_CASE("profiles are opened by name, also through a text", "[source]") {
  SourceFixture fixture;
  auto const folder = fixture.folder.path() + "/light";
  fixture.folder.write("light/database.sqlite", test::database());
  fixture.folder.write("x.aiida", test::archive_bytes());
  fixture.configure(R"({"default_profile": "light", "profiles": {
    "light": {"storage": {"backend": "core.sqlite_dos", "config": {"filepath": ")" +
                    folder + R"("}}},
    "zip": {"storage": {"backend": "core.sqlite_zip", "config": {"filepath": ")" +
                    fixture.folder.path() + R"(/x.aiida"}}},
    "gone": {"storage": {"backend": "core.sqlite_dos", "config": {"filepath": "/does/not/exist"}}},
    "main": {"storage": {"backend": "core.psql_dos", "config": {"database_hostname": "h", "database_username": "u",
      "database_password": "geheim", "database_name": "d"}}}}})");
  for (auto const kind : {Kind::text, Kind::profile}) {
    auto const light = fixture.open({kind, "light"});
    REQUIRE(light);
    CHECK(light->location == folder + "/database.sqlite");
    CHECK(light->name == "profile light (" + folder + "/database.sqlite)");
    CHECK_FALSE(light->immutable);
    auto const zip = fixture.open({kind, "zip"});
    REQUIRE(zip);
    CHECK(zip->immutable);
    CHECK(zip->name == "profile zip (" + fixture.folder.path() + "/x.aiida)");
    auto const main = fixture.open({kind, "main"});
    REQUIRE(main);
    CHECK(main->engine == Engine::postgresql);
    CHECK(main->name == "profile main (postgresql database d on h)");
  }
  CHECK(fixture.error({Kind::profile, "gone"}).message == "no such file: \"/does/not/exist/database.sqlite\"");
  auto const standard = fixture.open({});
  REQUIRE(standard);
  CHECK_THAT(standard->name, Catch::StartsWith("profile light"));
}

TEST_CASE("a folder may be called like a profile, a file wins over it", "[source]") {
  SourceFixture fixture;
  auto const old_folder = fs::current_path();
  fs::current_path(fixture.folder.path());
  fixture.folder.write("main/file", "");
  fixture.folder.write("test", test::database());
  fixture.configure(R"({"profiles": {"main": {"AIIDADB_NAME": "d", "AIIDADB_USER": "u"},
                                   "test": {"AIIDADB_NAME": "d", "AIIDADB_USER": "u"}}})");
  auto const main = fixture.text("main");
  auto const test = fixture.text("test");
  auto const test_profile = fixture.open({Kind::profile, "test"});
  fs::current_path(old_folder);
  REQUIRE((main && test && test_profile));
  CHECK(main->engine == Engine::postgresql);
  CHECK(test->engine == Engine::sqlite);
  CHECK(test_profile->engine == Engine::postgresql);
}

TEST_CASE("nothing said: the default profile, else the demo", "[source]") {
  SourceFixture fixture;
  auto const demo = fixture.open({});
  REQUIRE(demo);
  CHECK(demo->name == "the demo");
  CHECK(demo->immutable);
  CHECK(test::read_file(demo->location) == test::database());
  fixture.configure(R"({"default_profile": "m", "profiles": {"m": {"AIIDADB_NAME": "d", "AIIDADB_USER": "u"}}})");
  CHECK(fixture.open({})->name == "profile m (postgresql database d on this machine)");
  CHECK(fixture.open({Kind::demo, {}})->name == "the demo");
}

TEST_CASE("a broken configuration is an error, never a silent demo", "[source][error]") {
  SourceFixture fixture;
  fixture.configure("{");
  CHECK(fixture.error({}).message == fixture.context.home + "/.aiida/config.json is not valid JSON");
  CHECK(fixture.error({Kind::profile, "x"}).message == fixture.context.home + "/.aiida/config.json is not valid JSON");
}

TEST_CASE("a configuration without a default profile is an error, never a silent demo", "[source][error]") {
  SourceFixture fixture;
  auto const file = fixture.context.home + "/.aiida/config.json";
  fixture.configure(R"({"profiles": {}})");
  CHECK(fixture.error({}).message == file + " has no profiles");
  fixture.configure(R"({"default_profile": null, "profiles": {"work": {}}})");
  CHECK(fixture.error({}).message == file + " has no default profile");
  CHECK(fixture.error({}).hint == "its profiles: work; name the one to serve");
  CHECK(fixture.open({Kind::demo, {}})->name == "the demo");
}

TEST_CASE("a configuration that cannot be read is an error, never a silent demo", "[source][error]") {
  SourceFixture fixture;
  auto const file = fixture.context.home + "/.aiida/config.json";
  fs::create_directories(file);
  CHECK(fixture.error({}).message == "\"" + file + "\" is not a regular file");
  fs::remove(file);
  fs::create_symlink("config.json", file);
  CHECK(fixture.error({}).message == file + " cannot be read: Too many levels of symbolic links");
  // A disk that is not mounted, say.
  auto const folder = fixture.context.home + "/.aiida";
  for (auto const& part : {file, folder}) {
    fs::remove(part);
    fs::create_symlink("/nonexistent/aiida", part);
    for (auto const& asked : {source::SourceSpec{}, source::SourceSpec{Kind::profile, "x"}})
      CHECK(fixture.error(asked).message ==
            file + " cannot be read: " + part + " is a link to something that does not exist");
    fs::remove(part);
  }
}

TEST_CASE("no configuration, no demo", "[source][error]") {
  SourceFixture fixture;
  CHECK(fixture.error({Kind::profile, "x"}).message ==
        "there is no profile \"x\": the file " + fixture.context.home + "/.aiida/config.json does not exist");
  fixture.context.demo = {};
  CHECK(fixture.error({}).message == "this program was built without the demo");
  CHECK(fixture.error({Kind::demo, {}}).message == "this program was built without the demo");
}

TEST_CASE("an unpacked archive leaves nothing in the temporary folder, not even while it is used", "[source]") {
  SourceFixture fixture;
  auto const archive = fixture.folder.write("x.aiida", test::archive_bytes());
  auto const source = fixture.text(archive);
  REQUIRE(source);
  CHECK(test::read_file(source->location) == test::database());
  CHECK(fs::is_empty(fixture.context.temporary));
  // Who leads a path of his own to it finds no file.
  auto const link = fixture.folder.path() + "/link.sqlite";
  fs::create_symlink(source->location, link);
  CHECK(test::read_file(link) == test::database());
  struct stat status = {};
  REQUIRE(::stat(link.c_str(), &status) == 0);
  CHECK(status.st_nlink == 0);  // as which it is not served (find_served_file)
}

TEST_CASE("what is broken when it is found says so for as long as that lasts", "[source][error]") {
  SourceFixture fixture;
  fixture.configure(R"({"profiles": {"incomplete": {"storage": {"backend": "core.psql_dos", "config": {}}},
    "gone": {"storage": {"backend": "core.sqlite_dos", "config": {"filepath": ")" +
                    fixture.folder.path() + R"("}}}}})");
  auto const folder = fixture.folder.path() + "/empty";
  fs::create_directories(folder);
  auto const file = fixture.folder.path() + "/later.aiida";
  struct Case {
    SourceSpec wanted;
    char const* name;
    char const* lasting;
  };
  std::vector<Case> const cases{
      {{Kind::profile, "nix"}, "nix", "there is no such profile in AiiDA's configuration"},
      {{Kind::text, "nix"}, "nix", "there is no such profile in AiiDA's configuration"},
      {{Kind::profile, "incomplete"}, "incomplete", "its profile in AiiDA's configuration cannot be used"},
      {{Kind::profile, "gone"}, "gone", "its file is not there"},
      {{Kind::text, file}, "later", "its file is not there"},
      {{Kind::text, folder + "/"}, "empty", "there is no database in its folder"},
      {{Kind::text, fixture.folder.path() + "/nowhere/"}, "nowhere", "its folder is not there"},
      {{Kind::text, "/dev/null"}, "null", "something else is in the place of its file"},
  };
  for (auto const& one : cases) {
    CAPTURE(one.wanted.text);
    auto const found = fixture.find(one.wanted);
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    CHECK(found->front().name == one.name);
    REQUIRE(found->front().broken);
    CHECK(found->front().broken->lasting == one.lasting);
    CHECK(fixture.error(one.wanted).lasting == one.lasting);
  }
  auto const later = fixture.find({Kind::text, file});
  auto const gone = fixture.find({Kind::profile, "gone"});
  fixture.folder.write("later.aiida", test::archive_bytes());
  fixture.folder.write("database.sqlite", test::database());
  auto const archive = source::open_source(later->front(), fixture.context);
  REQUIRE(archive);
  CHECK(archive->immutable);
  auto const database = source::open_source(gone->front(), fixture.context);
  REQUIRE(database);
  CHECK(database->location == fixture.folder.path() + "/database.sqlite");
  // One that was there is lost in the same words.
  auto const there = fixture.find({Kind::text, file});
  fs::remove(file);
  CHECK(source::open_source(there->front(), fixture.context).error().lasting == "its file is not there");
}

TEST_CASE("what an archive is lasts, what the disk is does not", "[source][error]") {
  SourceFixture fixture;
  auto const lasting = [&](std::string const& bytes) {
    return fixture.text_error(fixture.folder.write("x.aiida", bytes)).lasting;
  };
  CHECK(lasting(test::zip_bytes({{"data.json", "{}"}, {"metadata.json", "{}"}})) ==
        "it is an export of AiiDA 1.x or older, which has to be migrated first");
  CHECK(lasting(test::archive_bytes("main_0099")) == "its archive was written by a newer AiiDA than this server knows");
  CHECK(lasting(test::zip_bytes({{"readme", "hello"}})) == "its file is not an AiiDA archive that can be read");
  auto const whole = test::archive_bytes();
  CHECK(lasting(whole.substr(0, whole.size() / 2)) == "its archive is damaged or was cut off");
  fixture.folder.write("x.aiida", whole);
  fixture.context.temporary = fixture.folder.path() + "/nowhere";
  auto const found = fixture.find({Kind::text, fixture.folder.path() + "/x.aiida"});
  auto const no_disk = source::open_source(found->front(), fixture.context);
  REQUIRE_FALSE(no_disk);
  CHECK(no_disk.error().lasting.empty());
}

TEST_CASE("names for addresses", "[source]") {
  SourceFixture fixture;
  fixture.folder.write("x.y.aiida", test::database());
  fixture.folder.write(".aiida", test::database());
  fixture.configure(R"({"default_profile": "m", "profiles": {"m": {"AIIDADB_NAME": "d", "AIIDADB_USER": "u"}}})");
  auto const name = [&](std::string const& typed) {
    auto const found = fixture.find({Kind::text, typed});
    REQUIRE(found);
    return found->front().name;
  };
  CHECK(name(fixture.folder.path() + "/x.y.aiida") == "x.y");
  CHECK(name(fixture.folder.path() + "/.aiida") == ".aiida");
  CHECK(name("m") == "m");
  CHECK(name("postgresql://u@h/some%20data") == "some data");
  CHECK(name("service=s user=u") == "s");
  CHECK(name("postgresql://u@h") == "u");
  CHECK(name("postgresql://") == "postgresql");
  CHECK(name("user=u dbname='host=h password=geheim'") == "u");
  CHECK(fixture.find({})->front().name == "m");
  CHECK(fixture.find({Kind::demo, {}})->front().name == "demo");
}

TEST_CASE("finding unpacks nothing, opening may be repeated and go on beside itself", "[source]") {
  SourceFixture fixture;
  auto const found = fixture.find({Kind::text, fixture.folder.write("x.aiida", test::archive_bytes())});
  REQUIRE(found);
  CHECK(found->front().source.location == fixture.folder.path() + "/x.aiida");
  CHECK(fs::is_empty(fixture.context.temporary));
  {
    std::vector<std::future<Result<Source>>> opening;
    for (int i = 0; i < 8; ++i)
      opening.push_back(
          std::async(std::launch::async, [&] { return source::open_source(found->front(), fixture.context); }));
    std::vector<Source> opened;
    std::set<std::string> locations;
    for (auto& one : opening) {
      auto source = one.get();
      REQUIRE(source);
      CHECK(test::read_file(source->location) == test::database());
      locations.insert(source->location);
      opened.push_back(*std::move(source));
    }
    CHECK(locations.size() == opening.size());
  }
  CHECK(fs::is_empty(fixture.context.temporary));
}

TEST_CASE("unpacking can be stopped", "[source][error]") {
  SourceFixture fixture;
  auto const found = fixture.find({Kind::text, fixture.folder.write("x.aiida", test::archive_bytes())});
  REQUIRE(found);
  fixture.context.progress = [](auto, auto) { return false; };
  auto const source = source::open_source(found->front(), fixture.context);
  REQUIRE_FALSE(source);
  CHECK_THAT(source.error().message, Catch::EndsWith("was stopped"));
  CHECK(fs::is_empty(fixture.context.temporary));
}

TEST_CASE("an archive that goes away between finding and opening is an error", "[source][error]") {
  SourceFixture fixture;
  auto const path = fixture.folder.write("x.aiida", test::archive_bytes());
  auto const found = fixture.find({Kind::text, path});
  REQUIRE(found);
  fs::remove(path);
  CHECK_FALSE(source::open_source(found->front(), fixture.context));
}
