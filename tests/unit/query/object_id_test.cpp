// SPDX-License-Identifier: MIT
#include "query/object_id.hpp"

#include <catch2/catch.hpp>

using namespace restapi;
using model::Identity;

TEST_CASE("the start of a uuid of any length is a range of uuids", "[query][object_id]") {
  struct Case {
    std::string_view text, first, last;
  };
  for (auto const& row :
       {Case{"3", "30000000-0000-0000-0000-000000000000", "3fffffff-ffff-ffff-ffff-ffffffffffff"},
        Case{"338357f4", "338357f4-0000-0000-0000-000000000000", "338357f4-ffff-ffff-ffff-ffffffffffff"},
        Case{"338357f4-", "338357f4-0000-0000-0000-000000000000", "338357f4-ffff-ffff-ffff-ffffffffffff"},
        Case{"338357f4f2", "338357f4-f200-0000-0000-000000000000", "338357f4-f2ff-ffff-ffff-ffffffffffff"},
        Case{"338357F4F236-4F", "338357f4-f236-4f00-0000-000000000000", "338357f4-f236-4fff-ffff-ffffffffffff"},
        Case{"338357f4f2364f9c8fbecd550dc6b858", "338357f4-f236-4f9c-8fbe-cd550dc6b858",
             "338357f4-f236-4f9c-8fbe-cd550dc6b858"},
        Case{"338357F4-F2", "338357f4-f200-0000-0000-000000000000", "338357f4-f2ff-ffff-ffff-ffffffffffff"},
        Case{"338357f4-f236-4f9c-8fbe-cd550dc6b858", "338357f4-f236-4f9c-8fbe-cd550dc6b858",
             "338357f4-f236-4f9c-8fbe-cd550dc6b858"}}) {
    CAPTURE(row.text);
    auto const id = query::read_object_id(row.text, Identity::uuid);
    REQUIRE(id);
    CHECK(id->text == row.text);
    CHECK(id->first_uuid == row.first);
    CHECK(id->last_uuid == row.last);
    CHECK(query::is_canonical_uuid(id->first_uuid));
    CHECK(query::is_canonical_uuid(id->last_uuid));
  }
}

TEST_CASE("users are named by an integer", "[query][object_id]") {
  CHECK(query::read_object_id("2", Identity::pk)->pk == 2);
  CHECK(query::read_object_id("9223372036854775807", Identity::pk)->pk == 9223372036854775807);
  for (auto const* text : {"9223372036854775808", "2x", "x", "", "+2", " 2", "2.0", "338357f4-f2"}) {
    CAPTURE(text);
    CHECK_FALSE(query::read_object_id(text, Identity::pk));
  }
}

TEST_CASE("what is no start of a uuid names no object", "[query][object_id][error]") {
  for (auto const* text :
       {"", "g", "3383-57f4", "-", "338357f4-f236-4f9c-8fbe-cd550dc6b8580", "338357f4f2364f9c8fbecd550dc6b8580",
        "338357f4--f2", "%", "338357f4-f2%", "3383 57f4", "\xC3\xA9", "_"}) {
    CAPTURE(text);
    CHECK_FALSE(query::read_object_id(text, Identity::uuid));
  }
}

TEST_CASE("only whole uuids in lower case are canonical", "[query][object_id]") {
  CHECK(query::is_canonical_uuid("338357f4-f236-4f9c-8fbe-cd550dc6b858"));
  for (auto const* text : {"", "338357f4", "338357F4-F236-4F9C-8FBE-CD550DC6B858", "338357f4f2364f9c8fbecd550dc6b858",
                           "338357f4-f236-4f9c-8fbe-cd550dc6b85g", "{338357f4-f236-4f9c-8fbe-cd550dc6b858}"}) {
    CAPTURE(text);
    CHECK_FALSE(query::is_canonical_uuid(text));
  }
}

TEST_CASE("a start of a uuid is written as in the databases", "[query][object_id]") {
  CHECK(query::uuid_notation("338357F4F2364F9C8FBECD550DC6B858") == "338357f4-f236-4f9c-8fbe-cd550dc6b858");
  CHECK(query::uuid_notation("338357F4") == "338357f4");
  CHECK(query::uuid_notation("338357F4-") == "338357f4-");
  CHECK(query::uuid_notation("338357F4f") == "338357f4-f");
  for (auto const* text : {"", "x", "338357f4f2364f9c8fbecd550dc6b858-", "338357f4_f2"})
    CHECK_FALSE(query::uuid_notation(text));
}

TEST_CASE("uuids that begin with a text lie in a range, as far as it begins one", "[query][object_id]") {
  for (auto const* text : {"c0ffee", "c0ffeeZ", "c0ffee%", "c0ffee-1", "c0ffeeC"}) {
    auto const range = query::uuid_range(text);
    REQUIRE(range);
    CHECK(range->first == "c0ffee00-0000-0000-0000-000000000000");
    CHECK(range->last == "c0ffeeff-ffff-ffff-ffff-ffffffffffff");
  }
  auto const* const whole = "338357f4-f236-4f9c-8fbe-cd550dc6b858";
  CHECK(query::uuid_range(whole)->first == whole);
  CHECK(query::uuid_range(std::string(whole) + "0")->last == whole);
  for (auto const* text : {"", "-", "C0", "x", "%c0"}) CHECK_FALSE(query::uuid_range(text));
}
