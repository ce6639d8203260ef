// SPDX-License-Identifier: MIT
// What the live feed of a profile allows to its listeners.
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "api/feed/feed.hpp"
#include "api/feed/subscription.hpp"
#include "api/versions.hpp"
#include "sql/feed/setup.hpp"
#include "support/postgresql_tools.hpp"
#include "support/session.hpp"
#include "support/stores.hpp"

using namespace restapi;
using namespace std::chrono_literals;
using api::feed::Feed;
using api::feed::FeedOptions;
using api::feed::Subscription;
using api::feed::Way;
using test::Fixture;

namespace {

/// A log that keeps the last entry only.
constexpr api::feed::Log::Limits shortest{.bytes = 1, .entries = 1};

/// A database that writes down its changes.
struct Database : test::PostgreSqlDatabase {
  explicit Database(std::string const& server = test::postgresql_of_tests()) : test::PostgreSqlDatabase(server) {
    load(Fixture::generation2);
    run(sql::feed::postgresql_setup());
  }
};

/// The feed of a database, which somebody listens to.
struct Followed {
  Followed(std::string const& uri, FeedOptions const& options)
      : store(test::open(uri)), feed(lazy, *api::versions().front(), options), first(feed.listen(Way::events, 0)) {}

  template <class Call>
  auto on_desk(Call call) {
    std::promise<decltype(call(std::declval<Feed::Desk&>()))> promise;
    REQUIRE(feed.ask([&](Feed::Desk& desk) { promise.set_value(call(desk)); }));
    return promise.get_future().get();
  }
  using Begin = Result<Feed::Desk::Begin>;
  std::future<Begin> asked(std::optional<std::string> const& cursor, std::uint64_t client = 1) {
    auto promise = std::make_shared<std::promise<Begin>>();
    auto begun = promise->get_future();
    auto const task = [cursor, client, promise](Feed::Desk& desk) {
      desk.begin(cursor, client, [promise](Feed::Desk&, Begin const& begin) { promise->set_value(begin); });
    };
    REQUIRE(feed.ask(task, client));
    return begun;
  }
  Begin begin(std::optional<std::string> const& cursor = {}) { return asked(cursor).get(); }
  store::Cursor now() { return begin()->position.cursor; }

  std::shared_ptr<store::Store> const store;
  store::LazyStore lazy{"main", [this] { return Result(store); }, store};
  Feed feed;
  std::shared_ptr<Feed::Listener> const first;
};

/// With its database, where something can be changed.
struct Fed : Database, Followed {
  explicit Fed(FeedOptions const& options) : Followed(uri(), options) {}

  /// And waits until it has been told.
  void change() {
    auto const before = feed.log().end();
    run("UPDATE db_dbuser SET institution = institution || 'x' WHERE id = 1");
    while (feed.log().end() == before) now();
  }
};

/// Takes nothing.
struct SlowReader final : Subscription::Reader {
  bool has_room() const override { return takes; }
  void on_entry(api::feed::Entry const& entry) override {
    ++entries;
    last = entry.batch().after;
  }
  void on_settled(store::Cursor const& cursor) override { settled.push_back(cursor); }
  void on_ended(Subscription::End why) override { ended = why; }

  bool takes = false;
  int entries = 0;
  store::Cursor last = {};
  std::vector<store::Cursor> settled = {};
  std::optional<Subscription::End> ended = {};
};

}  // namespace

TEST_CASE("a few listeners at once catch up from the database", "[feed][limits]") {
  Fed fed({.interval = 10ms, .max_catching_up = 2, .log = shortest});
  auto const old = fed.now().text();
  for (int i = 0; i < 3; ++i) fed.change();
  auto& catching_up = fed.feed.tally().catching_up;

  auto one = fed.begin(old), two = fed.begin(old);
  CHECK_FALSE(one->position.place);
  CHECK_FALSE(two->position.place);
  CHECK(catching_up == 2);
  auto const third = fed.begin(old);
  REQUIRE_FALSE(third);
  CHECK(third.error().code == Code::overloaded);
  CHECK(fed.begin());  // whoever begins now does not catch up

  SECTION("one that has caught up makes room") {
    while (!one->position.place) {
      auto const page = fed.on_desk([&](Feed::Desk& desk) { return desk.catch_up(one->position); });
      REQUIRE(page);
    }
    CHECK(catching_up == 1);
  }
  SECTION("so does one that leaves") { one = fed.begin(); }
  CHECK(fed.begin(old));
  two = fed.begin();
  CHECK(catching_up == 0);
}

TEST_CASE("a client that catches up many times makes room for another", "[feed][limits]") {
  Fed fed({.interval = 10ms, .max_catching_up = 3, .log = shortest});
  auto const old = fed.now().text();
  for (int i = 0; i < 3; ++i) fed.change();
  SlowReader readers[3];
  std::vector<std::shared_ptr<Subscription>> subscriptions;
  std::mutex turns;
  for (auto& reader : readers) {
    subscriptions.push_back(std::make_shared<Subscription>(fed.feed, reader, 1, [&](std::function<void()> const& task) {
      std::lock_guard const lock(turns);
      task();
    }));
    subscriptions.back()->begin(old);
  }
  CHECK_FALSE(fed.asked(old, 1).get());
  auto const other = fed.asked(old, 2).get();
  REQUIRE(other);
  CHECK(other->position.turn);
  fed.on_desk([](Feed::Desk&) { return 0; });  // what is displaced is told behind it
  std::lock_guard const lock(turns);
  CHECK(readers[2].ended == Subscription::End::crowded);
  CHECK_FALSE(readers[0].ended);
  CHECK_FALSE(readers[1].ended);
  CHECK(fed.feed.tally().catching_up == 3);
}

TEST_CASE("clients take turns", "[feed]") {
  Fed fed({.interval = 10ms});
  std::string order;
  std::promise<void> may_begin, done;
  auto begin = may_begin.get_future();
  REQUIRE(fed.feed.ask([&](Feed::Desk&) { begin.get(); }));
  for (int i = 0; i < 3; ++i) REQUIRE(fed.feed.ask([&](Feed::Desk&) { order += 'a'; }, 1));
  REQUIRE(fed.feed.ask([&](Feed::Desk&) { order += 'b'; }, 2));
  REQUIRE(fed.feed.ask([&](Feed::Desk&) { order += 'c'; }, 3));
  REQUIRE(fed.feed.ask([&](Feed::Desk&) { order += 'c'; }, 3));
  may_begin.set_value();
  REQUIRE(fed.feed.ask([&](Feed::Desk&) { fed.feed.ask([&](Feed::Desk&) { done.set_value(); }, 1); }, 1));
  done.get_future().get();
  CHECK(order == "abcaca");
}

TEST_CASE("a subscription that finds too many others is told so", "[feed][limits]") {
  Fed fed({.interval = 10ms, .max_catching_up = 0, .log = shortest});
  auto const old = fed.now().text();
  for (int i = 0; i < 3; ++i) fed.change();
  SlowReader reader;
  std::promise<void> ended;
  auto const subscription = std::make_shared<Subscription>(fed.feed, reader, 1, [&](std::function<void()> const& task) {
    task();
    ended.set_value();
  });
  subscription->begin(old);
  ended.get_future().get();
  CHECK(reader.ended == Subscription::End::crowded);
}

TEST_CASE("a listener whose place in the log is gone is sent away", "[feed][limits]") {
  Fed fed({.interval = 10ms, .log = shortest});
  SlowReader reader;
  auto const subscription = std::make_shared<Subscription>(fed.feed, reader, 1, [](std::function<void()> const&) {});
  subscription->begin_at(fed.begin()->position);
  fed.change();
  subscription->go_on();
  CHECK_FALSE(reader.ended);
  fed.change();
  reader.takes = true;
  subscription->go_on();
  CHECK(reader.ended == Subscription::End::too_slow);
  CHECK(reader.entries == 0);
  CHECK(fed.feed.tally().ring_lost == 1);
}

TEST_CASE("a cursor waits for a standby that is behind it", "[feed][standby]") {
  test::PostgreSqlServer const primary;
  Database const database(primary.uri());
  test::Standby const standby(primary);
  standby.catch_up(database.uri());
  auto const at_standby = standby.uri(database.uri());
  Followed followed(at_standby, {.interval = 10ms, .until_standby = 500ms, .max_catching_up = 2});
  Followed at_primary(database.uri(), {.interval = 10ms});
  auto const old = followed.now().text();
  test::PostgreSqlSession(at_standby).run("SELECT pg_wal_replay_pause()");
  at_primary.now();
  database.run("UPDATE db_dbuser SET institution = 'ahead' WHERE id = 1");
  while (at_primary.feed.log().end() == 0) at_primary.now();
  auto const ahead = at_primary.now().text();

  auto const late = followed.begin(ahead);
  REQUIRE_FALSE(late);
  CHECK(late.error().code == Code::standby_behind);
  CHECK(followed.begin(old));  // nobody else is held up

  // Until it has come so far.
  Followed patient(at_standby, {.interval = 10ms, .until_standby = 100s, .max_catching_up = 2});
  auto one = patient.asked(ahead), two = patient.asked(ahead);
  CHECK(patient.begin(ahead).error().code == Code::standby_behind);  // two wait already
  CHECK(one.wait_for(50ms) == std::future_status::timeout);
  test::PostgreSqlSession(at_standby).run("SELECT pg_wal_replay_resume()");
  for (auto* waiting : {&one, &two}) {
    auto const begun = waiting->get();
    REQUIRE(begun);
    CHECK_FALSE(begun->is_resnapshot);
  }
  CHECK(patient.begin(ahead));
}

TEST_CASE("whoever waits for a standby is answered at the end", "[feed][standby]") {
  test::PostgreSqlServer const primary;
  Database const database(primary.uri());
  test::Standby const standby(primary);
  standby.catch_up(database.uri());
  Followed followed(standby.uri(database.uri()), {.interval = 10ms});
  auto cursor = followed.now();
  cursor.delivered.xmax += 1000;
  auto waiting = followed.asked(cursor.text());
  CHECK(followed.begin());
  followed.feed.stop();
  CHECK(waiting.get().error().code == Code::standby_behind);
}

TEST_CASE("there are as many listeners as there may be, whoever asks at once", "[feed][limits][threads]") {
  Fed fed({.max_listeners = 21});
  std::mutex mutex;
  std::vector<std::shared_ptr<Feed::Listener>> listeners;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int step = 0; step < 50; ++step) {
        std::shared_ptr<Feed::Listener> listener = fed.feed.listen(Way::rows, 0);
        std::lock_guard const lock(mutex);
        if (listener) listeners.push_back(std::move(listener));
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(listeners.size() == 20);  // beside the first
  CHECK(fed.feed.tally().of(Way::rows).subscribers == 20);
  listeners.clear();
  CHECK(fed.feed.listen(Way::rows, 0));
}

TEST_CASE("the cursor of a quiet listener is never behind what it has been told, nor ahead", "[feed]") {
  // Long enough for the log not to see what has come last before the listener has read it.
  Fed fed({.interval = 1s, .settled_every = 0ms, .log = shortest});
  auto const old = fed.now().text();
  fed.change();
  fed.change();
  fed.run("UPDATE db_dbuser SET institution = 'y' WHERE id = 1");
  SlowReader reader;
  reader.takes = true;
  std::mutex turns;
  auto const subscription = std::make_shared<Subscription>(fed.feed, reader, 1, [&](std::function<void()> const& task) {
    std::lock_guard const lock(turns);
    task();
  });
  subscription->begin(old);
  auto const keep_fresh = [&](bool takes) {
    {
      std::lock_guard const lock(turns);
      reader.takes = takes;
      subscription->go_on();
      subscription->keep_fresh();
    }
    fed.on_desk([](Feed::Desk&) { return true; });  // behind what that has asked
  };
  while (reader.settled.empty()) keep_fresh(true);
  CHECK(reader.entries > 0);
  for (auto const& cursor : reader.settled) CHECK(cursor.delivered.covers(reader.last.delivered));
  auto const told = reader.settled.size();
  keep_fresh(false);
  CHECK(reader.settled.size() == told);  // something may wait that has an earlier cursor
}

TEST_CASE("what is more than a page is told without a wait for the next look", "[feed]") {
  Fed fed({.interval = 2s});
  fed.now();
  fed.run("DO $$ BEGIN FOR i IN 1..5000 LOOP UPDATE db_dbuser SET institution = i WHERE id = 1; END LOOP; END $$");
  auto const told = [&] {
    std::uint64_t all = 0;
    for (auto const& changes : fed.feed.tally().changes) all += changes;
    return all;
  };
  // A page for each look would take twice as long.
  auto const end = std::chrono::steady_clock::now() + 20s;
  while (told() < 5000 && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(10ms);
  CHECK(told() == 5000);
}
