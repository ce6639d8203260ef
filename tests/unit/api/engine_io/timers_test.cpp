// SPDX-License-Identifier: MIT
#include "api/engine_io/timers.hpp"

#include <catch2/catch.hpp>
#include <future>
#include <new>

using namespace restapi::api::engine_io;
using namespace std::chrono_literals;

TEST_CASE("tasks are done in the order of their times", "[engine_io][timers]") {
  Timers timers;
  std::string done;
  std::promise<void> all;
  auto const now = std::chrono::steady_clock::now();
  timers.at(now + 40ms, [&] { all.set_value(); });
  timers.at(now + 20ms, [&] { done += "second "; });
  timers.soon([&] {
    done += "first ";
    timers.soon([&] { done += "its own "; });
  });
  timers.at(now + 1h, [&] { done += "never "; });
  all.get_future().wait();
  timers.stop();
  timers.soon([&] { done += "too late "; });
  CHECK(done == "first its own second ");
}

TEST_CASE("a task that finds no memory is done later", "[engine_io][timers]") {
  Timers timers;
  std::promise<void> done;
  int tries = 0;
  timers.soon([&] {
    if (++tries < 3) throw std::bad_alloc();
    done.set_value();
  });
  done.get_future().wait();
  timers.stop();
  CHECK(tries == 3);
}
