// SPDX-License-Identifier: MIT
#include "store/connection_pool.hpp"

#include <soci/soci.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "support/eventually.hpp"

using namespace restapi::store;
using namespace std::chrono_literals;
using restapi::test::eventually;

namespace {

/// Leads nowhere and is never asked for rows.
class FakeConnection final : public Connection {
 public:
  Rows read(restapi::sql::Statement const&, ReadLimits) override { return Rows(0); }
  std::vector<Rows> read_together(std::span<restapi::sql::Statement const* const>, ReadLimits) override { return {}; }
  Rows first_batch(restapi::sql::Statement const&, ReadLimits) override { return Rows(0); }
  Rows next_batch(ReadLimits) override { return Rows(0); }
  Failure why_failed(soci::soci_error const&) override { return Failure::other; }
  Server server() const override { return {}; }
  bool is_usable() const override { return true; }
};

std::unique_ptr<Connection> opened() { return std::make_unique<FakeConnection>(); }

/// An opening that hangs until it is told to go on.
struct Gate {
  std::promise<void> promise;
  std::shared_future<void> open = promise.get_future().share();
};

std::string refusal(ConnectionPool& pool, std::chrono::milliseconds timeout = 1min) {
  try {
    return pool.acquire(timeout) ? "a connection" : "nothing";
  } catch (soci::soci_error const& error) {
    return error.get_error_message();
  }
}

}  // namespace

TEST_CASE("connections are lent, given back and opened only as needed", "[pool]") {
  ConnectionPool pool({.limit = 2}, opened);
  for (int i = 0; i < 3; ++i) CHECK(pool.acquire(1min));
  CHECK(pool.counts().opened == 1);
  auto const first = pool.acquire(1min), second = pool.acquire(1min);
  CHECK(pool.counts().opened == 2);
  CHECK(pool.counts().lent == 2);
  CHECK_FALSE(pool.acquire(10ms));
  std::stop_source client;
  client.request_stop();
  CHECK_FALSE(pool.acquire(1min, client.get_token()));
}

TEST_CASE("a look that nobody waits for opens nothing, and says nothing about the database", "[pool]") {
  ConnectionPool pool({.limit = 2}, opened);
  CHECK_FALSE(pool.take_idle());
  CHECK(pool.counts().not_opened == 0);
  CHECK(pool.counts().opening == 0);
  CHECK(pool.acquire(1min));
  auto const idle = pool.take_idle();
  CHECK(idle);
  CHECK(pool.counts().lent == 1);
  CHECK_FALSE(pool.take_idle());
}

TEST_CASE("one attempt is made at a time while the database refuses", "[pool]") {
  std::atomic<int> tries = 0;
  std::atomic<bool> is_away = true;
  ConnectionPool pool({.limit = 4, .between_tries = 50ms}, [&] {
    ++tries;
    if (is_away) throw soci::soci_error("away");
    return opened();
  });
  CHECK(refusal(pool) == "away");
  CHECK(tries == 1);
  auto const begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) REQUIRE(refusal(pool) == "away");
  CHECK(tries <= 2 + (std::chrono::steady_clock::now() - begin) / 50ms);
  is_away = false;
  CHECK(eventually([&] { return refusal(pool) == "a connection"; }));
}

TEST_CASE("an attempt that hangs holds up nobody for long, and its connection is kept when it comes", "[pool]") {
  Gate gate;
  ConnectionPool pool({.limit = 2, .opening = 1min}, [open = gate.open] {
    open.wait();
    return opened();
  });
  CHECK_FALSE(pool.acquire(10ms));
  CHECK(refusal(pool) == "the database does not answer to new connections");  // at once: the attempt is another's
  gate.promise.set_value();
  CHECK(eventually([&] { return pool.counts().idle == 1; }));
  CHECK(pool.acquire(1min));
  CHECK(pool.counts().opened == 1);
}

TEST_CASE("an attempt that hangs for too long makes room for another", "[pool]") {
  Gate gate;
  std::atomic<int> tries = 0;
  {
    ConnectionPool pool({.limit = 2, .opening = 20ms, .between_tries = 1ms}, [&tries, open = gate.open] {
      if (++tries == 1) open.wait();
      return opened();
    });
    refusal(pool, 10ms);  // begins the attempt that hangs
    CHECK(eventually([&] { return refusal(pool) == "a connection"; }));
    CHECK(tries == 2);
  }  // nobody waits for the first
  gate.promise.set_value();
}

TEST_CASE("who has connections to wait for waits, even if no more can be opened", "[pool]") {
  auto const tries = std::make_shared<std::atomic<int>>(0);  // an attempt may outlive the test
  ConnectionPool pool({.limit = 2, .between_tries = 1ms}, [tries] {
    if (++*tries > 1) throw soci::soci_error("too many clients");
    return opened();
  });
  auto first = pool.acquire(1min);
  REQUIRE(first);
  auto waiting = std::async(std::launch::async, [&] { return refusal(pool); });
  CHECK(eventually([&] { return *tries > 2; }));
  first.reset();
  CHECK(waiting.get() == "a connection");
}

TEST_CASE("with a lost connection the idle ones go", "[pool]") {
  ConnectionPool pool({.limit = 3}, opened);
  {
    auto one = pool.acquire(1min), two = pool.acquire(1min);
    REQUIRE(two);
    one.reset();
    CHECK(pool.counts().idle == 1);
    two->lost();
    CHECK(pool.counts().idle == 0);
  }
  CHECK(pool.counts().lent == 0);
  CHECK(pool.acquire(1min));
  CHECK(pool.counts().opened == 3);
}

TEST_CASE("after a renewal no earlier connection is lent again", "[pool]") {
  auto const opened_ones = std::make_shared<std::atomic<int>>(0);
  Gate gate;
  ConnectionPool pool({.limit = 3, .opening = 1min}, [opened_ones, open = gate.open] {
    if (++*opened_ones == 3) open.wait();
    return opened();
  });
  {
    auto one = pool.acquire(1min), two = pool.acquire(1min);
    REQUIRE(two);
    one.reset();
    CHECK(pool.counts().idle == 1);
    pool.renew();
    CHECK(pool.counts().idle == 0);
  }
  CHECK(pool.counts().idle == 0);   // it came back too late
  CHECK_FALSE(pool.acquire(10ms));  // its opening begins before the next renewal
  CHECK(*opened_ones == 3);
  pool.renew();
  gate.promise.set_value();
  CHECK(eventually([&] { return pool.counts().opened == 3; }));
  CHECK(pool.counts().idle == 0);
  CHECK(pool.acquire(1min));
  CHECK(pool.counts().opened == 4);
  CHECK(pool.counts().idle == 1);
}

TEST_CASE("a renewal ends what was said of a database that is away", "[pool]") {
  std::atomic<bool> is_away = true;
  ConnectionPool pool({.limit = 1, .between_tries = 1h}, [&] {
    if (is_away) throw soci::soci_error("away");
    return opened();
  });
  CHECK(refusal(pool) == "away");
  is_away = false;
  CHECK(refusal(pool) == "away");
  pool.renew();
  CHECK(refusal(pool) == "a connection");
}

TEST_CASE("an old connection is lent until another one has been opened in its place", "[pool][lifetime]") {
  Gate gate;
  ConnectionPool pool({.limit = 1, .lifetime = 1ms}, opened, [open = gate.open] {
    open.wait();
    return opened();
  });
  std::optional<Connection*> old;
  for (auto const until = std::chrono::steady_clock::now() + 10ms; std::chrono::steady_clock::now() < until;) {
    auto const lease = pool.acquire(1min);
    REQUIRE(lease);
    if (old) CHECK(*old == &**lease);
    old = &**lease;
  }
  CHECK(pool.counts().opened == 1);
  gate.promise.set_value();
  CHECK(eventually([&] { return pool.counts().opened >= 2; }));
  CHECK(pool.counts().idle == 1);
  CHECK(eventually([&] {  // and so on
    CHECK(pool.acquire(1min));
    return pool.counts().opened >= 4;
  }));
}

TEST_CASE("an old connection that is lent when another one comes is closed when it comes back", "[pool][lifetime]") {
  Gate gate;
  auto const is_opening = std::make_shared<std::atomic<bool>>(false);  // a thread of the pool may outlive the test
  ConnectionPool pool({.limit = 2, .lifetime = 1ms}, opened, [is_opening, open = gate.open] {
    *is_opening = true;
    open.wait();
    return opened();
  });
  auto const one = pool.acquire(1min);
  CHECK(eventually([&] {
    CHECK(pool.acquire(1min));
    return is_opening->load();
  }));
  auto two = pool.acquire(1min);
  gate.promise.set_value();
  CHECK(eventually([&] { return pool.counts().opened == 3; }));
  CHECK(pool.counts().idle == 1);
  CHECK(pool.counts().lent == 2);
  two.reset();
  CHECK(pool.counts().idle == 1);
  CHECK(pool.counts().lent == 1);
}

TEST_CASE("an old connection stays where no other one can be opened", "[pool][lifetime]") {
  auto const tries = std::make_shared<std::atomic<int>>(0);
  ConnectionPool pool({.limit = 2, .opening = 1min, .lifetime = 1ms}, opened, [tries]() -> std::unique_ptr<Connection> {
    ++*tries;
    throw soci::soci_error("away");
  });
  CHECK(eventually([&] {
    CHECK(pool.acquire(1min));
    return *tries == 1;
  }));
  for (int i = 0; i < 100; ++i) CHECK(refusal(pool) == "a connection");
  CHECK(*tries == 1);  // not with each request
  CHECK(pool.counts().opened == 1);
}
