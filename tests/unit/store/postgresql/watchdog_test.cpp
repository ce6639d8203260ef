// SPDX-License-Identifier: MIT
#include "store/postgresql/watchdog.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

using namespace restapi::store;
using namespace std::chrono_literals;

namespace {

/// A connection whose server takes cancellations, or never answers to them.
class FakeConnection final : public Watchdog::Subject {
 public:
  explicit FakeConnection(std::shared_future<void> answer = {}) : answer_(std::move(answer)) {}
  void cancel() override {
    ++cancellations;
    if (answer_.valid()) answer_.wait();
  }
  void cut() override { ++cuts; }

  std::atomic<int> cancellations = 0, cuts = 0;

 private:
  std::shared_future<void> const answer_;
};

void wait_for(std::atomic<int> const& count, int value) {
  auto const until = std::chrono::steady_clock::now() + 1min;
  while (count < value && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(1ms);
  REQUIRE(count >= value);
}

}  // namespace

TEST_CASE("a statement that ends in time is left alone", "[watchdog]") {
  auto const connection = std::make_shared<FakeConnection>();
  Watchdog::Watch watch(std::make_shared<Watchdog>(), connection);
  std::stop_source client;
  for (int i = 0; i < 3; ++i) {
    watch.begin(1min, client.get_token());
    auto const outcome = watch.end();
    CHECK_FALSE(outcome.was_cancelled);
    CHECK_FALSE(outcome.was_cut);
  }
  client.request_stop();  // after its statements
  CHECK(connection->cancellations == 0);
  CHECK(connection->cuts == 0);
}

TEST_CASE("a connection whose answer is overdue is cut, once", "[watchdog]") {
  auto const connection = std::make_shared<FakeConnection>();
  auto const other = std::make_shared<FakeConnection>();
  auto const watchdog = std::make_shared<Watchdog>();
  Watchdog::Watch watch(watchdog, connection), patient(watchdog, other);
  patient.begin(10min, {});
  watch.begin(10ms, {});
  wait_for(connection->cuts, 1);
  auto const outcome = watch.end();
  CHECK(outcome.was_cut);
  CHECK_FALSE(outcome.was_cancelled);
  CHECK_FALSE(patient.end().was_cut);
  CHECK(connection->cuts == 1);
  CHECK(other->cuts == 0);
}

TEST_CASE("a cancellation is repeated until the statement ends", "[watchdog]") {
  auto const connection = std::make_shared<FakeConnection>();
  Watchdog::Watch watch(std::make_shared<Watchdog>(), connection);
  std::stop_source client;
  watch.begin(1min, client.get_token());
  client.request_stop();
  wait_for(connection->cancellations, 2);
  CHECK(watch.end().was_cancelled);
  auto const sent = connection->cancellations.load();
  watch.begin(1min, {});  // another client's
  CHECK_FALSE(watch.end().was_cancelled);
  CHECK(connection->cancellations == sent);
}

TEST_CASE("a brief statement is cancelled when its time is up, and cut where that has no effect", "[watchdog]") {
  auto const connection = std::make_shared<FakeConnection>();
  Watchdog::Watch watch(std::make_shared<Watchdog>(), connection);
  watch.begin_briefly(10ms);
  wait_for(connection->cancellations, 1);
  CHECK(connection->cuts == 0);
  auto const ended = watch.end();
  CHECK(ended.was_cancelled);
  CHECK_FALSE(ended.was_cut);
  watch.begin_briefly(10ms);
  wait_for(connection->cuts, 1);
  CHECK(watch.end().was_cut);
  watch.begin(1min, {});
  auto const next = watch.end();
  CHECK_FALSE(next.was_cancelled);
  CHECK_FALSE(next.was_cut);
}

TEST_CASE("a client that has left before is cancelled at once", "[watchdog]") {
  auto const connection = std::make_shared<FakeConnection>();
  Watchdog::Watch watch(std::make_shared<Watchdog>(), connection);
  std::stop_source client;
  client.request_stop();
  watch.begin(1min, client.get_token());
  wait_for(connection->cancellations, 1);
  CHECK(watch.end().was_cancelled);
}

TEST_CASE("a connection with a cancellation that does not arrive is not used again", "[watchdog]") {
  std::promise<void> answer;
  auto const connection = std::make_shared<FakeConnection>(answer.get_future().share());
  {
    Watchdog::Watch watch(std::make_shared<Watchdog>(), connection);
    std::stop_source client;
    watch.begin(1min, client.get_token());
    client.request_stop();
    wait_for(connection->cancellations, 1);
    auto const outcome = watch.end();
    CHECK(outcome.was_cancelled);
    CHECK(outcome.was_cut);
    CHECK(connection->cuts == 1);
    CHECK(connection->cancellations == 1);
  }  // nobody waits for the thread that still cancels
  answer.set_value();
}
