// SPDX-License-Identifier: MIT
#include "base/suggest.hpp"

#include <catch2/catch.hpp>

using restapi::distance;
using restapi::suggest;

namespace {
constexpr std::string_view known[] = {"ctime", "id", "label", "scheduler_type"};
}

TEST_CASE("distance counts insertions, deletions, substitutions and swaps", "[query][suggest]") {
  CHECK(distance("", "") == 0);
  CHECK(distance("", "label") == 5);
  CHECK(distance("label", "") == 5);
  CHECK(distance("label", "label") == 0);
  CHECK(distance("labl", "label") == 1);
  CHECK(distance("labeel", "label") == 1);
  CHECK(distance("lobel", "label") == 1);
  CHECK(distance("lable", "label") == 1);  // a swap is one slip, not two
  CHECK(distance("kitten", "sitting") == 3);
}

TEST_CASE("a near name is offered, otherwise all names", "[query][suggest]") {
  CHECK(suggest("labl", known) == "did you mean \"label\"?");
  CHECK(suggest("lable", known) == "did you mean \"label\"?");
  CHECK(suggest("di", known) == "did you mean \"id\"?");
  CHECK(suggest("schedulertyp", known) == "did you mean \"scheduler_type\"?");
  CHECK(suggest("colour", known) == "known: ctime, id, label, scheduler_type");
  CHECK(suggest("", known) == "known: ctime, id, label, scheduler_type");
  CHECK(suggest(std::string(100'000, 'x'), known) == "known: ctime, id, label, scheduler_type");
  CHECK(suggest("label", {}).empty());
}

TEST_CASE("the nearest name is one that may be meant", "[query][suggest]") {
  CHECK(restapi::nearest("labl", known) == "label");
  CHECK_FALSE(restapi::nearest("colour", known));
  CHECK_FALSE(restapi::nearest("label", {}));
}
