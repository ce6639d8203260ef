// SPDX-License-Identifier: MIT
// Attempts, work and waiting, seen from clients: what the worker pool promises in http/application.hpp.
#include "attempts.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

using namespace restapi;
using namespace restapi::test;

TEST_CASE("work that is held up, and a queue of it, delays no attempt", "[http][attempts]") {
  Served served(3);
  std::vector<SocketClient> slow;
  for (int i = 0; i < 10; ++i) slow.push_back(served.ask("/work/" + std::to_string(i)));
  REQUIRE(served.application.wait_for_work(2));
  for (int i = 0; i < 50; ++i) CHECK(served.answer("/now") == "/now");
  CHECK(served.application.runs() == 2);  // the third worker stays free
  served.application.release();
  for (std::size_t i = 0; i < slow.size(); ++i)
    CHECK(Served::body_of(std::move(slow[i])) == "made /work/" + std::to_string(i));
}

TEST_CASE("the same work is done once, and those who wait find it", "[http][attempts]") {
  Served served(4);
  auto first = served.ask("/work/a?0");
  REQUIRE(served.application.wait_for_work(1));
  std::vector<SocketClient> others;
  for (int i = 1; i < 20; ++i) others.push_back(served.ask("/work/a?" + std::to_string(i)));
  for (int i = 1; i < 20; ++i) REQUIRE(served.application.wait_for_attempts("/work/a?" + std::to_string(i), 1));
  served.application.release();
  CHECK(Served::body_of(std::move(first)) == "made /work/a?0");
  for (std::size_t i = 0; i < others.size(); ++i)
    CHECK(Served::body_of(std::move(others[i])) == "found /work/a?" + std::to_string(i + 1));
  CHECK(served.application.runs() == 1);
  CHECK(served.application.waits() == 19);
}

TEST_CASE("other work that ends meanwhile is no reason to do the same work twice", "[http][attempts]") {
  Served served(4);
  auto first = served.ask("/work/a?0");
  REQUIRE(served.application.wait_for_work(1));
  auto second = served.ask("/work/a?1");
  REQUIRE(served.application.wait_for_attempts("/work/a?1", 1));
  for (int i = 0; i < 10; ++i) {
    auto const target = "/work/quick/" + std::to_string(i);
    CHECK(served.answer(target) == "made " + target);
  }
  served.application.release();
  CHECK(Served::body_of(std::move(first)) == "made /work/a?0");
  CHECK(Served::body_of(std::move(second)) == "found /work/a?1");
}

TEST_CASE("where the work leaves nothing behind, those who waited do it themselves", "[http][attempts]") {
  Served served(3);
  served.application.succeeds = false;
  auto first = served.ask("/work/a?0");
  REQUIRE(served.application.wait_for_work(1));
  std::vector<SocketClient> others;
  for (int i = 1; i < 5; ++i) others.push_back(served.ask("/work/a?" + std::to_string(i)));
  for (int i = 1; i < 5; ++i) REQUIRE(served.application.wait_for_attempts("/work/a?" + std::to_string(i), 1));
  served.application.release();
  CHECK(Served::body_of(std::move(first)) == "made /work/a?0");
  for (std::size_t i = 0; i < others.size(); ++i)
    CHECK(Served::body_of(std::move(others[i])) == "made /work/a?" + std::to_string(i + 1));
  CHECK(served.application.waits() == 4);  // each once
  CHECK(served.application.runs() == 5);
}

TEST_CASE("work whose client has left is not done, and those who wait for it are answered", "[http][attempts]") {
  Served served(2);
  auto running = served.ask("/work/a");  // the only worker for work is at it
  REQUIRE(served.application.wait_for_work(1));
  auto leaving = served.ask("/work/b?0");
  REQUIRE(served.application.wait_for_attempts("/work/b?0", 1));
  auto waiting = served.ask("/work/b?1");
  REQUIRE(served.application.wait_for_attempts("/work/b?1", 1));
  leaving.reset();
  // The server has seen the reset once it has answered somebody who came after it, on each of its I/O threads.
  for (int i = 0; i < 4; ++i) CHECK(served.answer("/now") == "/now");
  served.application.release();
  CHECK(Served::body_of(std::move(running)) == "made /work/a");
  CHECK(Served::body_of(std::move(waiting)) == "made /work/b?1");
  CHECK(served.application.drops() == 1);
}

TEST_CASE("work with one pipeline is begun together, and what was not begun is done alone", "[http][attempts]") {
  for (std::size_t const begins_most : {99, 3, 0}) {
    Served served(2);
    served.application.begins_most = begins_most;
    auto running = served.ask("/work/a");  // the only worker for work is at it
    REQUIRE(served.application.wait_for_work(1));
    std::vector<SocketClient> clients;
    auto const ask = [&](std::string const& target) {
      clients.push_back(served.ask(target));
      REQUIRE(served.application.wait_for_attempts(target, 1));  // so they are queued in this order
    };
    ask("/work/quick");
    for (int i = 0; i < 10; ++i) ask("/pipeline/" + std::to_string(i));
    ask("/work/quick2");
    for (int i = 10; i < 20; ++i) ask("/pipeline/" + std::to_string(i));
    auto leaving = served.ask("/pipeline/left");
    REQUIRE(served.application.wait_for_attempts("/pipeline/left", 1));
    leaving.reset();
    for (int i = 0; i < 4; ++i) CHECK(served.answer("/now") == "/now");  // it has been seen to leave
    served.application.release();
    CHECK(Served::body_of(std::move(running)) == "made /work/a");
    int begun = 0;
    for (std::size_t i = 0; i < clients.size(); ++i) {
      auto const body = Served::body_of(std::move(clients[i]));
      auto const n = i == 0    ? "/work/quick"
                     : i == 11 ? "/work/quick2"
                               : "/pipeline/" + std::to_string(i - (i < 11 ? 1 : 2));
      bool const is_begun = body == "begun " + n;
      CHECK((is_begun || body == "made " + n));
      begun += is_begun;
    }
    auto const pipelines = served.application.pipelines();
    CHECK(pipelines == std::vector<std::size_t>{8, 8, 4});
    std::size_t expected = 0;
    for (auto const size : pipelines) expected += std::min(size, begins_most);
    CHECK(static_cast<std::size_t>(begun) == expected);
  }
}

TEST_CASE("answers keep the order of their requests, whichever took work", "[http][attempts]") {
  Served served(4);
  served.application.release();
  auto client = served.ask("/now/0");
  std::string requests;
  for (int i = 1; i < 300; ++i) requests += get((i % 3 ? "/now/" : "/work/") + std::to_string(i));
  REQUIRE(client.send(requests));
  for (int i = 0; i < 300; ++i) {
    auto const received = client.receive();
    REQUIRE(received);
    REQUIRE(received->body == (i % 3 || i == 0 ? "/now/" : "made /work/") + std::to_string(i));
  }
}

TEST_CASE("findings are shared by requests that were there before them, and by no others", "[http][attempts]") {
  Served served(1);
  auto held = served.ask("/hold");  // the worker: meanwhile requests queue up for one batch
  REQUIRE(served.application.wait_for_attempts("/hold", 1));
  std::vector<SocketClient> clients;
  for (int i = 0; i < 10; ++i) clients.push_back(served.ask("/batch"));
  served.application.release();
  std::vector<int> found;
  for (auto& client : clients) found.push_back(std::stoi(Served::body_of(std::move(client))));
  // Findings say how many had been attempted when they were made: within a batch all say the same.
  std::ranges::sort(found);
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] <= static_cast<int>(i) + 1);
  // A request that comes after an answer is never told what was found before it came.
  for (int i = 11; i < 20; ++i) CHECK(served.answer("/batch") == std::to_string(i));
}

TEST_CASE("a stream of attempts does not keep work from being done", "[http][attempts]") {
  Served served(2);
  constexpr int clients = 80, requests = 30;  // more clients than the batches of all workers take
  std::string stream;
  for (int i = 0; i < requests; ++i) stream += get("/busy");
  std::vector<SocketClient> streams;
  for (int i = 0; i < clients; ++i) {
    streams.emplace_back(served.port);
    REQUIRE(streams.back().send(stream));
  }
  REQUIRE(served.application.wait_for_attempts("/busy", clients));
  CHECK(served.answer("/work/quick") == "made /work/quick");
  CHECK(served.application.attempts("/busy") < clients * requests);
  for (auto& client : streams)
    for (int i = 0; i < requests; ++i) REQUIRE(client.receive());
}

TEST_CASE("stopping drops work that has not begun and those who wait for it", "[http][attempts]") {
  Served served(2);
  auto running = served.ask("/work/a");
  REQUIRE(served.application.wait_for_work(1));
  auto queued = served.ask("/work/b?0");
  REQUIRE(served.application.wait_for_attempts("/work/b?0", 1));
  auto waiting = served.ask("/work/b?1");
  REQUIRE(served.application.wait_for_attempts("/work/b?1", 1));
  std::thread stopper([&] { served.server.stop(std::chrono::milliseconds{10}); });
  CHECK(served.application.wait_for_drop(1));
  served.application.release();
  stopper.join();
  CHECK(served.application.runs() == 1);
  CHECK(queued.is_cut_off());
  CHECK(waiting.is_cut_off());
}

TEST_CASE("a connection that cannot be answered for want of memory is closed, and others are served",
          "[http][attempts]") {
  Served served(2);
  auto other = served.ask("/hold/a");  // in the same batch as what follows, or before it
  std::vector<SocketClient> lost;
  for (int i = 0; i < 5; ++i) lost.push_back(served.ask("/no_memory"));
  served.application.release();
  CHECK(Served::body_of(std::move(other)) == "/hold/a");
  for (auto& client : lost) CHECK(client.is_cut_off());
  CHECK(served.answer("/now") == "/now");
}
