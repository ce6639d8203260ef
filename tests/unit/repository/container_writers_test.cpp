// SPDX-License-Identifier: MIT
// Containers that AiiDA writes to, packs and replaces while they are read.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <functional>
#include <thread>

#include "container_fixture.hpp"
#include "repository/container_objects.hpp"

using namespace restapi;
using repository::ContainerObjects;
using test::Container;
using test::hash_of;
using test::invented_bytes;
using test::is_missing;
using test::read_object;
namespace fs = std::filesystem;

namespace {

/// Does something before the index is looked at for the n-th time (from 1), or behind it.
class Between {
 public:
  std::function<void(int)> before = [](int) {};
  std::function<void(int)> behind = [](int) {};
  int looks = 0;

  repository::EnterSqlite enter() {
    return [this] {
      before(++looks);
      return std::shared_ptr<void>(this, [](void* self) {
        auto const& between = *static_cast<Between*>(self);
        between.behind(between.looks);
      });
    };
  }
};

}  // namespace

TEST_CASE("what a writer commits is seen with the next object", "[repository][container]") {
  Container container;
  ContainerObjects objects(container.path());
  for (int round = 0; round < 5; ++round) {
    auto const number = std::to_string(round);
    for (std::string const what : {"with a log ", "without one "}) {
      auto const bytes = what + number;
      CHECK(read_object(objects, hash_of(bytes)) == is_missing);
      CHECK(container.add_packed(bytes, round % 2 == 0) == hash_of(bytes));
      if (what == "without one ") container.close_index();
      CHECK(read_object(objects, hash_of(bytes)) == bytes);
      if (what == "without one ") container.open_index();
    }
    auto const last = "first of the next writer " + number;
    CHECK(read_object(objects, container.add_packed(last, true)) == last);
  }
}

TEST_CASE("an index that nobody writes to is looked at again when it changes", "[repository][container]") {
  Container container;
  auto const hash = container.add_packed("object", true);
  container.close_index();
  ContainerObjects objects(container.path());
  CHECK(read_object(objects, hash) == "object");
  container.open_index();
  auto const other = container.add_packed("other", true);
  container.close_index();
  CHECK(read_object(objects, other) == "other");
  CHECK(read_object(objects, hash) == "object");
  // Another file.
  fs::copy_file(container.path("packs.idx"), container.path("new"));
  {
    auto const index = test::open_database(container.path("new"));
    test::execute(index.get(), "DELETE FROM db_object WHERE hashkey = '" + hash + "'");
  }
  fs::remove(container.path("new-wal"));
  fs::remove(container.path("new-shm"));
  fs::rename(container.path("new"), container.path("packs.idx"));
  CHECK(read_object(objects, hash) == is_missing);
  CHECK(read_object(objects, other) == "other");
}

TEST_CASE("an object is found while it moves from a loose file into a pack", "[repository][container]") {
  Container const container;
  Between between;
  ContainerObjects objects(container.path(), between.enter());
  auto const hash = container.add_loose("object");
  auto const opened = objects.open(hash);
  REQUIRE(opened);
  CHECK(container.add_packed("object", true) == hash);
  CHECK(read_object(objects, hash) == "object");
  container.remove_loose(hash);
  CHECK(read_object(objects, hash) == "object");
  CHECK(*test::read_rest(**opened) == "object");  // its file is gone

  // It comes when the loose files have been looked through.
  between.before = [&](int) { container.add_loose("newer"); };
  CHECK(read_object(objects, hash_of("newer")) == "newer");
}

TEST_CASE("an object is found while its pack is written anew", "[repository][container]") {
  auto const bytes = invented_bytes(100'000);
  std::vector<std::string> const contents{"first", bytes, "last"};
  // The steps are taken at each look at the index, before and behind it.
  for (int first = 1; first <= 3; ++first) {
    for (int second = first; second <= 4; ++second) {
      for (bool const is_before : {false, true}) {
        CAPTURE(first, second, is_before);
        Container const container;
        for (auto const& content : {std::string("removed since"), contents[2], bytes, contents[0]})
          container.add_packed(content, false, 5);
        Between between;
        ContainerObjects objects(container.path(), between.enter());
        auto const step = [&](int look) {
          if (look == first) container.write_new_pack(contents, first == 2);
          if (look == second) container.put_new_pack_in_place(5);
        };
        (is_before ? between.before : between.behind) = step;
        CHECK(read_object(objects, hash_of(bytes)) == bytes);
        CHECK(between.looks >= 2);
        for (auto const& content : contents) CHECK(read_object(objects, hash_of(content)) == content);
      }
    }
  }
}

TEST_CASE("a pack that is written anew twice does not pass for the first one", "[repository][container]") {
  std::string const one = "one", two = "two";
  Container const container;
  container.add_packed(one, false, 5);
  container.add_packed(two, false, 5);
  Between between;
  ContainerObjects objects(container.path(), between.enter());
  auto const write_anew = [&](std::vector<std::string> const& contents) {
    container.write_new_pack(contents, false);
    container.put_new_pack_in_place(5);
  };
  // What is opened is the second pack; the index says the same of the first and of the third.
  between.behind = [&](int look) {
    if (look == 1) write_anew({two, one});
  };
  between.before = [&](int look) {
    if (look == 2) write_anew({one, two});
  };
  CHECK(read_object(objects, hash_of(one)) == one);
  CHECK(read_object(objects, hash_of(two)) == two);
}

TEST_CASE("an object that is read keeps its pack", "[repository][container]") {
  Container const container;
  ContainerObjects objects(container.path());
  auto const bytes = invented_bytes(200'000);
  auto const hash = container.add_packed(bytes, true, 5);
  auto const object = objects.open(hash, 1'000);
  REQUIRE(object);
  container.write_new_pack({bytes}, false);
  container.put_new_pack_in_place(5);
  CHECK(*test::read_rest(**object) == bytes.substr(1'000));
  CHECK(read_object(objects, hash) == bytes);
}

TEST_CASE("a container that is put in the place of another is found", "[repository][container]") {
  Container const one, other;
  test::TemporaryFolder const folder;
  auto const path = folder.path() + "/container";
  fs::create_directory_symlink(one.path(), path);
  ContainerObjects objects(path);
  auto const first = one.add_loose("first"), second = other.add_packed("second", true);
  CHECK(read_object(objects, first) == "first");
  fs::remove(path);
  CHECK(read_object(objects, first) == "first");
  CHECK(read_object(objects, second).starts_with("401 "));
  fs::create_directory_symlink(other.path(), path);
  CHECK(read_object(objects, second) == "second");
  CHECK(read_object(objects, first) == is_missing);
}

TEST_CASE("a locked index is waited for, and not for ever", "[repository][container][error]") {
  Container container;
  test::execute(container.index(), "PRAGMA journal_mode = delete");
  auto const hash = container.add_packed("object", false);
  ContainerObjects objects(container.path());
  CHECK(read_object(objects, hash) == "object");
  test::execute(container.index(), "BEGIN EXCLUSIVE");
  CHECK(read_object(objects, hash) == "401 packs.idx: database is locked");
  test::execute(container.index(), "COMMIT");
  CHECK(read_object(objects, hash) == "object");
}

TEST_CASE("the index is read beside a process that writes to it, and after its crash", "[repository][container]") {
  Container container;
  container.close_index();
  auto const names = container.names();
  test::OtherProcess writer([&] {
    container.open_index();
    container.add_packed("object", true);
  });
  REQUIRE(writer.is_done());
  auto const hash = hash_of("object");
  CHECK(container.names().size() == names.size() + 2);
  {
    ContainerObjects objects(container.path());
    CHECK(read_object(objects, hash) == "object");
    writer.end();
    CHECK(read_object(objects, hash) == "object");
  }
  CHECK(container.names().size() == names.size() + 2);
  CHECK(read_object(ContainerObjects(container.path()), hash) == "object");

  // A copy without what tells which part of the log counts: it takes somebody who may write to find out.
  fs::remove(container.path("packs.idx-shm"));
  CHECK(read_object(ContainerObjects(container.path()), hash).starts_with("401 packs.idx: "));
  CHECK_FALSE(fs::exists(container.path("packs.idx-shm")));
}

TEST_CASE("no object is missed while another process writes", "[repository][container]") {
  Container container;
  std::vector<std::string> contents;
  for (unsigned int i = 0; i < 12; ++i) contents.push_back(invented_bytes(5'000 + 100 * i, i));
  for (auto const& bytes : contents) container.add_loose(bytes);
  container.close_index();
  test::OtherProcess const writer([&] {
    container.open_index();
    for (auto const& bytes : contents) container.add_packed(bytes, false, 0);
    for (auto const& bytes : contents) container.remove_loose(hash_of(bytes));
    for (int round = 0; round < 100; ++round) {
      std::ranges::rotate(contents, contents.begin() + 1 + round % 11);
      container.write_new_pack(contents, round % 2 == 0);
      container.put_new_pack_in_place(0);
      if (round % 10 == 0) container.close_index();
      if (round % 10 == 0) container.open_index();
    }
  });
  ContainerObjects objects(container.path());
  std::atomic<bool> is_done = false;
  std::vector<std::string> wrong[3];
  {
    std::vector<std::jthread> readers;
    for (auto& mine : wrong) {
      readers.emplace_back([&] {
        do {
          for (auto const& bytes : contents) {
            auto const object = objects.open(hash_of(bytes));
            auto const read = object ? test::read_rest(**object) : object.error();
            if (!read || *read != bytes) mine.push_back(read ? "other bytes" : read.error().detail);
          }
        } while (!is_done);
      });
    }
    CHECK(writer.is_done());
    is_done = true;
  }
  for (auto const& mine : wrong) CHECK(mine == std::vector<std::string>());
}
