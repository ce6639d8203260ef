// SPDX-License-Identifier: MIT
#include "repository/container_objects.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "container_fixture.hpp"

using namespace restapi;
using repository::ContainerObjects;
using test::Container;
using test::hash_of;
using test::invented_bytes;
using test::is_missing;
using test::read_object;
namespace fs = std::filesystem;

TEST_CASE("the objects of a container are read, wherever they lie", "[repository][container]") {
  auto const small = invented_bytes(1'000), large = invented_bytes(300'000, 2);
  for (std::size_t const prefix : {0, 1, 2, 3, 63}) {
    Container const container(prefix);
    ContainerObjects objects(container.path());
    for (auto const& bytes : {small, large, std::string()}) {
      auto const loose = container.add_loose("loose" + bytes);
      auto const plain = container.add_packed("plain" + bytes, false);
      auto const packed = container.add_packed("packed" + bytes, true, 7);
      for (std::uint64_t const offset : {0, 1, 5, 999, 65'536}) {
        if (offset > bytes.size() + 5) continue;
        for (std::size_t const piece : {999, 65'536}) {
          CHECK(read_object(objects, loose, offset, piece) == ("loose" + bytes).substr(offset));
          CHECK(read_object(objects, plain, offset, piece) == ("plain" + bytes).substr(offset));
          CHECK(read_object(objects, packed, offset, piece) == ("packed" + bytes).substr(offset));
        }
      }
      CHECK((*objects.open(loose))->size() == bytes.size() + 5);
      CHECK((*objects.open(packed))->size() == bytes.size() + 6);
    }
    CHECK(read_object(objects, container.add_loose("")).empty());
    CHECK(read_object(objects, hash_of("absent")) == is_missing);
  }
}

TEST_CASE("empty objects of packs are read", "[repository][container]") {
  for (bool const is_compressed : {false, true}) {
    Container const container;
    ContainerObjects objects(container.path());
    auto const hash = container.add_packed("", is_compressed);
    CHECK(read_object(objects, hash).empty());
    CHECK((*objects.open(hash))->size() == 0);
  }
}

TEST_CASE("what is stored as it is can be sent from its file", "[repository][container]") {
  Container const container;
  ContainerObjects objects(container.path());
  container.add_packed("before it", false);
  auto const plain = container.add_packed("plain", false), loose = container.add_loose("loose");
  auto const in_file = [](repository::Object const& object) {
    auto const range = object.file_range();
    REQUIRE(range);
    std::string bytes(range->length, '\0');
    CHECK(::pread(range->file.number(), bytes.data(), bytes.size(), static_cast<off_t>(range->offset)) ==
          static_cast<ssize_t>(range->length));
    return bytes;
  };
  CHECK(in_file(**objects.open(plain)) == "plain");
  CHECK(in_file(**objects.open(loose, 3)) == "loose");
  CHECK_FALSE((*objects.open(container.add_packed("packed", true)))->file_range());
}

TEST_CASE("containers hash with SHA-256 or SHA-1", "[repository][container]") {
  Container const container(2, "sha1");
  ContainerObjects objects(container.path());
  auto const hash = hash_of("object", ::EVP_sha1());
  container.write(container.loose_name(hash), "object");
  CHECK(read_object(objects, hash) == "object");
  CHECK(read_object(objects, hash_of("object")) == "211 its hash is none of this repository");
}

TEST_CASE("only hashes are looked for in a container", "[repository][container]") {
  Container const container;
  ContainerObjects objects(container.path());
  container.write("loose/secret", "x");
  container.write("loose/AB/" + std::string(62, 'C'), "x");
  for (auto const& hash : {std::string(), std::string("../config.json"), "AB" + std::string(62, 'C'),
                           std::string("../") + std::string(61, 'a'), std::string(64, '/'), std::string(64, '\0'),
                           hash_of("a") + "a", std::string("secret"), std::string("'; DROP TABLE db_object; --")}) {
    CAPTURE(hash);
    CHECK(read_object(objects, hash) == "211 its hash is none of this repository");
  }
}

TEST_CASE("nothing but regular files is read in a container", "[repository][container][error]") {
  Container const container;
  ContainerObjects objects(container.path());
  container.write("secret", "secret");
  auto const hash = hash_of("secret"), other = hash_of("other"), third = hash_of("third");
  fs::create_directories(fs::path(container.path(container.loose_name(hash))).parent_path());
  fs::create_symlink(container.path("secret"), container.path(container.loose_name(hash)));
  CHECK(read_object(objects, hash).starts_with("409 loose/"));
  fs::create_directories(container.path(container.loose_name(other)));
  CHECK(read_object(objects, other).starts_with("409 loose/"));
  fs::create_directories(fs::path(container.path(container.loose_name(third))).parent_path());
  REQUIRE(::mkfifo(container.path(container.loose_name(third)).c_str(), 0600) == 0);
  CHECK(read_object(objects, third).starts_with("409 loose/"));
  container.add_row({hash_of("linked"), false, 6, 0, 6}, 3);
  fs::create_symlink(container.path("secret"), container.path("packs/3"));
  CHECK(read_object(objects, hash_of("linked")) == "409 packs/3 is not a regular file");
}

TEST_CASE("folders of a container may be links", "[repository][container]") {
  Container const container;
  test::TemporaryFolder const disk;
  auto const loose = container.add_loose("loose"), packed = container.add_packed("packed", true);
  for (std::string const name : {"loose", "packs"}) {
    fs::copy(container.path(name), disk.path() + "/" + name, fs::copy_options::recursive);
    fs::remove_all(container.path(name));
    fs::create_symlink(disk.path() + "/" + name, container.path(name));
  }
  ContainerObjects objects(container.path());
  CHECK(read_object(objects, loose) == "loose");
  CHECK(read_object(objects, packed) == "packed");
}

TEST_CASE("what is damaged in a container is not given to its end", "[repository][container][error]") {
  Container const container;
  ContainerObjects objects(container.path());
  auto const bytes = invented_bytes(200'000);
  auto const right = container.append(1, bytes, true), plain = container.append(2, bytes, false);
  auto const with = [&](test::Packed row, auto change, int pack) {
    change(row);
    container.add_row(row, pack);
    return read_object(objects, row.hash);
  };
  CHECK(with(
            right, [](auto&) {}, 1) == bytes);
  CHECK(with(
            plain, [](auto&) {}, 2) == bytes);
  CHECK(with(
            right, [](auto& row) { --row.size; }, 1) == "409 its compressed stream is longer than it should be");
  CHECK(with(
            right, [](auto& row) { ++row.size; }, 1) == "409 its compressed stream ends early");
  CHECK(with(
            right, [](auto& row) { --row.length; }, 1) == "409 its compressed stream ends early");
  CHECK(with(
            right, [](auto& row) { ++row.length; }, 1) == "409 it goes beyond the end of its pack");
  CHECK(with(
            right, [](auto& row) { row.length = 0; }, 1) == "409 its compressed stream ends early");
  CHECK(with(
            right, [](auto& row) { ++row.offset, --row.length; }, 1)
            .starts_with("409 its compressed stream is damaged"));
  CHECK(with(
            right, [](auto& row) { row.offset = std::uint64_t{1} << 62; }, 1) ==
        "409 it goes beyond the end of its pack");
  CHECK(with(
            plain, [](auto& row) { row.is_compressed = true; }, 2)
            .starts_with("409 its compressed stream is damaged"));
  CHECK(with(
            plain, [](auto& row) { --row.size; }, 2) == "409 its sizes in packs.idx differ");
  CHECK(with(
            plain, [](auto& row) { ++row.offset; }, 2) == "409 it goes beyond the end of its pack");
  CHECK(with(
            plain, [](auto&) {}, 77) == "409 its pack is not there");
  container.append(1, "more", false);
  CHECK(with(
            right, [](auto& row) { ++row.length; }, 1) == "409 its compressed stream is longer than it should be");

  auto stored = test::read_file(container.path("packs/1"));
  stored[right.length / 2] ^= '\x10';
  container.write("packs/1", stored);
  CHECK(with(
            right, [](auto&) {}, 1)
            .starts_with("409 "));
  stored[right.length / 2] ^= '\x10';
  stored[right.length - 1] ^= '\x10';  // in its checksum
  container.write("packs/1", stored);
  CHECK(with(
            right, [](auto&) {}, 1) == "409 its compressed stream is damaged: incorrect data check");
}

TEST_CASE("a damaged index is an error", "[repository][container][error]") {
  Container container;
  ContainerObjects objects(container.path());
  auto const hash = container.add_packed("object", false), loose = container.add_loose("loose");
  SECTION("text in the place of numbers") {
    test::execute(container.index(), "UPDATE db_object SET size = 'six'");
    CHECK(read_object(objects, hash) == "409 packs.idx has other values than numbers");
  }
  SECTION("negative numbers") {
    for (std::string const column : {"size", "length", "\"offset\"", "pack_id"}) {
      test::execute(container.index(), "UPDATE db_object SET " + column + " = " + column + " - 1000");
      CHECK(read_object(objects, hash) == "409 packs.idx has other values than numbers");
      test::execute(container.index(), "UPDATE db_object SET " + column + " = " + column + " + 1000");
    }
    CHECK(read_object(objects, hash) == "object");
  }
  SECTION("no table") {
    test::execute(container.index(), "DROP TABLE db_object");
    CHECK(read_object(objects, hash).starts_with("409 packs.idx: no such table"));
  }
  SECTION("a view") {
    test::execute(container.index(), "ALTER TABLE db_object RENAME TO t; CREATE VIEW db_object AS SELECT * FROM t");
    CHECK(read_object(objects, hash).starts_with("409 packs.idx: "));
  }
  SECTION("no column") {
    test::execute(container.index(), "ALTER TABLE db_object RENAME \"offset\" TO place");
    CHECK(read_object(objects, hash).starts_with("409 packs.idx: no such column"));
  }
  SECTION("no database") {
    container.close_index();
    container.write("packs.idx", std::string(5'000, 'x'));
    CHECK(read_object(objects, hash).starts_with("409 packs.idx: file is not a database"));
  }
  CHECK(read_object(objects, loose) == "loose");
}

TEST_CASE("a container without an index has loose objects alone", "[repository][container]") {
  Container container;
  container.close_index();
  fs::remove(container.path("packs.idx"));
  ContainerObjects objects(container.path());
  CHECK(read_object(objects, container.add_loose("loose")) == "loose");
  CHECK(read_object(objects, hash_of("absent")) == is_missing);
}

TEST_CASE("what is no container is an error", "[repository][container][error]") {
  test::TemporaryFolder const folder;
  ContainerObjects objects(folder.path() + "/container");
  auto const hash = hash_of("x");
  CHECK(read_object(objects, hash).starts_with("401 "));
  fs::create_directory(folder.path() + "/container");
  CHECK(read_object(objects, hash) == "401 there is no config.json");
  auto const with = [&](std::string const& config) {
    folder.write("container/config.json", config);
    return read_object(objects, hash);
  };
  CHECK(with("") == "409 config.json is not JSON");
  CHECK(with("[]") == "409 config.json is not JSON");
  CHECK(with(std::string(100'000, '[')) == "409 config.json is not JSON");
  CHECK(with("{}") == "409 config.json has another hash_type");
  CHECK(with(R"({"hash_type": "md5", "loose_prefix_len": 2})") == "409 config.json has another hash_type");
  CHECK(with(R"({"hash_type": 5, "loose_prefix_len": 2})") == "409 config.json has another hash_type");
  for (auto const* prefix : {"-1", "64", "2.5", "\"2\"", "null", "1e3", "18446744073709551616"})
    CHECK(with(std::string(R"({"hash_type": "sha256", "loose_prefix_len": )") + prefix + "}") ==
          "409 config.json has no loose_prefix_len");
  CHECK(with(R"({"hash_type": "sha256", "loose_prefix_len": 2, "container_version": 2})") ==
        "409 config.json has another container_version");
  CHECK(with(R"({"hash_type": "sha256", "loose_prefix_len": 2})") == is_missing);  // and now it is one
}

TEST_CASE("reading leaves nothing behind in a container", "[repository][container]") {
  Container container;
  auto const hash = container.add_packed("object", true);
  auto const look = [&](char const* situation) {
    CAPTURE(situation);
    auto const names = container.names();
    ContainerObjects objects(container.path());
    CHECK(read_object(objects, hash) == "object");
    CHECK(read_object(objects, hash_of("absent")) == is_missing);
    CHECK(container.names() == names);
  };
  look("somebody writes");
  CHECK(fs::exists(container.path("packs.idx-wal")));
  container.close_index();
  CHECK_FALSE(fs::exists(container.path("packs.idx-wal")));
  look("nobody writes");
  fs::permissions(container.path(), fs::perms::owner_read | fs::perms::owner_exec);
  look("nobody can write");
  fs::permissions(container.path(), fs::perms::owner_all);
  {
    auto const index = test::open_database(container.path("packs.idx"));
    test::execute(index.get(), "PRAGMA journal_mode = delete");
  }
  look("no log at all");
}
