// SPDX-License-Identifier: MIT
#include "api/methods.hpp"

#include <catch2/catch.hpp>

using namespace restapi::api;

TEST_CASE("a list names whole methods", "[methods]") {
  for (auto const* method : {"GET", "HEAD", "OPTIONS"}) CHECK(names_method(reading_methods, method));
  for (auto const* method : {"", "get", "GE", "GET,", "GET, HEAD", "POST", "OPTIONS ", ", ", "EAD"})
    CHECK_FALSE(names_method(reading_methods, method));
  CHECK(names_method("POST", "POST"));
  CHECK_FALSE(names_method("POST", "GET"));
}

TEST_CASE("a list is spoken with an or", "[methods]") {
  CHECK(spoken_methods("GET, HEAD, OPTIONS") == "GET, HEAD or OPTIONS");
  CHECK(spoken_methods("POST, OPTIONS") == "POST or OPTIONS");
  CHECK(spoken_methods("GET") == "GET");
}
