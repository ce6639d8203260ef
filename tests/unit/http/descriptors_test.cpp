#include "api/descriptors.hpp"

#include <sys/resource.h>

#include <catch2/catch.hpp>

using namespace restapi::api;

TEST_CASE("connections leave descriptors for everything else", "[descriptors]") {
  CHECK(connections_within(1024, 4) == 1024 - 128 - 16);
  CHECK(connections_within(1024, 90) == 1024 - 128 - 360);
  CHECK(connections_within(256, 4) == 128);  // half of few
  CHECK(connections_within(1, 4) == 1);
  CHECK(connections_within(0, 4) == 1);
  CHECK(connections_within(1'000'000'000, 4) == 65'536);
}

TEST_CASE("the limit on open files is raised as far as it goes", "[descriptors]") {
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  auto lowered = before;
  lowered.rlim_cur = std::min<rlim_t>(before.rlim_max, 256);
  REQUIRE(setrlimit(RLIMIT_NOFILE, &lowered) == 0);
  CHECK(raise_descriptor_limit() == before.rlim_max);
  rlimit after{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &after) == 0);
  CHECK(after.rlim_cur == before.rlim_max);
  REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
}
