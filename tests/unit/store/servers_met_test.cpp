// SPDX-License-Identifier: MIT
#include "store/servers_met.hpp"

#include <catch2/catch.hpp>

using restapi::store::Server;
using restapi::store::ServersMet;

namespace {

Server primary(std::string started, std::string system = "7") { return {"host", "5432", system, started, false}; }
Server standby(std::string started, std::string system = "7") { return {"host", "5432", system, started, true}; }

}  // namespace

TEST_CASE("a server that is started again has another life", "[servers]") {
  ServersMet met(false);
  auto const first = met.met(primary("noon"));
  CHECK(met.met(primary("noon")) == first);
  auto const second = met.met(primary("one"));
  CHECK(second != first);
  CHECK(met.life() == second);
  CHECK(met.met(primary("one")) == second);
  CHECK_FALSE(met.are_several());
}

TEST_CASE("a server by two addresses is one", "[servers]") {
  ServersMet met(false);
  auto other = primary("noon");
  other.host = "elsewhere";
  CHECK(met.met(primary("noon")) == met.met(other));
  CHECK_FALSE(met.are_several());
}

TEST_CASE("servers behind one address are several", "[servers]") {
  SECTION("a primary and its standby, whichever comes first") {
    ServersMet one(false), other(false);
    one.met(primary("noon"));
    one.met(standby("one"));
    CHECK(one.are_several());
    other.met(standby("one"));
    other.met(primary("noon"));
    CHECK(other.are_several());
  }
  SECTION("of two clusters") {
    ServersMet met(false);
    met.met(primary("noon", "7"));
    met.met(primary("one", "8"));
    CHECK(met.are_several());
  }
  SECTION("one that is met again after another one") {
    ServersMet met(false);
    met.met(standby("noon", ""));
    met.met(standby("one", ""));
    CHECK_FALSE(met.are_several());
    auto const life = met.life();
    met.met(standby("noon", ""));
    CHECK(met.are_several());
    CHECK(met.life() != life);
  }
}

TEST_CASE("a standby that is promoted stays what it is, and a primary takes its predecessor's place", "[servers]") {
  ServersMet met(false);
  auto const life = met.met(standby("noon"));
  CHECK(met.met(primary("noon")) == life);
  CHECK_FALSE(met.are_several());

  ServersMet primaries(true);
  primaries.met(primary("noon"));
  primaries.met(primary("eleven"));
  CHECK_FALSE(primaries.are_several());
  primaries.met(primary("noon"));  // both are there
  CHECK(primaries.are_several());
}
