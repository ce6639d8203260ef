// SPDX-License-Identifier: MIT
#include "observation/admin.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

using namespace restapi;
using namespace restapi::observation;
using namespace std::chrono_literals;

namespace {

/// A database whose answers a test controls.
class Database {
 public:
  Readiness::Check check() {
    return [this](std::stop_token gone) {
      std::unique_lock lock(mutex_);
      ++asked_;
      changed_.notify_all();
      changed_.wait(lock, gone, [this] { return !stuck_; });
      return !stuck_ && alive_;
    };
  }
  void set(bool alive, bool stuck) {
    std::lock_guard const lock(mutex_);
    alive_ = alive;
    stuck_ = stuck;
    changed_.notify_all();
  }
  int asked() {
    std::lock_guard const lock(mutex_);
    return asked_;
  }
  void wait_until_asked(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 20s, [&] { return asked_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  int asked_ = 0;
  bool alive_ = true;
  bool stuck_ = false;
};

constexpr ReadinessTimes for_ever{20s, 1h};
constexpr ReadinessTimes never_kept{20s, 0ms};

struct Answer {
  int status;
  std::string body;
};

Answer ask(Admin& admin, std::string const& target, std::string const& method = "GET") {
  http::Batch batch;
  auto attempt = admin.attempt({method, target, {}, {}}, batch, true);
  auto const reply = std::holds_alternative<http::Reply>(attempt)
                         ? std::get<http::Reply>(std::move(attempt))
                         : std::get<std::unique_ptr<http::Work>>(attempt)->run();
  return {reply.response->status, reply.response->body.text()};
}

}  // namespace

TEST_CASE("/ready names the profiles that cannot be served", "[admin]") {
  Database database;
  Readiness readiness(database.check(), never_kept);
  BrokenProfiles broken;
  Admin admin(
      readiness, [] { return std::string(); }, [&] { return broken; });
  CHECK(ask(admin, "/ready").body == R"({"ready":true})");
  broken = {{"a \"b\"", "no such file: \"/x\""}, {"c", "not an archive"}};
  auto const all = R"("profiles":{"a \"b\"":"no such file: \"/x\"","c":"not an archive"}})";
  auto answer = ask(admin, "/ready");
  CHECK(answer.status == 200);
  CHECK(answer.body == std::string(R"({"ready":true,)") + all);
  database.set(false, false);
  answer = ask(admin, "/ready");
  CHECK(answer.status == 503);
  CHECK(answer.body == std::string(R"({"ready":false,"reason":"the database is not available",)") + all);
}

TEST_CASE("/ready names the sources of live feeds that somebody listens to", "[admin]") {
  Database database;
  Readiness readiness(database.check(), never_kept);
  Admin admin(
      readiness, [] { return std::string(); },
      [] {
        return BrokenProfiles{{"c", "not an archive"}};
      });
  admin.name_followed([] { return FollowedProfiles{{"a", "installed", ""}, {"b", "following", "run \"setup\""}}; });
  CHECK(ask(admin, "/ready").body ==
        R"({"ready":true,"profiles":{"c":"not an archive"},)"
        R"("feeds":{"a":{"source":"installed"},"b":{"source":"following","why":"run \"setup\""}}})");
}

TEST_CASE("/ready does not grow with the profiles that cannot be served", "[admin]") {
  Database database;
  Readiness readiness(database.check(), never_kept);
  BrokenProfiles const broken(10'000, {"name", "no such file: \"/srv/archives/name.aiida\""});
  Admin admin(
      readiness, [] { return std::string(); }, [&] { return broken; });
  auto const body = ask(admin, "/ready").body;
  CHECK(body.size() > 32'000);
  CHECK(body.size() < 34'000);
  CHECK(body.ends_with("\"}}"));
}

TEST_CASE("the database answers or does not", "[readiness]") {
  Database database;
  Readiness readiness(database.check(), never_kept);
  CHECK_FALSE(readiness.known());
  CHECK(readiness.find_out().is_ready);
  database.set(false, false);
  auto const state = readiness.find_out();
  CHECK_FALSE(state.is_ready);
  CHECK(state.reason == "the database is not available");
  database.set(true, false);
  CHECK(readiness.find_out().is_ready);
  CHECK(database.asked() == 3);
}

TEST_CASE("what was found out holds for a while", "[readiness]") {
  Database database;
  Readiness readiness(database.check(), for_ever);
  for (int i = 0; i < 100; ++i) CHECK(readiness.find_out().is_ready);
  REQUIRE(readiness.known());
  CHECK(readiness.known()->is_ready);
  CHECK(database.asked() == 1);
}

TEST_CASE("many who ask at once ask the database once", "[readiness][threads]") {
  Database database;
  database.set(true, true);
  Readiness readiness(database.check(), for_ever);
  std::vector<std::future<bool>> probes;
  for (int i = 0; i < 8; ++i)
    probes.push_back(std::async(std::launch::async, [&] { return readiness.find_out().is_ready; }));
  database.wait_until_asked(1);
  CHECK_FALSE(readiness.known());
  database.set(true, false);
  for (auto& probe : probes) CHECK(probe.get());
  CHECK(database.asked() == 1);
}

TEST_CASE("a database that says nothing in time is not ready, and is not asked again meanwhile", "[readiness]") {
  Database database;
  database.set(true, true);
  std::atomic<bool> held = true;
  // A driver that cannot be interrupted.
  Readiness readiness(
      [&](std::stop_token) {
        auto const answered = database.check()({});
        held = false;
        return answered;
      },
      {1ms, 1h});
  for (int i = 0; i < 3; ++i) {
    auto const state = readiness.find_out();
    CHECK_FALSE(state.is_ready);
    CHECK(state.reason == "the database does not answer in time");
  }
  REQUIRE(readiness.known());
  CHECK_FALSE(readiness.known()->is_ready);
  while (database.asked() == 0) std::this_thread::yield();  // its thread may be slower than the limit
  CHECK(database.asked() == 1);
  CHECK(held);
  database.set(true, false);
}

TEST_CASE("a check that nobody waits for is called off", "[readiness]") {
  Database database;
  database.set(true, true);
  {
    Readiness readiness(database.check(), {1ms, 1h});
    CHECK_FALSE(readiness.find_out().is_ready);
  }  // would wait for ever
  Readiness ended(database.check(), for_ever);
  auto const probe = std::async(std::launch::async, [&] { return ended.find_out().is_ready; });
  database.wait_until_asked(2);
  ended.drain();
}

TEST_CASE("draining is not ready, at once and whatever the database says", "[readiness]") {
  Database database;
  Readiness readiness(database.check(), for_ever);
  CHECK(readiness.find_out().is_ready);
  readiness.drain();
  REQUIRE(readiness.known());
  CHECK_FALSE(readiness.known()->is_ready);
  CHECK(readiness.find_out().reason == "the server is about to stop");
}

TEST_CASE("what the admin port answers", "[admin]") {
  Database database;
  Readiness readiness(database.check(), never_kept);
  Admin admin(readiness, [] { return std::string("a 1\n"); });
  CHECK(ask(admin, "/live").status == 200);
  CHECK(ask(admin, "/live?x=1").status == 200);
  CHECK(ask(admin, "/ready").body == R"({"ready":true})");
  CHECK(ask(admin, "/metrics").body == "a 1\n");
  CHECK(ask(admin, "/metrics", "HEAD").status == 200);
  for (auto const* target : {"/", "/livee", "/live/", "/api/v2/nodes", "", "*", "/ready/x"})
    CHECK(ask(admin, target).status == 404);
  CHECK(ask(admin, "/live", "POST").status == 405);
  database.set(false, false);
  auto const ready = ask(admin, "/ready");
  CHECK(ready.status == 503);
  CHECK(nlohmann::json::parse(ready.body) ==
        nlohmann::json{{"ready", false}, {"reason", "the database is not available"}});
  CHECK(ask(admin, "/live").status == 200);
  CHECK(admin.refuse({Code::target_too_long, "too long"}).response->status == 414);
}

TEST_CASE("metrics that cannot be written are a 500, not the end", "[admin]") {
  Database database;
  Readiness readiness(database.check(), for_ever);
  Admin admin(readiness, []() -> std::string { throw std::bad_alloc(); });
  CHECK(ask(admin, "/metrics").status == 500);
}
