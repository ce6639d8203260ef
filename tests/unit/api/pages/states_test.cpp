// SPDX-License-Identifier: MIT
#include "api/pages/states.hpp"

#include <catch2/catch.hpp>

using nlohmann::json;
using restapi::api::pages::state_of;

TEST_CASE("only a process that has finished with 0 has succeeded", "[pages]") {
  CHECK(state_of("finished", 0).text == "finished [0]");
  CHECK(state_of("finished", 0).look == "succeeded");
  CHECK(state_of("finished", 401).text == "finished [401]");
  CHECK(state_of("finished", 401).look == "failed");
  CHECK(state_of("finished", json()).text == "finished");
  CHECK(state_of("finished", json()).look == "finished");
  CHECK(state_of("running", json()).look == "running");
  CHECK(state_of("", json()).text.empty());
  CHECK(state_of("failed skip", json()).look == "other");
}
