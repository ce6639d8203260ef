// SPDX-License-Identifier: MIT
#include "http/request_id.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <thread>

using namespace restapi::http;

TEST_CASE("which names of others are kept", "[request_id]") {
  for (std::string const name : {"a", "0", "9f1c2f60-8a2e-4c36-9f0e-1d5a2b3c4d5e", "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                                 "Root=1-67891233-abcdef012345678912345678", "YWJj/+==", "host:80/x@y~z_1.2"}) {
    INFO(name);
    CHECK(is_request_id(name));
  }
  CHECK(is_request_id(std::string(128, 'x')));
  CHECK_FALSE(is_request_id(std::string(129, 'x')));
  for (std::string const name : {"", " ", "a b", "a\tb", "a\"b", "a\\b", "a,b", "a;b", "<b>", "a%0ab", "\x7f", "é",
                                 "a\n", "a\x1b[31m", "{}", "$(x)", "`x`", "'"}) {
    INFO(name);
    CHECK_FALSE(is_request_id(name));
  }
  CHECK_FALSE(is_request_id(std::string_view("a\0b", 3)));
}

TEST_CASE("names made here are short, kept by others, and new each time", "[request_id]") {
  RequestIds ids;
  std::set<std::string> seen;
  for (int i = 0; i < 50'000; ++i) {
    auto const id = ids.next();
    CHECK_NOFAIL(is_request_id(id));
    if (!is_request_id(id) || id.size() > 15 || !seen.insert(id).second) FAIL(id);
  }
  CHECK(ids.next().substr(0, 7) == seen.begin()->substr(0, 7));
}

TEST_CASE("two threads never make the same name", "[request_id][threads]") {
  RequestIds ids;
  std::vector<std::string> made[2];
  std::vector<std::thread> threads;
  for (auto& mine : made)
    threads.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) mine.push_back(ids.next());
    });
  for (auto& thread : threads) thread.join();
  std::set<std::string> all(made[0].begin(), made[0].end());
  all.insert(made[1].begin(), made[1].end());
  CHECK(all.size() == 10'000);
}
