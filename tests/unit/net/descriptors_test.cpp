// SPDX-License-Identifier: MIT
#include "net/descriptors.hpp"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <limits>

using namespace restapi::net;

namespace {

constexpr std::size_t any = std::numeric_limits<std::size_t>::max();

std::string said(std::size_t descriptors, Places const& wanted) {
  auto const places = places_within(descriptors, wanted);
  return std::to_string(places.clients) + " clients, " + std::to_string(places.databases) + " databases, " +
         std::to_string(places.connections) + " connections";
}

}  // namespace

TEST_CASE("clients and databases share the descriptors that are not needed otherwise", "[descriptors]") {
  CHECK(said(1024, {any, 1, 4}) == "874 clients, 1 databases, 4 connections");
  CHECK(said(1024, {100, 1, 4}) == "100 clients, 1 databases, 4 connections");
  CHECK(said(1024, {any, 10, 4}) == "676 clients, 10 databases, 4 connections");
  CHECK(said(1024, {any, 64, 4}) == "448 clients, 20 databases, 4 connections");  // half of what is left
  CHECK(said(128, {any, 64, 4}) == "48 clients, 2 databases, 4 connections");
  CHECK(said(256, {any, 1, 90}) == "96 clients, 1 databases, 22 connections");
  CHECK(said(64, {any, 64, 4}) == "16 clients, 1 databases, 2 connections");
  CHECK(said(1'000'000'000, {any, 100'000, 1024}) == "65536 clients, 100000 databases, 1024 connections");
}

TEST_CASE("whatever the limit, there is a place for one of each, and all places fit", "[descriptors]") {
  for (std::size_t descriptors = 0; descriptors < 3000; ++descriptors) {
    for (auto const& wanted : {Places{any, 1, 2}, Places{any, 64, 16}, Places{5, 100'000, 1024}}) {
      CAPTURE(descriptors, wanted.databases);
      auto const places = places_within(descriptors, wanted);
      CHECK(places.clients >= 1);
      CHECK(places.databases >= 1);
      CHECK(places.connections >= 2);
      if (descriptors >= 64) CHECK(places.clients + places.databases * 3 * places.connections <= descriptors - 32);
    }
  }
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
