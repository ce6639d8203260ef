// SPDX-License-Identifier: MIT
#include "repository/object.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "repository/plain_object.hpp"
#include "repository/verified_object.hpp"
#include "repository_fixture.hpp"
#include "support/test_file.hpp"

using namespace restapi;
using repository::Object;
using repository::PlainObject;
using repository::verified;
using test::hash_of;
using test::invented_bytes;

namespace {

std::unique_ptr<Object> object_of(test::TestFile const& file) {
  return std::make_unique<PlainObject>(std::make_shared<FileDescriptor const>(file.open()), 0, file.size(),
                                       PlainObject::Range::is_offered);
}

}  // namespace

TEST_CASE("an object is skipped and read", "[repository]") {
  auto const bytes = invented_bytes(1'000);
  test::TestFile const file(bytes);
  auto const object = object_of(file);
  char byte = 0;
  REQUIRE(object->skip(0));
  REQUIRE(object->skip(500));
  CHECK(object->position() == 500);
  REQUIRE(object->read(&byte, 1));
  CHECK(byte == bytes[500]);
  REQUIRE(object->skip(100));
  auto const rest = test::read_rest(*object, 7);
  REQUIRE(rest);
  CHECK(*rest == bytes.substr(601));
  CHECK(object->position() == 1'000);
  CHECK(*object->read(&byte, 1) == 0);
  auto const beyond = object->skip(1);
  REQUIRE_FALSE(beyond);
  CHECK(beyond.error().code == Code::out_of_range);
}

TEST_CASE("a plain object offers its range, in a descriptor of its own", "[repository]") {
  auto const bytes = invented_bytes(1'000);
  test::TestFile const file(bytes);
  std::optional<repository::FileRange> range;
  {
    auto const object = object_of(file);
    REQUIRE(object->skip(300));
    range = object->file_range();
  }
  REQUIRE(range);
  CHECK(range->offset == 0);
  CHECK(range->length == 1'000);
  std::string read(1'000, '\0');
  CHECK(::pread(range->file.number(), read.data(), read.size(), 0) == 1'000);
  CHECK(read == bytes);
}

TEST_CASE("a file that is cut short while it is read is damaged", "[repository][error]") {
  test::TestFile const file(invented_bytes(1'000));
  auto const object = object_of(file);
  char byte = 0;
  REQUIRE(object->read(&byte, 1));
  file.shorten(500);
  auto const rest = test::read_rest(*object, 100);
  REQUIRE_FALSE(rest);
  CHECK(rest.error().code == Code::store_damaged);
}

TEST_CASE("an object with another content than its hash says ends with an error", "[repository][error]") {
  for (auto const& bytes : {invented_bytes(100'000), std::string()}) {
    for (auto const* algorithm : {::EVP_sha256(), ::EVP_sha1()}) {
      test::TestFile const file(bytes);
      auto right = verified(object_of(file), hash_of(bytes, algorithm));
      REQUIRE(right);
      CHECK((*right)->size() == bytes.size());
      CHECK_FALSE((*right)->file_range());
      auto const read = test::read_rest(**right, 1'234);
      REQUIRE(read);
      CHECK(*read == bytes);

      auto wrong = verified(object_of(file), hash_of("something else", algorithm));
      REQUIRE(wrong);
      std::string piece(1'234, '\0');
      std::uint64_t given = 0;
      for (;;) {
        auto const more = (*wrong)->read(piece.data(), piece.size());
        if (!more) {
          CHECK(more.error().code == Code::store_damaged);
          break;
        }
        REQUIRE(*more > 0);
        given += *more;
      }
      CHECK((bytes.empty() || given < bytes.size()));
    }
  }
}

TEST_CASE("a part of an object is not compared with its hash", "[repository]") {
  auto const bytes = invented_bytes(10'000);
  test::TestFile const file(bytes);
  auto const object = verified(object_of(file), hash_of("something else"));
  REQUIRE(object);
  REQUIRE((*object)->skip(1));
  auto const rest = test::read_rest(**object);
  REQUIRE(rest);
  CHECK(*rest == bytes.substr(1));
}

TEST_CASE("a hash of an unknown kind cannot be compared", "[repository][error]") {
  test::TestFile const file("x");
  for (auto const* hash : {"", "abc", "zz"}) {
    auto const object = verified(object_of(file), hash);
    REQUIRE_FALSE(object);
    CHECK(object.error().code == Code::store_damaged);
  }
}
