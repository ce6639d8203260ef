// SPDX-License-Identifier: MIT
#include "api/feed/successors.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "api/feed/items.hpp"
#include "support/entries.hpp"

using namespace restapi;
using namespace restapi::api::feed;
using store::Action;

namespace {

std::string const one = "11111111-1111-4111-8111-111111111111", two = "22222222-2222-4222-8222-222222222222";

ToldObject object(std::string uuid) { return {"{}", std::move(uuid)}; }

}  // namespace

TEST_CASE("one uuid has several shapes, and one that is not known is nobody's successor", "[feed]") {
  CHECK(is_successor(one, two));
  CHECK_FALSE(is_successor(one, one));
  CHECK_FALSE(is_successor("aaaaaaaa-1111-4111-8111-111111111111", "AAAAAAAA-1111-4111-8111-111111111111"));
  CHECK_FALSE(is_successor("", two));
  CHECK_FALSE(is_successor(one, ""));
}

TEST_CASE("what has got the id of a told object meanwhile is not told in its place", "[feed]") {
  std::map<std::int64_t, NodeItem> found{
      {1, {.uuid = one}}, {2, {.uuid = two}}, {3, {.uuid = two}}, {4, {.uuid = two}}};
  store::Batch batch;
  batch.changes = {test::change('n', Action::updated, {1, 2, 9}), test::change('g', Action::updated, {3}),
                   test::change('n', Action::deleted, {4})};
  std::vector<ToldObjects> const objects{{object(one), object(one), object(one)}, {object(one)}, {}};
  erase_successors(found, 'n', batch, objects);
  CHECK(found.size() == 3);
  CHECK_FALSE(found.contains(2));
}
