// SPDX-License-Identifier: MIT
#include "repository/archive_objects.hpp"

#include <malloc.h>
#include <sys/stat.h>
#include <zip.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <cctype>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <span>
#include <thread>

#include "repository_fixture.hpp"
#include "support/temporary_folder.hpp"
#include "unit/source/zip_bytes.hpp"

using namespace restapi;
using repository::ArchiveObjects;
using test::hash_of;
using test::invented_bytes;
using test::read_object;
using test::zip_bytes;
using test::ZipEntry;
namespace fs = std::filesystem;

namespace {

ZipEntry entry(std::string const& bytes, bool is_deflated = false) {
  return {"repo/" + hash_of(bytes), bytes, is_deflated};
}

/// An archive in a folder of its own.
struct Archive {
  test::TemporaryFolder folder = {};
  std::string path;
  ArchiveObjects objects;

  explicit Archive(std::string const& bytes) : path(folder.write("x.aiida", bytes)), objects(test::open_file(path)) {}
};

/// As libzip packs it, with real compression.
std::string packed_by_libzip(std::vector<std::string> const& contents) {
  test::TemporaryFolder const folder;
  auto const path = folder.path() + "/x.zip";
  auto* const zip = zip_open(path.c_str(), ZIP_CREATE, nullptr);
  REQUIRE(zip != nullptr);
  for (auto const& bytes : contents) {
    auto const name = "repo/" + hash_of(bytes);
    auto const index = zip_file_add(zip, name.c_str(), zip_source_buffer(zip, bytes.data(), bytes.size(), 0), 0);
    REQUIRE(index >= 0);
    REQUIRE(zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), ZIP_CM_DEFLATE, 1) == 0);
  }
  REQUIRE(zip_close(zip) == 0);
  return test::read_file(path);
}

/// The same from memory, which is faster.
std::string read_of(std::string const& archive, std::string const& hash) {
  auto const objects = ArchiveObjects::copy_of(std::as_bytes(std::span(archive)));
  REQUIRE(objects);
  return read_object(**objects, hash);
}

std::string const absent(64, '0');
constexpr char const* is_missing = "211 the archive has no entry for it";

}  // namespace

TEST_CASE("the objects of an archive are read from any offset, in pieces of any size", "[repository][archive]") {
  auto const small = invented_bytes(1'000), large = invented_bytes(300'000, 2), other = invented_bytes(70'000, 3);
  for (bool const zip64 : {false, true}) {
    for (bool const is_deflated : {false, true}) {
      Archive archive(zip_bytes({{"metadata.json", "{}"},
                                 entry(small, is_deflated),
                                 {"repo/", ""},
                                 entry(large, is_deflated),
                                 {"__MACOSX/repo/" + hash_of(other), "fork"},
                                 entry(other, !is_deflated),
                                 entry("", is_deflated)},
                                zip64));
      for (auto const& bytes : {small, large, other, std::string()}) {
        for (std::uint64_t const offset : {0, 1, 999, 65'536, 69'999}) {
          if (offset > bytes.size()) continue;
          for (std::size_t const piece : {999, 65'536, 1'000'000})
            CHECK(read_object(archive.objects, hash_of(bytes), offset, piece) == bytes.substr(offset));
        }
        auto const end = archive.objects.open(hash_of(bytes), bytes.size());
        REQUIRE(end);
        CHECK((*end)->size() == bytes.size());
        CHECK(read_object(archive.objects, hash_of(bytes), bytes.size()).empty());
        auto const beyond = archive.objects.open(hash_of(bytes), bytes.size() + 1);
        REQUIRE_FALSE(beyond);
        CHECK(beyond.error().code == Code::out_of_range);
      }
      CHECK(read_object(archive.objects, absent) == is_missing);
    }
  }
}

TEST_CASE("an archive that libzip has made is read", "[repository][archive]") {
  std::vector<std::string> contents;
  for (unsigned int i = 0; i < 300; ++i) contents.push_back(invented_bytes(i * i, i));
  Archive archive(packed_by_libzip(contents));
  for (auto const& bytes : contents) CHECK(read_object(archive.objects, hash_of(bytes)) == bytes);
}

TEST_CASE("only hashes are looked for in an archive", "[repository][archive]") {
  auto const bytes = invented_bytes(100);
  auto upper = hash_of(bytes);
  for (auto& digit : upper) digit = static_cast<char>(std::toupper(digit));
  Archive archive(zip_bytes({entry(bytes), {"repo/" + upper, "x"}, {"repo/../x", "x"}, {"db.sqlite3", "x"}}));
  for (auto const& hash : {std::string(), std::string("../db.sqlite3"), upper, hash_of(bytes).substr(1),
                           hash_of(bytes) + "0", std::string(64, 'g'), std::string(64, '\0'), std::string("../x")}) {
    CAPTURE(hash);
    CHECK(read_object(archive.objects, hash) == "211 its hash is none of SHA-256");
  }
}

TEST_CASE("hashes that begin alike are told apart", "[repository][archive]") {
  std::vector<ZipEntry> entries;
  auto const name = [](int i) { return std::string(40, 'a') + std::string(23, '0') + std::to_string(i); };
  for (int i = 8; i-- > 0;) entries.push_back({"repo/" + name(i), "object " + std::to_string(i)});
  Archive archive(zip_bytes(entries));
  for (int i = 0; i < 8; ++i) CHECK(read_object(archive.objects, name(i)) == "object " + std::to_string(i));
  CHECK(read_object(archive.objects, name(9)) == is_missing);
  entries.push_back({"repo/" + name(8), "one too many for chance"});
  CHECK(read_object(Archive(zip_bytes(entries)).objects, name(9)) == "409 the archive has too many files of one name");
}

TEST_CASE("what lies in an archive is damaged and not given to its end", "[repository][archive][error]") {
  auto const bytes = invented_bytes(200'000);
  auto const hash = hash_of(bytes);
  struct Case {
    char const* what;
    std::string archive;
    std::string error;
  };
  auto const with = [&](auto change, bool is_deflated) {
    auto changed = entry(bytes, is_deflated);
    change(changed);
    return zip_bytes({changed});
  };
  auto flipped_end = packed_by_libzip({bytes});
  flipped_end[flipped_end.find("PK\1\2") - 20] ^= '\x40';
  auto encrypted = zip_bytes({entry(bytes)});
  encrypted[encrypted.find("PK\1\2") + 8] = '\1';
  auto other_method = zip_bytes({entry(bytes)});
  other_method[other_method.find("PK\1\2") + 10] = '\x5d';
  auto elsewhere = zip_bytes({entry(bytes)});
  elsewhere[elsewhere.find("PK\1\2") + 42] = '\5';
  auto far_away = zip_bytes({entry(bytes)});
  far_away.replace(far_away.find("PK\1\2") + 42, 4, "\xff\xff\xff\x7f");
  auto const size = bytes.size();
  Case const cases[] = {
      {"checksum, stored", with([](auto& e) { e.crc = 1; }, false), "409 its checksum is another"},
      {"checksum, deflated", with([](auto& e) { e.crc = 1; }, true), "409 its checksum is another"},
      {"longer than declared", with([&](auto& e) { e.size = size - 1; }, true),
       "409 its compressed stream is longer than it should be"},
      {"shorter than declared", with([&](auto& e) { e.size = size + 1; }, true),
       "409 its compressed stream ends early"},
      {"much shorter than declared", with([&](auto& e) { e.size = std::uint64_t{1} << 31; }, true),
       "409 its compressed stream ends early"},
      {"two sizes, stored", with([&](auto& e) { e.size = size - 1; }, false), "409 its sizes in the archive differ"},
      {"packed too short", with([&](auto& e) { e.packed = 100; }, true), "409 its compressed stream ends early"},
      {"packed too long", with([&](auto& e) { e.packed = size + 100; }, true),
       "409 its compressed stream is longer than it should be"},
      {"beyond the end", with([](auto& e) { e.packed = std::uint64_t{1} << 30; }, true),
       "409 it goes beyond the end of the archive"},
      {"a byte of the stream", flipped_end, ""},
      {"encrypted", encrypted, "409 it is encrypted"},
      {"method", other_method, "409 the archive has packed it by method 93"},
      {"place", elsewhere, "409 it is not where the archive's list of files says"},
      {"place beyond", far_away, "409 the archive has been cut short"},
  };
  for (auto const& [what, archive, error] : cases) {
    CAPTURE(what);
    auto const got = read_object(Archive(archive).objects, hash);
    CHECK(got.starts_with(error.empty() ? "409 " : error));
    CHECK(got != bytes);
  }
}

TEST_CASE("a file without a list of entries is no archive", "[repository][archive][error]") {
  auto const bytes = invented_bytes(1'000);
  auto const whole = zip_bytes({entry(bytes)}), zip64 = zip_bytes({entry(bytes)}, true);
  CHECK(read_object(Archive("").objects, absent) == "409 the archive has no list of files at its end");
  CHECK(read_object(Archive("PK\5\6").objects, absent) == "409 the archive has no list of files at its end");
  CHECK(read_object(Archive(bytes).objects, absent) == "409 the archive has no list of files at its end");
  // Cut anywhere, and with any byte another: an error, or the bytes.
  for (auto const& archive : {whole, zip64}) {
    for (std::size_t size = 0; size < archive.size(); size += 1 + (size < 1'000 ? 97 : 0)) {
      auto const got = read_of(archive.substr(0, size), hash_of(bytes));
      CHECK(got.starts_with("409 "));
    }
    for (std::size_t at = archive.find("PK\1\2"); at < archive.size(); ++at) {
      auto changed = archive;
      for (char const mask : {'\1', '\x7f', '\xff'}) {
        changed[at] = static_cast<char>(archive[at] ^ mask);
        auto const got = read_of(changed, hash_of(bytes));
        CHECK((got == bytes || got.starts_with("409 ") || got.starts_with("211 ")));
      }
    }
  }
}

TEST_CASE("what follows the end of an archive, and what looks like an end, is passed over", "[repository][archive]") {
  auto const bytes = invented_bytes(1'000) + "PK\5\6" + std::string(18, '\0') + invented_bytes(100);
  Archive archive(zip_bytes({entry(bytes)}) + "remarks");
  CHECK(read_object(archive.objects, hash_of(bytes)) == bytes);
}

TEST_CASE("an archive is read from what was opened, whatever takes its name", "[repository][archive]") {
  auto const bytes = invented_bytes(200'000);
  auto const hash = hash_of(bytes);
  Archive archive(zip_bytes({entry(bytes, true)}));
  SECTION("another archive") {
    auto const other = archive.folder.write("other.aiida", zip_bytes({entry("other")}));
    fs::rename(other, archive.path);
    CHECK(read_object(archive.objects, hash) == bytes);
    CHECK(read_object(archive.objects, hash_of("other")) == is_missing);
  }
  SECTION("another name, then none") {
    fs::rename(archive.path, archive.path + "2");
    CHECK(read_object(archive.objects, hash) == bytes);
    fs::remove(archive.path + "2");
    CHECK(read_object(archive.objects, hash) == bytes);
  }
  SECTION("an object outlives it all") {
    auto objects = std::make_unique<ArchiveObjects>(test::open_file(archive.path));
    auto const object = objects->open(hash, 100'000);
    REQUIRE(object);
    objects.reset();
    fs::remove(archive.path);
    auto const rest = test::read_rest(**object);
    REQUIRE(rest);
    CHECK(*rest == bytes.substr(100'000));
  }
}

TEST_CASE("an archive that is written to in place is refused", "[repository][archive][error]") {
  auto const bytes = invented_bytes(1'000);
  Archive archive(zip_bytes({entry(bytes)}));
  CHECK(read_object(archive.objects, hash_of(bytes)) == bytes);
  SECTION("another size") { std::ofstream(archive.path, std::ios::binary) << zip_bytes({entry("other")}); }
  SECTION("another time") {
    auto const time = fs::last_write_time(archive.path);
    fs::last_write_time(archive.path, time + std::chrono::seconds(1));
  }
  CHECK(read_object(archive.objects, hash_of(bytes)) == "409 the archive has been written to since it was opened");
}

TEST_CASE("an archive in memory is read like one on a disk", "[repository][archive]") {
  auto const bytes = invented_bytes(100'000);
  std::unique_ptr<ArchiveObjects> objects;
  {
    auto const archive = zip_bytes({entry(bytes, true)});
    auto copy = ArchiveObjects::copy_of(std::as_bytes(std::span(archive)));
    REQUIRE(copy);
    objects = *std::move(copy);
  }
  CHECK(read_object(*objects, hash_of(bytes)) == bytes);
  CHECK(read_object(*objects, absent) == is_missing);
}

TEST_CASE("an object of an archive is never sent from its file", "[repository][archive]") {
  Archive archive(zip_bytes({entry("stored"), entry("deflated", true)}));
  CHECK_FALSE((*archive.objects.open(hash_of("stored")))->file_range());
  CHECK_FALSE((*archive.objects.open(hash_of("deflated")))->file_range());
}

TEST_CASE("a large object takes no more memory than a small one", "[repository][archive]") {
  constexpr std::uint64_t size = std::uint64_t{64} << 20;
  std::string const zeros(size, '\0');
  auto const packed = packed_by_libzip({zeros});
  CHECK(packed.size() < size / 100);
  Archive archive(packed);
  auto const before = ::mallinfo2();
  auto const object = archive.objects.open(hash_of(zeros));
  REQUIRE(object);
  REQUIRE((*object)->skip(size / 2));
  std::vector<char> piece(std::size_t{64} << 10);
  std::uint64_t done = 0;
  bool is_zero = true;
  std::size_t most = 0;
  for (;;) {
    auto const read = (*object)->read(piece.data(), piece.size());
    REQUIRE(read);
    if (*read == 0) break;
    done += *read;
    for (std::size_t i = 0; i < *read; ++i) is_zero = is_zero && piece[i] == 0;
    auto const now = ::mallinfo2();
    most = std::max(most, now.uordblks + now.hblkhd);
  }
  CHECK(done == size / 2);
  CHECK(is_zero);
  CHECK(most < before.uordblks + before.hblkhd + (std::size_t{1} << 20));
}

TEST_CASE("many threads read one archive", "[repository][archive]") {
  std::vector<std::string> contents;
  for (unsigned int i = 0; i < 20; ++i) contents.push_back(invented_bytes(20'000 + i, i));
  Archive archive(packed_by_libzip(contents));
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (auto const& bytes : contents) {
          auto const object = archive.objects.open(hash_of(bytes));
          auto const read = object ? test::read_rest(**object) : object.error();
          right += read && *read == bytes ? 1 : 0;
        }
      });
    }
  }
  CHECK(right == 4 * 20);
}
