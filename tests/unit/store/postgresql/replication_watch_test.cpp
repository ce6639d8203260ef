// SPDX-License-Identifier: MIT
#include "store/postgresql/replication_watch.hpp"

#include <atomic>
#include <catch2/catch.hpp>

#include "support/eventually.hpp"

using namespace restapi::store;
using namespace std::chrono_literals;
using restapi::test::eventually;

TEST_CASE("replication is asked about once somebody wants to know, again and again", "[replication]") {
  std::atomic<int> asked = 0;
  ReplicationWatch watch(
      [&](std::stop_token const&) {
        return std::optional(Replication{true, true, static_cast<double>(++asked)});
      },
      {.every = 1ms});
  CHECK(asked == 0);
  CHECK(eventually([&] { return watch.known().has_value(); }));
  CHECK(watch.known()->is_standby);
  auto const lag = watch.known()->lag;
  CHECK(eventually([&] { return watch.known()->lag > lag; }));
}

TEST_CASE("nobody waits for a database that is silent, and the end does not either", "[replication]") {
  std::atomic<bool> is_asking = false;
  ReplicationWatch watch([&](std::stop_token const& stop) {
    is_asking = true;
    while (!stop.stop_requested()) std::this_thread::yield();
    return std::optional<Replication>();
  });
  CHECK_FALSE(watch.known());
  CHECK(eventually([&] { return is_asking.load(); }));
  CHECK_FALSE(watch.known());
}

TEST_CASE("an answer that has become old says nothing", "[replication]") {
  std::atomic<int> asked = 0;
  ReplicationWatch watch(
      [&](std::stop_token const&) { return ++asked == 1 ? std::optional(Replication{}) : std::nullopt; },
      {.every = 1ms, .holds = 50ms});
  CHECK_FALSE(watch.known());
  CHECK(eventually([&] { return asked > 1; }));
  CHECK(eventually([&] { return !watch.known().has_value(); }));
}

TEST_CASE("where nobody wants to know any more, nothing is asked", "[replication]") {
  std::atomic<int> asked = 0;
  ReplicationWatch watch([&](std::stop_token const&) { return ++asked, std::optional(Replication{}); },
                         {.every = 0ms, .wanted = 0ms});
  CHECK_FALSE(watch.known());
  CHECK(eventually([&] { return watch.known().has_value(); }));
  for (int i = 0; i < 100; ++i) watch.known();
  CHECK(asked == 1);
}
