// SPDX-License-Identifier: MIT
// Many threads ask one store at the same time.
#include <atomic>
#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <vector>

#include "support/ask.hpp"

using namespace restapi;
using test::ask;

TEST_CASE("many threads get the answers that one gets", "[threads]") {
  std::vector<std::string> const targets{
      "nodes?orderby=-label",   "nodes?label=like=\"%a_\"",  "nodes?label=like=\"b_%\"", "nodes/page/2?perpage=7",
      "users?last_name<=\"m\"", "groups?name=ilike=\"_a%\"", "nodes?ctime>2016-04-23",   "computers?state!=\"x\"",
      "nodes/statistics",       "nodes?id=in=45,56,78,1,2",  "nodes/ffffffff",           "data?limit=0"};
  for (auto const* opened : test::every_store()) {
    std::vector<std::string> expected;
    for (auto const& target : targets) expected.push_back(ask(*opened->store, "/api/v2/" + target).text);
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (std::size_t first = 0; first < 8; ++first) {  // twice as many as there are connections
      threads.emplace_back([&, first] {
        for (std::size_t i = first; i < first + 40; ++i)
          wrong += ask(*opened->store, "/api/v2/" + targets[i % targets.size()]).text != expected[i % targets.size()];
      });
    }
    for (auto& thread : threads) thread.join();
    INFO(opened->name);
    CHECK(wrong == 0);
  }
}
