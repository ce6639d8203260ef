// SPDX-License-Identifier: MIT
#include "api/cache/versioned_cache.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <thread>

using restapi::api::VersionedCache;

namespace {

using Cache = VersionedCache<std::string>;

std::shared_ptr<std::string const> text(std::string value) { return std::make_shared<std::string const>(value); }

void keep(Cache& cache, std::string const& key, std::string const& version, std::string const& value,
          std::size_t bytes = 1000) {
  cache.insert(key, {version}, {}, text(value), bytes);
}

std::string found(Cache& cache, std::string_view key, std::string const& version) {
  auto const value = cache.find(key, {version});
  return value ? *value : "nothing";
}

}  // namespace

TEST_CASE("a value is found under its own key and version only", "[cache]") {
  Cache cache(1 << 20);
  keep(cache, "key", "1", "one");
  CHECK(found(cache, "key", "1") == "one");
  CHECK(found(cache, "key", "2") == "nothing");
  CHECK(found(cache, "key", "") == "nothing");
  CHECK(found(cache, "key", "1 ") == "nothing");
  CHECK(found(cache, "other", "1") == "nothing");
  CHECK(found(cache, "key", "1") == "one");  // asking for another version does no harm
}

TEST_CASE("a value is found as long as the tables that it was read from are the same", "[cache]") {
  Cache cache(1 << 20);
  cache.insert("key", {"state", {1, 2, 3}}, 0b101, text("one"), 100);
  CHECK(cache.find("key", {"state", {1, 2, 3}}));
  CHECK(cache.find("key", {"state", {1, 9, 3, 9}}));
  CHECK(!cache.find("key", {"state", {9, 2, 3}}));
  CHECK(!cache.find("key", {"state", {1, 2, 9}}));
  CHECK(!cache.find("key", {"another", {1, 2, 3}}));
}

TEST_CASE("a key has one value: the last one", "[cache]") {
  Cache cache(1 << 20);
  keep(cache, "key", "1", "one", 5000);
  auto const used = cache.used();
  keep(cache, "key", "2", "two", 5000);
  CHECK(cache.used() == used);
  CHECK(found(cache, "key", "1") == "nothing");
  CHECK(found(cache, "key", "2") == "two");
}

TEST_CASE("a value that was found outlives its place in the cache", "[cache]") {
  Cache cache(1 << 20);
  keep(cache, "key", "1", "one");
  auto const held = cache.find("key", {"1"});
  keep(cache, "key", "2", "two");
  REQUIRE(held);
  CHECK(*held == "one");
}

TEST_CASE("the least recently used value makes room, in bytes", "[cache]") {
  Cache cache(100'000);
  for (char const* key : {"a", "b", "c", "d"}) keep(cache, key, "1", key, 20'000);
  CHECK(found(cache, "a", "1") == "a");  // now b is the oldest
  keep(cache, "e", "1", "e", 20'000);
  CHECK(found(cache, "b", "1") == "nothing");
  for (char const* key : {"c", "d", "a", "e"}) CHECK(found(cache, key, "1") == key);
  keep(cache, "small", "1", "small", 10);  // one more is too many, by however little: c goes
  keep(cache, "f", "1", "f", 20'000);
  CHECK(found(cache, "c", "1") == "nothing");
  CHECK(found(cache, "small", "1") == "small");
}

TEST_CASE("a cache without a budget keeps nothing", "[cache]") {
  for (std::size_t const budget : {0, 1, 100}) {
    Cache cache(budget);
    keep(cache, "", "", "", 0);
    CHECK(found(cache, "", "") == "nothing");
    CHECK(cache.used() == 0);
  }
}

TEST_CASE("what would drive out a large part of the others is not kept", "[cache]") {
  Cache cache(100'000);
  keep(cache, "small", "1", "small", 1000);
  keep(cache, "large", "1", "large", 25'000);  // a quarter, and its key besides
  keep(cache, std::string(25'000, 'k'), "1", "long key", 10);
  keep(cache, "long version", std::string(30'000, 'v'), "long version", 10);
  CHECK(found(cache, "large", "1") == "nothing");
  CHECK(found(cache, std::string(25'000, 'k'), "1") == "nothing");
  CHECK(found(cache, "small", "1") == "small");
  CHECK(cache.used() < 2000);
}

TEST_CASE("the budget is never exceeded, and what is found is what was put there", "[cache][property]") {
  std::mt19937 random(20240611);
  for (int round = 0; round < 20; ++round) {
    auto const budget = std::size_t{1} << (12 + random() % 10);
    Cache cache(budget);
    std::map<std::string, std::pair<std::string, std::string>> last;  // key → version, value
    std::size_t hits = 0;
    for (int step = 0; step < 2000; ++step) {
      auto const key = std::string(1 + random() % 30, static_cast<char>('a' + random() % 8));
      auto const version = std::to_string(random() % 3);
      if (random() % 2 == 0) {
        auto const value = std::to_string(step);
        keep(cache, key, version, value, random() % (budget / 2));  // half of them are too large
        if (found(cache, key, version) == value) last[key] = {version, value};
        REQUIRE(cache.used() <= budget);
      } else if (auto const value = cache.find(key, {version})) {
        ++hits;
        REQUIRE(last.contains(key));
        REQUIRE(last[key].first == version);
        REQUIRE(last[key].second == *value);
      }
    }
    CHECK(hits > 0);
  }
}

TEST_CASE("threads share a cache", "[cache][threads]") {
  Cache cache(20'000);
  std::atomic<int> wrong = 0, hits = 0;
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 4; ++seed) {
    threads.emplace_back([&, seed] {
      std::mt19937 random(seed);
      for (int step = 0; step < 5000; ++step) {
        auto const key = std::to_string(random() % 20), version = std::to_string(random() % 3);
        if (random() % 3 == 0) keep(cache, key, version, key + "/" + version, random() % 4000);
        if (auto const value = cache.find(key, {version})) {
          ++hits;
          wrong += *value != key + "/" + version;
        }
        wrong += cache.used() > 20'000;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(hits > 1000);
}

TEST_CASE("a key that made more room than it needs gives it back", "[cache]") {
  Cache cache(100'000);
  std::string key = "key";
  key.reserve(20'000);
  cache.insert(std::move(key), {"1"}, {}, text("one"), 10);
  CHECK(found(cache, "key", "1") == "one");
  CHECK(cache.used() < 500);
}
