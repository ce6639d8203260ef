// SPDX-License-Identifier: MIT
#include "store/lazy_store.hpp"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "store/store_keeper.hpp"
#include "support/empty_store.hpp"
#include "support/eventually.hpp"

using namespace restapi;
using namespace restapi::store;
using namespace std::chrono_literals;
using restapi::test::eventually;

namespace {

using Clock = LazyStore::Clock;

Result<std::shared_ptr<Store>> empty() { return std::shared_ptr<Store>(std::make_unique<test::EmptyStore>()); }

}  // namespace

TEST_CASE("a store is opened once, by whoever needs it first", "[lazy_store]") {
  std::atomic<int> openings = 0;
  LazyStore store("main", [&] {
    ++openings;
    std::this_thread::yield();
    return empty();
  });
  CHECK_FALSE(store.use());
  CHECK_FALSE(store.state().is_open);
  std::vector<std::thread> threads;
  std::atomic<int> opened = 0;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      if (auto const got = store.open(); got && *got) ++opened;
    });
  for (auto& thread : threads) thread.join();
  CHECK(opened == 8);
  CHECK(openings == 1);
  CHECK(store.use());
  CHECK(store.state().is_open);
  CHECK(store.state().opened == 1);
}

TEST_CASE("one thread has the right to open, until it gives it back", "[lazy_store]") {
  LazyStore store("main", empty);
  CHECK(store.opening().expired());
  auto flight = store.begin_opening();
  REQUIRE(flight);
  CHECK_FALSE(store.begin_opening());
  CHECK_FALSE(store.opening().expired());
  flight.reset();
  CHECK(store.opening().expired());
  CHECK(store.begin_opening());
}

TEST_CASE("what cannot be opened is not tried again at once", "[lazy_store]") {
  int openings = 0;
  LazyStore store("main", [&]() -> Result<std::shared_ptr<Store>> {
    ++openings;
    if (openings == 1) return Error{Code::source_refused, "no such file: \"/secret/path\""};
    return empty();
  });
  CHECK_FALSE(store.refusal());
  for (int i = 0; i < 3; ++i) {
    auto const opened = store.open();
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == Code::store_unavailable);
    CHECK(opened.error().message.find("secret") == std::string::npos);  // for the log, not for clients
    CHECK(opened.error().detail.find("main: no such file: \"/secret/path\"") != std::string::npos);
  }
  CHECK(openings == 1);
  CHECK(store.refusal());
  CHECK(store.state().refused == 1);
  CHECK(eventually([&] { return !store.refusal(); }));
  CHECK(store.open());
  CHECK(openings == 2);
}

TEST_CASE("what cannot be served before it is mended says why, and is tried again all the same", "[lazy_store]") {
  Error const gone{Code::source_refused, "no such file: \"/secret/path\"", "", {}, {}, "its file is not there"};
  int openings = 0;
  LazyStore store(
      "main",
      [&]() -> Result<std::shared_ptr<Store>> {
        ++openings;
        if (openings == 1) return gone;
        if (openings == 2) return Error{Code::source_refused, "server closed the connection"};
        return empty();
      },
      {}, gone);
  CHECK_FALSE(store.refusal());  // nobody has tried
  CHECK(store.is_refused());
  REQUIRE(store.broken());
  CHECK(store.broken()->to_all == "its file is not there");
  CHECK(store.broken()->to_keeper == "no such file: \"/secret/path\"");
  auto const refused = store.open();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::store_unavailable);
  CHECK(refused.error().message == "the database cannot be served: its file is not there");
  CHECK(refused.error().hint.empty());
  CHECK(refused.error().lasting == "its file is not there");
  CHECK(store.broken());
  CHECK(eventually([&] { return !store.refusal(); }));
  auto const passing = store.open();
  REQUIRE_FALSE(passing);
  CHECK(passing.error().lasting.empty());
  CHECK(passing.error().hint == "try again in a few seconds");
  CHECK_FALSE(store.broken());
  CHECK(eventually([&] { return store.open() ? true : false; }));
  CHECK_FALSE(store.broken());
}

TEST_CASE("a store that is used is not closed", "[lazy_store]") {
  LazyStore store("main", empty);
  auto held = store.open();
  REQUIRE(held);
  auto const first = (*held)->id;
  auto const later = [] { return Clock::now() + 1h; };
  CHECK_FALSE(store.close_unused(later()));
  *held = nullptr;
  CHECK_FALSE(store.close_unused(Clock::now() - 1h));  // too early
  CHECK(store.close_unused(later()));
  CHECK_FALSE(store.use());
  CHECK_FALSE(store.close_unused(later()));
  held = store.open();
  REQUIRE(held);
  CHECK((*held)->id != first);
  CHECK(store.state().opened == 2);
}

TEST_CASE("a store that is outdated is opened anew, by the first who notices", "[lazy_store]") {
  int openings = 0;
  LazyStore store("main", [&]() -> Result<std::shared_ptr<Store>> {
    ++openings;
    if (openings == 2) return Error{Code::source_refused, "half way"};
    return empty();
  });
  auto const first = *store.open();
  store.retire(*first);
  CHECK_FALSE(store.use());
  CHECK_FALSE(store.is_refused());
  CHECK_FALSE(store.open());
  CHECK(store.is_refused());
  CHECK(eventually([&] { return store.open() ? true : false; }));
  CHECK_FALSE(store.is_refused());
  auto const second = store.use();
  CHECK(second->id != first->id);
  store.retire(*first);  // somebody who noticed late
  CHECK(store.use() == second);
  CHECK(eventually([&] {
    store.retire(*second);
    return store.use() != second;
  }));
}

TEST_CASE("a store that nobody asks is closed by itself", "[store_keeper]") {
  StoreKeeper keeper({.close_after = 20ms});
  auto& used = keeper.add("used", empty);
  auto& unused = keeper.add("unused", empty);
  REQUIRE(used.open());
  auto const held = used.use();
  REQUIRE(unused.open());
  CHECK(eventually([&] { return !unused.state().is_open; }));
  CHECK(used.state().is_open);
  CHECK(unused.open());
}

TEST_CASE("only so many stores are open, the one unused for longest goes first", "[store_keeper]") {
  StoreKeeper keeper({.max_open = 2, .room_within = 10ms});
  auto& a = keeper.add("a", empty);
  auto& b = keeper.add("b", empty);
  auto& c = keeper.add("c", empty);
  REQUIRE(a.open());
  REQUIRE(b.open());
  a.use();
  REQUIRE(c.open());
  CHECK(a.state().is_open);
  CHECK_FALSE(b.state().is_open);
  auto const held_a = a.use(), held_c = c.use();
  auto const refused = b.open();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::store_unavailable);
  CHECK(refused.error().detail == "b: too many other profiles are in use");
}

TEST_CASE("the store that is open for longest gives way, however busy it is", "[store_keeper]") {
  StoreKeeper keeper({.max_open = 2, .room_within = 1min});
  auto& a = keeper.add("a", empty);
  auto& b = keeper.add("b", empty);
  auto& c = keeper.add("c", empty);
  auto held_a = *a.open();
  auto const held_b = *b.open();
  std::atomic<bool> is_open = false;
  std::thread asking([&] {
    auto const held_c = c.open();
    is_open = held_c && *held_c;
  });
  CHECK(eventually([&] { return a.state().is_leaving; }));
  CHECK_FALSE(a.use());
  CHECK(b.use());
  CHECK(held_a->store->version());
  CHECK_FALSE(is_open);  // its place is not free yet
  held_a.reset();
  asking.join();
  CHECK(is_open);
  CHECK_FALSE(a.state().is_leaving);
  CHECK(b.use() == held_b);
}

TEST_CASE("whoever needs no answer takes a place of nobody who needs one", "[store_keeper]") {
  using store::Room;
  StoreKeeper keeper({.max_open = 2, .room_within = 1min});
  auto& a = keeper.add("a", empty);
  auto& b = keeper.add("b", empty);
  auto& c = keeper.add("c", empty);
  auto held_a = *a.open(Room::at_rest);
  REQUIRE(b.open(Room::at_rest));
  // At once: one is used, and the other has just been opened.
  auto const refused = c.open(Room::at_rest);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::overloaded);
  CHECK(b.state().is_open);
  CHECK_FALSE(c.is_refused());  // whoever needs an answer does not hear of it
  CHECK(c.state().refused == 0);
  CHECK(eventually([&] { return c.open(Room::at_rest) ? true : false; }));
  CHECK(a.use() == held_a);
  CHECK_FALSE(b.state().is_open);
  REQUIRE(b.open());  // in its place, though it has just been opened
  CHECK_FALSE(c.state().is_open);
}

TEST_CASE("of stores that want the same place one is opened after the other", "[store_keeper][threads]") {
  StoreKeeper keeper({.max_open = 1, .room_within = 1min});
  std::vector<LazyStore*> stores;
  for (auto const* name : {"a", "b", "c"}) stores.push_back(&keeper.add(name, empty));
  std::atomic<int> opened = 0;
  std::vector<std::thread> threads;
  for (auto* store : stores)
    threads.emplace_back([&, store] {
      if (auto const got = store->open(); got && *got) ++opened;
    });
  for (auto& thread : threads) thread.join();
  CHECK(opened == 3);
}

TEST_CASE("many threads share few places", "[store_keeper][threads]") {
  StoreKeeper keeper({.max_open = 2, .close_after = 1ms});
  std::vector<LazyStore*> stores;
  for (auto const* name : {"a", "b", "c", "d"}) stores.push_back(&keeper.add(name, empty));
  std::atomic<int> opened = 0;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (std::size_t step = 0; step < 200; ++step) {
        auto& store = *stores[(i + step) % stores.size()];
        auto held = store.use();
        if (!held)
          if (auto got = store.open()) held = *got;
        if (held && held->store->version()) ++opened;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(opened > 0);
  std::size_t open = 0;
  for (auto const* store : stores) open += store->state().is_open;
  CHECK(open <= 2);
}
