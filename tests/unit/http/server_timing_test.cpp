// SPDX-License-Identifier: MIT
#include "http/server_timing.hpp"

#include <catch2/catch.hpp>

using namespace restapi::http;
using namespace std::chrono_literals;

TEST_CASE("every stage and statement is named, in milliseconds", "[server_timing]") {
  Trace trace{":resource", Origin::read, {{"version", 52us}, {"list", 1210us}}, {31us, 40us, 93us}};
  CHECK(server_timing(trace, 1460us) ==
        "queue;dur=0.031, plan;dur=0.040, version;dur=0.052, list;dur=1.210, render;dur=0.093, total;dur=1.460");
}

TEST_CASE("a remembered answer says that it is one", "[server_timing]") {
  CHECK(server_timing({":resource", Origin::cached}, 2s) ==
        "queue;dur=0.000, plan;dur=0.000, render;dur=0.000, remembered, total;dur=2000.000");
}
