// SPDX-License-Identifier: MIT
/// Folders of archives and SQLite files.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "source_fixture.hpp"
#include "support/temporary_folder.hpp"
#include "zip_bytes.hpp"

using namespace restapi;
using source::FoundSource;
using test::SourceFixture;
using Kind = source::SourceSpec::Kind;
namespace fs = std::filesystem;

TEST_CASE("a folder stands for its archives and SQLite files, in order", "[source][folder]") {
  SourceFixture fixture;
  auto const write = [&](char const* name, std::string const& bytes) {
    fixture.folder.write("data/" + std::string(name), bytes);
  };
  write("b.aiida", test::archive_bytes());
  write("a.sqlite3", test::database());
  write("c", test::archive_bytes());
  write("notes.txt", "hello");
  write("old.tar.gz", "\x1f\x8b\x08 rest");
  write(".hidden.aiida", test::archive_bytes());
  write("below/d.aiida", test::archive_bytes());
  auto const folder = fixture.folder.path() + "/data";
  REQUIRE(::mkfifo((folder + "/pipe").c_str(), 0600) == 0);
  fs::create_symlink(folder + "/below/d.aiida", folder + "/link.aiida");
  fs::create_symlink("nowhere", folder + "/dangling.aiida");
  for (auto const& typed : {folder, folder + "/"}) {
    auto const found = fixture.find({Kind::text, typed});
    REQUIRE(found);
    std::string names;
    for (auto const& one : *found) {
      names += one.name + " ";
      CHECK(one.in_folder);
      bool const is_archive = one.name != "a" && one.name != "dangling";
      CHECK((one.packed == FoundSource::Packed::archive) == is_archive);
      CHECK(one.broken.has_value() == (one.name == "dangling"));
    }
    CHECK(names == "a b c dangling link ");
    CHECK((*found)[0].source.location == folder + "/a.sqlite3");
    CHECK((*found)[1].source.name == "archive " + folder + "/b.aiida");
    CHECK((*found)[3].source.name == "file " + folder + "/dangling.aiida");
  }
}

TEST_CASE("files that differ in their endings alone have their whole names", "[source][folder]") {
  SourceFixture fixture;
  auto const names = [&](std::vector<std::string> const& files) {
    test::TemporaryFolder const folder;
    for (auto const& file : files) folder.write(file, test::database());
    auto const found = fixture.find({Kind::text, folder.path()});
    REQUIRE(found);
    std::string text;
    for (auto const& one : *found) text += one.name + " ";
    return text;
  };
  CHECK(names({"x.aiida", "x.sqlite", "y.db"}) == "x.aiida x.sqlite y ");
  CHECK(names({"x", "x.db"}) == "x x.db ");
  CHECK(names({"x.aiida", "x.zip", "x.aiida.zip"}) == "x.aiida x.aiida.zip x.zip ");
  CHECK(names({"v1.2", "x.tar.zip"}) == "v1.2 x.tar ");
}

TEST_CASE("a folder with nothing to serve is an error", "[source][folder][error]") {
  SourceFixture fixture;
  auto const folder = fixture.folder.path() + "/data";
  fs::create_directories(folder);
  auto const nothing = "there is no AiiDA archive and no SQLite database in the folder \"" + folder + "\"";
  CHECK(fixture.text_error(folder).message == nothing);
  CHECK(fixture.text_error(folder).hint.empty());
  fixture.folder.write("data/old.tar.gz", "\x1f\x8b\x08 rest");
  CHECK(fixture.text_error(folder).message == nothing);
  CHECK_THAT(fixture.text_error(folder).hint, Catch::Contains("old.tar.gz\" is a tar file"));
  if (::geteuid() != 0) {
    fs::permissions(folder, fs::perms::none);
    CHECK_THAT(fixture.text_error(folder).message, Catch::Contains("cannot be read"));
    fs::permissions(folder, fs::perms::owner_all);
  }
}

TEST_CASE("a file of a folder that is called like a database and is none says why", "[source][folder][error]") {
  SourceFixture fixture;
  auto const folder = fixture.folder.path() + "/data";
  fixture.folder.write("data/garbage.aiida", "hello");
  fixture.folder.write("data/empty.sqlite", "");
  fixture.folder.write("data/old.zip", "\x1f\x8b\x08 rest");
  fixture.folder.write("data/notes.txt", "hello");
  fixture.folder.write("data/old.tar.gz", "\x1f\x8b\x08 rest");
  fs::create_directories(folder + "/folder.aiida");
  auto const found = fixture.find({Kind::text, folder});
  REQUIRE(found);
  std::string text;
  for (auto const& one : *found) {
    CHECK(one.in_folder);
    REQUIRE(one.broken);
    CHECK(one.broken->message.find(one.source.location) != std::string::npos);
    CHECK(one.broken->lasting.find(folder) == std::string::npos);
    text += one.name + ": " + one.broken->lasting + "\n";
  }
  CHECK(text ==
        "empty: its file is neither an AiiDA archive nor an SQLite database\n"
        "garbage: its file is neither an AiiDA archive nor an SQLite database\n"
        "old: it is an export of AiiDA 1.x or older, which has to be migrated first\n");
}

TEST_CASE("a folder is what no profile is called, or a path", "[source][folder]") {
  SourceFixture fixture;
  fixture.folder.write("main/x.db", test::database());
  fixture.folder.write("data/y.db", test::database());
  fixture.folder.write("home/z/z.db", test::database());
  fixture.configure(R"({"profiles": {"main": {"AIIDADB_NAME": "d", "AIIDADB_USER": "u"}}})");
  auto const old_folder = fs::current_path();
  fs::current_path(fixture.folder.path());
  auto const name = [&](char const* typed) {
    auto const found = fixture.find({Kind::text, typed});
    return found ? found->front().name : found.error().message;
  };
  auto const main = name("main"), with_slash = name("main/"), path = name("./main"), data = name("data"),
             home = name("~/z");
  fixture.configure("{");
  auto const broken = name("data");
  auto const profile = fixture.find({Kind::profile, "data"});
  fs::current_path(old_folder);
  CHECK(main == "main");
  CHECK(with_slash == "x");
  CHECK(path == "x");
  CHECK(data == "y");
  CHECK(home == "z");
  CHECK(broken == "y");
  REQUIRE(profile);
  REQUIRE(profile->front().broken);
  CHECK(profile->front().broken->message == fixture.context.home + "/.aiida/config.json is not valid JSON");
}
