// SPDX-License-Identifier: MIT
#include "api/versions.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace restapi;

TEST_CASE("each version is found by the beginning of the path, and by no other's", "[versions]") {
  auto const versions = api::versions();
  REQUIRE_FALSE(versions.empty());
  for (auto const* version : versions) {
    std::string const prefix(version->prefix());
    CAPTURE(prefix);
    CHECK(prefix.starts_with("/api/"));
    CHECK_FALSE(prefix.ends_with('/'));
    for (auto const* rest : {"", "/", "/nodes", "?limit=1"})
      CHECK(&api::version_of(versions, prefix + rest) == version);
    CHECK(&api::version_of(versions, prefix + "x") == versions.front());
    CHECK_FALSE(version->route_names().empty());
  }
  CHECK(&api::version_of(versions, "/") == versions.front());
}
