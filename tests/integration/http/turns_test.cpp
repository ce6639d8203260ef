// SPDX-License-Identifier: MIT
// Who has the workers and the queue: owners and clients take turns, and nobody fills either for all.
#include <algorithm>
#include <catch2/catch.hpp>

#include "attempts.hpp"

using namespace restapi;
using namespace restapi::test;

TEST_CASE("work of one owner leaves workers for another's", "[http][attempts]") {
  Served served(6);
  std::vector<SocketClient> slow;
  for (int i = 0; i < 20; ++i) slow.push_back(served.ask("/work/" + std::to_string(i) + "!slow"));
  REQUIRE(served.application.wait_for_work(3));
  for (int i = 0; i < 20; ++i) {
    auto const target = "/work/quick" + std::to_string(i) + "!other";
    CHECK(served.answer(target) == "made " + target);
  }
  CHECK(served.application.runs() == 3 + 20);  // of five that work
  served.application.release();
  for (std::size_t i = 0; i < slow.size(); ++i)
    CHECK(Served::body_of(std::move(slow[i])) == "made /work/" + std::to_string(i) + "!slow");
}

// In the tests of turns one worker works at a time: of two, one may be interrupted between taking its work and running
// it, while the other runs all that is queued.
TEST_CASE("owners take turns, however much work each of them has", "[http][attempts]") {
  Served served(2);
  std::vector<SocketClient> slow;
  for (auto const* owner : {"!a", "!b", "!c"})
    for (int i = 0; i < 8; ++i) slow.push_back(served.ask("/work/" + std::to_string(i) + owner));
  REQUIRE(served.application.wait_for_work(1));
  REQUIRE(comes_true([&] { return served.server.counts().queued == 24 - 1; }));
  auto last = served.ask("/work/last!d");
  REQUIRE(comes_true([&] { return served.server.counts().queued == 24 - 1 + 1; }));
  served.finish_attempts();
  served.application.release();
  CHECK(Served::body_of(std::move(last)) == "made /work/last!d");
  for (auto& client : slow) CHECK(Served::body_of(std::move(client)).starts_with("made "));
  auto const order = served.application.order();
  auto const place = std::ranges::find(order, "/work/last!d") - order.begin();
  CHECK(place < 1 + 3);  // behind what was under way, and one of each other owner at most
}

TEST_CASE("clients take turns, however many requests each of them has sent", "[http][attempts]") {
  for (std::string const owner : {"", "!owner"}) {  // of one profile, and of one of several
    Served served(2);
    std::vector<SocketClient> many;
    for (int i = 0; i < 20; ++i) many.push_back(served.ask_as("greedy", "/work/" + std::to_string(i) + owner));
    REQUIRE(served.application.wait_for_work(1));
    REQUIRE(comes_true([&] { return served.server.counts().queued == 20 - 1; }));
    auto other = served.ask_as("other", "/work/other" + owner);
    auto third = served.ask_as("third", "/work/third" + owner);
    REQUIRE(comes_true([&] { return served.server.counts().queued == 22 - 1; }));
    served.finish_attempts();
    served.application.release();
    CHECK(Served::body_of(std::move(other)) == "made /work/other" + owner);
    CHECK(Served::body_of(std::move(third)) == "made /work/third" + owner);
    for (auto& client : many) CHECK(Served::body_of(std::move(client)).starts_with("made "));
    auto const order = served.application.order();
    for (auto const* name : {"/work/other", "/work/third"}) {
      auto const place = std::ranges::find(order, name + owner) - order.begin();
      CHECK(place < 1 + 3);  // behind what was under way, and a turn of each other client
    }
  }
}

TEST_CASE("whoever waits waits for nobody who comes later under a new address", "[http][attempts]") {
  for (std::string const owner : {"", "!owner"}) {
    Served served(2);
    CHECK(Served::body_of(served.ask_as("known", "/work/quick" + owner)).starts_with("made "));  // it has had a turn
    std::vector<SocketClient> all;
    all.push_back(served.ask_as("first", "/work/first" + owner));
    REQUIRE(served.application.wait_for_work(2));
    std::vector<std::string> names{"next", "known"};
    for (int i = 0; i < 10; ++i) names.push_back("new" + std::to_string(i));
    for (std::size_t i = 0; i < names.size(); ++i) {
      all.push_back(served.ask_as(names[i], "/work/" + names[i] + owner));
      REQUIRE(comes_true([&] { return served.server.counts().queued == i + 1; }));
      served.finish_attempts();
    }
    served.application.release();
    for (auto& client : all) CHECK(Served::body_of(std::move(client)).starts_with("made "));
    auto const order = served.application.order();
    auto const place_of = [&](std::string const& name) { return std::ranges::find(order, "/work/" + name + owner); };
    CHECK(place_of("next") < place_of("known"));
    for (int i = 0; i < 10; ++i) CHECK(place_of("known") < place_of("new" + std::to_string(i)));
  }
}

TEST_CASE("a client whose requests fill the queue gives places up to others", "[http][attempts]") {
  constexpr std::size_t limit = 20;
  Served served(2, limit);
  std::vector<SocketClient> many;
  for (int i = 0; i < 30; ++i) many.push_back(served.ask_as("greedy", "/work/" + std::to_string(i)));
  REQUIRE(served.application.wait_for_work(1));
  REQUIRE(comes_true([&] { return served.server.counts().shed == 10; }));
  auto other = served.ask_as("other", "/work/other");
  REQUIRE(comes_true([&] { return served.server.counts().shed == 11; }));
  served.application.release();
  CHECK(Served::body_of(std::move(other)) == "made /work/other");
  std::size_t answered = 0;
  for (auto& client : many) answered += Served::body_of(std::move(client)).starts_with("made ");
  CHECK(answered == limit - 1);
}

TEST_CASE("an owner whose work fills the queue gives places up to others", "[http][attempts]") {
  constexpr std::size_t limit = 20;
  Served served(2, limit);
  std::vector<SocketClient> slow;
  for (int i = 0; i < 30; ++i) slow.push_back(served.ask("/work/" + std::to_string(i) + "!greedy"));
  REQUIRE(served.application.wait_for_work(1));
  REQUIRE(comes_true([&] { return served.server.counts().shed == 10; }));
  std::vector<SocketClient> others;
  for (int i = 0; i < 15; ++i) others.push_back(served.ask("/work/" + std::to_string(i) + "!other"));
  REQUIRE(comes_true([&] { return served.server.counts().shed == 25; }));
  served.application.release();
  // One is under way; of the 19 that are queued each has as good as a half.
  std::size_t answered = 0;
  for (auto& client : others) answered += Served::body_of(std::move(client)).starts_with("made ");
  CHECK(answered == 9);
  for (auto& client : slow) answered += Served::body_of(std::move(client)).starts_with("made ");
  CHECK(answered == limit);
}

TEST_CASE("however few workers are asked for, one stays free for attempts", "[http][attempts]") {
  for (unsigned const workers : {0u, 1u, 2u}) {
    Served served(workers);
    auto slow = served.ask("/work/slow");
    REQUIRE(served.application.wait_for_work(1));
    auto queued = served.ask("/work/queued");
    for (int i = 0; i < 20; ++i) CHECK(served.answer("/now") == "/now");
    CHECK(served.application.runs() == 1);
    served.application.release();
    CHECK(Served::body_of(std::move(slow)) == "made /work/slow");
    CHECK(Served::body_of(std::move(queued)) == "made /work/queued");
  }
}
