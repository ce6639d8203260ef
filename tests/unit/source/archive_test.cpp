// SPDX-License-Identifier: MIT
#include "source/archive.hpp"

#include <zip.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "support/temporary_folder.hpp"
#include "zip_bytes.hpp"

using namespace restapi;
using source::ArchiveLimits;
using source::UnpackedArchive;
using test::database;
using test::metadata;
using test::zip_bytes;
using test::ZipEntry;
namespace fs = std::filesystem;

namespace {

/// Both ways in: a file and memory. They have to agree on everything.
struct Unpacking {
  test::TemporaryFolder folder = {};
  std::string temporary = folder.path() + "/tmp";

  Unpacking() { fs::create_directory(temporary); }

  Result<UnpackedArchive> file(std::string const& bytes, ArchiveLimits const& limits = {},
                               source::Progress progress = {}) {
    return source::unpack_archive(folder.write("x.aiida", bytes), temporary, progress, limits);
  }
  Result<UnpackedArchive> memory(std::string const& bytes, ArchiveLimits const& limits = {}) {
    return source::unpack_archive(std::as_bytes(std::span(bytes)), folder.path() + "/x.aiida", temporary, {}, limits);
  }
  bool is_clean() const { return fs::is_empty(temporary); }
};

/// The error of both ways, with the archive's path written as X; nothing is left behind.
Error error_of(std::string const& bytes, ArchiveLimits const& limits = {}) {
  Unpacking unpacking;
  auto const file = unpacking.file(bytes, limits);
  auto const memory = unpacking.memory(bytes, limits);
  REQUIRE_FALSE(file);
  REQUIRE_FALSE(memory);
  CHECK(unpacking.is_clean());
  CHECK(file.error().code == Code::source_refused);
  auto error = file.error();
  for (auto* text : {&error.message, &error.hint}) {
    auto const path = unpacking.folder.path() + "/x.aiida";
    for (auto at = text->find(path); at != text->npos; at = text->find(path)) text->replace(at, path.size(), "X");
    auto const temporary = unpacking.temporary;
    for (auto at = text->find(temporary); at != text->npos; at = text->find(temporary)) {
      text->replace(at, temporary.size(), "TMP");
    }
  }
  return error;
}

std::string deflated_zeros(std::size_t size) {
  test::TemporaryFolder const folder;
  auto const path = folder.path() + "/zeros.zip";
  auto const text = metadata("main_0001");
  auto bytes = database(16);
  bytes.resize(size, '\0');
  zip_t* zip = zip_open(path.c_str(), ZIP_CREATE, nullptr);
  REQUIRE(zip != nullptr);
  zip_file_add(zip, "metadata.json", zip_source_buffer(zip, text.data(), text.size(), 0), 0);
  zip_file_add(zip, "db.sqlite3", zip_source_buffer(zip, bytes.data(), bytes.size(), 0), 0);
  REQUIRE(zip_close(zip) == 0);
  return test::read_file(path);
}

}  // namespace

TEST_CASE("the database of an archive becomes a private file as long as it is kept", "[source][archive]") {
  for (bool const is_deflated : {false, true}) {
    for (auto const* version : {"1.0", "main_0000", "main_0000a", "main_0000b", "main_0001"}) {
      Unpacking unpacking;
      auto const content = database(3'000'000);
      auto const bytes = zip_bytes({{"metadata.json", metadata(version)}, {"db.sqlite3", content, is_deflated}});
      {
        auto const file = unpacking.file(bytes);
        auto const memory = unpacking.memory(bytes);
        REQUIRE(file);
        REQUIRE(memory);
        CHECK(file->database != memory->database);
        for (auto const& unpacked : {*file, *memory}) {
          CHECK(unpacked.export_version == version);
          CHECK(test::read_file(unpacked.database) == content);
          CHECK((fs::status(unpacked.database).permissions() & fs::perms::all) ==
                (fs::perms::owner_read | fs::perms::owner_write));
        }
        CHECK(unpacking.is_clean());  // it has no name
      }
      CHECK(unpacking.is_clean());
    }
  }
}

TEST_CASE("zip64 records and what a Macintosh adds change nothing", "[source][archive]") {
  Unpacking unpacking;
  auto const bytes = zip_bytes({{"__MACOSX/._db.sqlite3", "resource fork"},
                                {"__MACOSX/._metadata.json", "resource fork"},
                                {"__MACOSX/data.json", "{}"},
                                {"db.sqlite3", database(), true},
                                {"metadata.json", metadata("main_0000")},
                                {"repo/", ""}},
                               true);
  auto const unpacked = unpacking.file(bytes);
  REQUIRE(unpacked);
  CHECK(test::read_file(unpacked->database) == database());
  CHECK(unpacking.memory(bytes));
}

TEST_CASE("what is no archive of today is refused with what to do", "[source][archive][error]") {
  struct Case {
    std::vector<ZipEntry> entries;
    char const* message;
    char const* hint;
  };
  ZipEntry const good_database{"db.sqlite3", database()};
  auto const* migrate = "`verdi archive migrate \"X\" new.aiida` makes one that can be read";
  auto const* first_1x =
      "`verdi export migrate \"X\" newer.aiida` of AiiDA 1.x comes first, as AiiDA 2 does not read it; then `verdi "
      "archive "
      "migrate newer.aiida new.aiida`";
  auto const* both =
      "`verdi archive migrate \"X\" new.aiida` makes one that can be read; before the export version 0.4, `verdi "
      "export "
      "migrate \"X\" newer.aiida` of AiiDA 1.x comes first";
  auto const* pack = "unpack it, and pack what is in that folder without the folder";
  auto const* old_export = "\"X\" is an export of AiiDA 1.x or older (it has a data.json)";
  Case const cases[] = {
      {{{"metadata.json", metadata("0.1")}, {"data.json", "{}"}}, old_export, first_1x},
      {{{"data.json", "{}"}, {"metadata.json", metadata("0.3"), true}}, old_export, first_1x},
      {{{"metadata.json", metadata("0.4")}, {"data.json", "{}"}}, old_export, migrate},
      {{{"data.json", "{}"}}, old_export, both},
      {{{"metadata.json", "{"}, {"data.json", "{}"}}, old_export, both},
      {{{"metadata.json", metadata("0.2")}, good_database},
       "the archive \"X\" has the export version \"0.2\"; 1.0, main_0000, main_0000a, main_0000b, main_0001 can be "
       "read",
       first_1x},
      {{{"my export/", ""}, {"my export/metadata.json", metadata("main_0001")}, {"my export/db.sqlite3", database()}},
       "\"X\" is not an AiiDA archive: it has no metadata.json at its top, but in the folder \"my export\"",
       pack},
      {{{"a/metadata.json", metadata("0.9")}, {"a/data.json", "{}"}},
       "\"X\" is not an AiiDA archive: it has no metadata.json at its top, but in the folder \"a\"",
       pack},
      {{{"__MACOSX/a/b/metadata.json", ""},
        {"__MACOSX/a/b/db.sqlite3", ""},
        {"a/b/db.sqlite3", database()},
        {"a/b/metadata.json", metadata("main_0001")}},
       "\"X\" is not an AiiDA archive: it has no metadata.json at its top, but in the folder \"a/b\"",
       pack},
      {{{"photos/metadata.json", "{}"}}, "\"X\" is not an AiiDA archive: it has no metadata.json", ""},
      {{{"metadata.json", metadata("0.12")}, good_database},
       "the archive \"X\" has the export version \"0.12\"; 1.0, main_0000, main_0000a, main_0000b, main_0001 can be "
       "read",
       migrate},
      {{{"metadata.json", metadata("main_0002")}, good_database},
       "the archive \"X\" has the export version \"main_0002\"; 1.0, main_0000, main_0000a, main_0000b, main_0001 can "
       "be read",
       "it was written by a newer AiiDA than this server knows"},
      {{{"metadata.json", metadata("0.9")}, {"data.json", "{}"}},
       "\"X\" is an export of AiiDA 1.x or older (it has a data.json)",
       migrate},
      {{{"metadata.json", metadata("main_0001")}}, "\"X\" is not an AiiDA archive: it has no db.sqlite3", ""},
      {{good_database}, "\"X\" is not an AiiDA archive: it has no metadata.json", ""},
      {{{"__MACOSX/metadata.json", metadata("main_0001")}, {"__MACOSX/db.sqlite3", database()}},
       "\"X\" is not an AiiDA archive: it has no metadata.json",
       ""},
      {{}, "\"X\" is not an AiiDA archive: it has no metadata.json", ""},
      {{{"metadata.json", "{"}, good_database}, "metadata.json in the archive \"X\" is not JSON", ""},
      {{{"metadata.json", "[1]"}, good_database}, "metadata.json in the archive \"X\" is not JSON", ""},
      {{{"metadata.json", "{}"}, good_database}, "metadata.json in the archive \"X\" has no export_version", ""},
      {{{"metadata.json", "{\"export_version\": 1.0}"}, good_database},
       "metadata.json in the archive \"X\" has no export_version",
       ""},
      {{{"metadata.json", metadata("1.0"), false, 17 << 20}, good_database},
       "metadata.json in the archive \"X\" is too large (17.8 MB)",
       ""},
      {{{"metadata.json", metadata("main_0001")}, {"db.sqlite3", "no database at all"}},
       "\"X\" is not an AiiDA archive: its db.sqlite3 is not an SQLite database",
       ""},
      {{{"metadata.json", metadata("main_0001")}, {"db.sqlite3", ""}},
       "\"X\" is not an AiiDA archive: its db.sqlite3 is empty",
       ""},
  };
  for (auto const& [entries, message, hint] : cases) {
    CAPTURE(message);
    auto const error = error_of(zip_bytes(entries));
    CHECK(error.message == message);
    CHECK(error.hint == hint);
  }
}

TEST_CASE("damage is found before anything is served", "[source][archive][error]") {
  ZipEntry const good_metadata{"metadata.json", metadata("main_0001")};
  auto const whole = test::archive_bytes();
  CHECK_THAT(error_of(whole.substr(0, whole.size() - 40)).message,
             Catch::StartsWith("the archive \"X\" cannot be opened: "));
  CHECK_THAT(error_of("PK\3\4").message, Catch::StartsWith("the archive \"X\" cannot be opened: "));

  auto const wrong_checksum = error_of(zip_bytes({good_metadata, {"db.sqlite3", database(), true, {}, 1}}));
  CHECK(wrong_checksum.message == "db.sqlite3 in the archive \"X\" is damaged: CRC error");
  CHECK(wrong_checksum.hint == "copy or download the archive again");

  auto broken = whole;
  broken[broken.find("SQLite format 3") + 1000] ^= 1;
  CHECK_THAT(error_of(broken).message, Catch::Contains("is damaged: CRC error"));
  CHECK_THAT(
      error_of(zip_bytes({{"metadata.json", metadata("main_0001"), true, {}, 1}, {"db.sqlite3", database()}})).message,
      Catch::StartsWith("metadata.json in the archive \"X\" is damaged"));
}

TEST_CASE("sizes that lie are found", "[source][archive][error]") {
  ZipEntry const good_metadata{"metadata.json", metadata("main_0001")};
  struct Case {
    std::size_t real;
    std::uint64_t declared;
  };
  for (auto const& [real, declared] : {Case{20'000, 1'000}, Case{5'000'000, 1'500'000}, Case{1'000, 20'000}}) {
    CAPTURE(real, declared);
    auto const error = error_of(zip_bytes({good_metadata, {"db.sqlite3", database(real), true, declared}}));
    CHECK_THAT(error.message, Catch::Contains("another size than the archive says") || Catch::Contains("is damaged: "));
    Unpacking unpacking;
    std::uint64_t written = 0;
    auto const count = [&](std::uint64_t done, std::uint64_t) {
      written = done;
      return true;
    };
    CHECK_FALSE(unpacking.file(zip_bytes({good_metadata, {"db.sqlite3", database(real), true, declared}}), {}, count));
    CHECK(written <= declared);
  }
}

TEST_CASE("a bomb is refused before a byte is written", "[source][archive][error]") {
  ZipEntry const good_metadata{"metadata.json", metadata("main_0001")};
  ArchiveLimits limits;
  auto const terabyte = zip_bytes({good_metadata, {"db.sqlite3", database(5000), true, std::uint64_t{1} << 40}}, true);
  CHECK_THAT(
      error_of(terabyte).message,
      Catch::StartsWith("the database in the archive \"X\" would grow from 5.0 kB to 1.1 TB, more than 200 times"));

  // Nor does an archive that says that it has more than it has.
  auto const liar = zip_bytes({good_metadata,
                               {.name = "db.sqlite3",
                                .data = database(5000),
                                .is_deflated = true,
                                .size = std::uint64_t{1} << 40,
                                .packed = std::uint64_t{1} << 39}},
                              true);
  CHECK_THAT(error_of(liar).message, Catch::Contains("more than 200 times"));

  limits.ratio_counts_from = 1 << 20;
  auto const zeros = deflated_zeros(8 << 20);
  CHECK_THAT(error_of(zeros, limits).message, Catch::Contains("more than 200 times"));
  Unpacking unpacking;
  CHECK(unpacking.file(zeros));  // small enough not to matter
}

TEST_CASE("too little free space says how much is needed", "[source][archive][error]") {
  ArchiveLimits limits;
  limits.free_space_kept = std::uint64_t{1} << 60;
  auto const error = error_of(test::archive_bytes(), limits);
  CHECK_THAT(error.message, Catch::StartsWith("unpacking the archive \"X\" needs 4.1 kB in \"TMP\", and 1.2 EB besides "
                                              "that stays free; "));
  CHECK(error.hint == "set TMPDIR to a folder on a larger disk");
  auto const bytes = test::archive_bytes();
  auto const missing = source::unpack_archive(std::as_bytes(std::span(bytes)), "x", "/does/not/exist", {});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message == "the folder \"/does/not/exist\" cannot be used: No such file or directory");
}

TEST_CASE("entries that readers of zips would disagree on are refused", "[source][archive][error]") {
  ZipEntry const good_metadata{"metadata.json", metadata("main_0001")};
  ZipEntry const good_database{"db.sqlite3", database()};
  CHECK(error_of(zip_bytes({good_metadata, good_database, good_database})).message ==
        "the archive \"X\" has more than one db.sqlite3");
  CHECK(error_of(zip_bytes({good_metadata, good_database, good_metadata})).message ==
        "the archive \"X\" has more than one metadata.json");
  Unpacking unpacking;
  CHECK(unpacking.memory(zip_bytes({good_metadata, good_database, {"repo/aa", "1"}, {"repo/aa", "2"}})));
}

TEST_CASE("entries that cannot be unpacked are refused", "[source][archive][error]") {
  struct Case {
    std::size_t offset;  // in the record of the central directory (APPNOTE 4.3.12)
    char value;
  };
  for (auto const& [offset, value] : {Case{8, 1}, Case{10, 99}, Case{10, 14}}) {
    CAPTURE(offset, int{value});
    auto bytes = zip_bytes({{"metadata.json", metadata("main_0001")}, {"db.sqlite3", database()}});
    bytes[bytes.rfind("PK\1\2") + offset] = value;  // encrypted; a method of nobody's; LZMA without its header
    auto const error = error_of(bytes);
    CHECK_THAT(error.message, Catch::StartsWith("db.sqlite3 in the archive \"X\" ") ||
                                  Catch::StartsWith("the archive \"X\" cannot be opened: "));
  }
}

TEST_CASE("a number of entries that is a lie costs nothing", "[source][archive][error]") {
  auto const whole = zip_bytes({{"metadata.json", metadata("main_0001")}, {"db.sqlite3", database()}}, true);
  auto const record = whole.find("PK\6\6");
  for (auto const* count : {"\xff\xff\xff\xff\xff\xff\xff\x7f", "\xff\xff\xff\x00\x00\x00\x00\x00"}) {
    auto bytes = whole;
    bytes.replace(record + 24, 8, count, 8).replace(record + 32, 8, count, 8);
    CHECK_THAT(error_of(bytes).message, Catch::StartsWith("the archive \"X\" cannot be opened: "));
  }
}

TEST_CASE("a list of entries that is too long is refused before it is read", "[source][archive][error]") {
  std::vector<ZipEntry> entries{{"metadata.json", metadata("main_0001")}, {"db.sqlite3", database()}};
  for (int i = 0; i < 98; ++i) entries.push_back({"repo/" + std::to_string(10 + i % 90) + "abcdef", ""});
  for (bool const is_zip64 : {false, true}) {
    auto const bytes = zip_bytes(entries, is_zip64);
    ArchiveLimits few, room;
    few.most_entries = 99;
    CHECK_THAT(error_of(bytes, few).message,
               Catch::StartsWith("the list of files in the archive \"X\" is too long: ") &&
                   Catch::Contains("where 99 and 536.9 MB are read"));
    few = {};
    few.longest_list = 5'000;
    CHECK_THAT(error_of(bytes, few).message, Catch::EndsWith("where 4194304 and 5.0 kB are read"));
    room.most_entries = is_zip64 ? 100 : 130;  // where the length alone counts, names count for entries
    room.longest_list = 20'000;
    Unpacking unpacking;
    CHECK(unpacking.file(bytes, room));
    CHECK(unpacking.memory(bytes, room));
  }
}

TEST_CASE("an archive with many ends is not read once for each of them", "[source][archive][error]") {
  auto bytes = test::archive_bytes();
  auto const end = bytes.substr(bytes.rfind("PK\5\6"));
  ArchiveLimits limits;
  limits.most_entries = 10;
  Unpacking unpacking;
  CHECK(unpacking.file(bytes, limits));
  CHECK(unpacking.file(bytes + end, limits));
  for (int i = 0; i < 100; ++i) bytes += end;
  CHECK_THAT(error_of(bytes, limits).message, Catch::Contains("is too long"));
  CHECK_THAT(error_of(bytes + std::string(60'000, ' '), limits).message, Catch::Contains("is too long"));
}

TEST_CASE("any end of an archive may be missing", "[source][archive][error]") {
  auto const whole = zip_bytes({{"metadata.json", metadata("main_0001")}, {"db.sqlite3", database(64), true}});
  Unpacking unpacking;
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK_FALSE(unpacking.memory(whole.substr(0, size)));
  CHECK(unpacking.is_clean());
}

TEST_CASE("progress is told to the end and can stop the unpacking", "[source][archive]") {
  Unpacking unpacking;
  auto const bytes = zip_bytes({{"metadata.json", metadata("main_0001")}, {"db.sqlite3", database(3'500'000), true}});
  std::vector<std::uint64_t> told;
  REQUIRE(unpacking.file(bytes, {}, [&](std::uint64_t done, std::uint64_t total) {
    CHECK(total == 3'500'000);
    told.push_back(done);
    return true;
  }));
  CHECK(told.size() >= 3);
  CHECK(std::is_sorted(told.begin(), told.end()));
  CHECK(told.back() == 3'500'000);

  auto const stopped = unpacking.file(bytes, {}, [](std::uint64_t, std::uint64_t) { return false; });
  REQUIRE_FALSE(stopped);
  CHECK_THAT(stopped.error().message, Catch::EndsWith("was stopped"));
  CHECK(unpacking.is_clean());
}

TEST_CASE("any byte of an archive may be wrong without harm", "[source][archive][error]") {
  Unpacking unpacking;
  auto const whole = zip_bytes({{"metadata.json", metadata("main_0001")}, {"db.sqlite3", database(64), true}});
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (auto const flip : {0x01, 0x80, 0xff}) {
      auto bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ flip);
      if (auto const unpacked = unpacking.memory(bytes)) CHECK(test::read_file(unpacked->database) == database(64));
    }
  }
  CHECK(unpacking.is_clean());
}

TEST_CASE("sizes are written for people", "[source][archive]") {
  CHECK(source::readable_size(0) == "0 bytes");
  CHECK(source::readable_size(999) == "999 bytes");
  CHECK(source::readable_size(1000) == "1.0 kB");
  CHECK(source::readable_size(999'999) == "1.0 MB");
  CHECK(source::readable_size(12'300'000'000) == "12.3 GB");
  CHECK(source::readable_size(UINT64_MAX) == "18.4 EB");
}

TEST_CASE("archives that AiiDA wrote", "[source][archive]") {
  auto const* shared = std::getenv("RESTAPI_SHARED_DATA");
  if (shared == nullptr) return;
  for (auto const* name : {"arithmetic.add.aiida", "export_main_0000_simple.aiida"}) {
    Unpacking unpacking;
    auto const unpacked = source::unpack_archive(fs::path(shared) / name, unpacking.temporary, {});
    REQUIRE(unpacked);
    CHECK_THAT(test::read_file(unpacked->database), Catch::StartsWith("SQLite format 3"));
  }
}
