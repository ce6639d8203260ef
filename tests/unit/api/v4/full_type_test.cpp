// SPDX-License-Identifier: MIT
#include "api/v4/full_type.hpp"

#include <catch2/catch.hpp>

using namespace restapi;
using api::v4::read_full_type;

TEST_CASE("a full type has two halves, and each may end with a wildcard", "[v4][full_type]") {
  auto const exact = read_full_type("data.core.dict.Dict.|");
  REQUIRE(exact);
  CHECK(exact->node.text == "data.core.dict.Dict.");
  CHECK_FALSE(exact->node.is_beginning);
  CHECK(exact->process.text.empty());
  auto const begun = read_full_type("process.%|aiida.workflows:%");
  REQUIRE(begun);
  CHECK(begun->node.text == "process.");
  CHECK(begun->node.is_beginning);
  CHECK(begun->process.text == "aiida.workflows:");
  CHECK(begun->process.is_beginning);
  CHECK(read_full_type("|"));
  CHECK(read_full_type("%|%"));
}

TEST_CASE("ill-formed full types are refused with what is wrong", "[v4][full_type]") {
  for (auto const* wrong : {"", "data.core.dict.Dict.", "a|b|c", "a%b|", "%%|", "|%a", "a|b%%"}) {
    INFO(wrong);
    auto const type = read_full_type(wrong);
    REQUIRE_FALSE(type);
    CHECK(type.error().code == Code::wrong_type);
    CHECK_FALSE(type.error().hint.empty());
  }
  CHECK_FALSE(read_full_type(std::string(5000, 'a') + "|"));
}
