// SPDX-License-Identifier: MIT
#include "base/single_flight.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace restapi;

TEST_CASE("one at a time makes what a key stands for", "[single_flight]") {
  SingleFlight<> flights;
  auto flight = flights.begin("key");
  REQUIRE(flight);
  CHECK(!flights.begin("key"));
  auto const other = flights.begin("other");
  CHECK(other);
  auto const found = flights.find("key");
  CHECK(found.lock() == flight);
  CHECK(flights.find("nobody's").expired());
  flight.reset();
  CHECK(found.expired());
  CHECK(flights.find("key").expired());
  CHECK(flights.begin("key"));  // and this one ends at once
  CHECK(flights.begin("key"));
  CHECK(!flights.begin("other"));
}

TEST_CASE("a flight ends with its owner, however that goes", "[single_flight]") {
  SingleFlight<> flights;
  try {
    auto const flight = flights.begin("key");
    throw std::runtime_error("the work failed");
  } catch (std::runtime_error const&) {
  }
  auto flight = flights.begin("key");
  REQUIRE(flight);
  auto const moved = std::move(flight);
  CHECK(!flights.begin("key"));
}

TEST_CASE("of many threads one has the flight", "[single_flight][threads]") {
  SingleFlight<> flights;
  std::atomic<int> holders = 0, most = 0, granted = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int step = 0; step < 5000; ++step) {
        if (auto const flight = flights.begin("key")) {
          ++granted;
          auto const now = ++holders;
          if (now > most) most = now;
          --holders;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(most == 1);
  CHECK(granted >= 1);
}
