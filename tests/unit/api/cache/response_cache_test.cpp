// SPDX-License-Identifier: MIT
#include "api/cache/response_cache.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace restapi;
using namespace restapi::api;

namespace {

std::shared_ptr<CachedResponse const> remembered(http::Response response) {
  return std::make_shared<CachedResponse const>(CachedResponse{std::move(response), ":resource"});
}

std::shared_ptr<CachedResponse const> response(std::string body) {
  return remembered({200, {{"Content-Type", "application/json"}}, std::move(body)});
}

}  // namespace

TEST_CASE("an answer is found under the version it was made from", "[response_cache]") {
  ResponseCache cache(1 << 20);
  cache.insert("key", {"1"}, {}, response("one"));
  REQUIRE(cache.find("key", {"1"}));
  CHECK(cache.find("key", {"1"})->response->body == "one");
  CHECK(cache.find("key", {"1"})->route == ":resource");
  CHECK(!cache.find("key", {"2"}));
  CHECK(!cache.find("other", {"1"}));
}

TEST_CASE("the response of an answer keeps it alive", "[response_cache]") {
  auto answer = response("one");
  auto const shared = answer->response;
  answer.reset();
  CHECK(shared->body == "one");
}

TEST_CASE("bodies and headers count as memory", "[response_cache]") {
  ResponseCache cache(100'000);
  cache.insert("body", {"1"}, {}, response(std::string(30'000, 'x')));
  CHECK(!cache.find("body", {"1"}));
  cache.insert("headers", {"1"}, {}, remembered({200, {{"Link", std::string(30'000, 'x')}}, "x"}));
  CHECK(!cache.find("headers", {"1"}));
  for (auto const* key : {"a", "b", "c", "d", "e", "f"})
    cache.insert(key, {"1"}, {}, response(std::string(20'000, 'x')));
  CHECK(!cache.find("a", {"1"}));
  CHECK(cache.find("f", {"1"}));
}

TEST_CASE("a body that made more room than it needs gives it back", "[response_cache]") {
  std::string text(1000, 'x');
  text.reserve(100'000);
  net::Body const body(std::move(text));
  CHECK(body.size() == 1000);
  CHECK(body.held_bytes() < 1200);
  CHECK(net::Body(std::string(5000, 'x')).held_bytes() > 5000);
  CHECK(net::Body().held_bytes() == 0);
}

TEST_CASE("an ETag says which answer under which version", "[etag]") {
  auto const tag = etag_of("key", {"1"}, {});
  CHECK(tag.size() == 34);
  CHECK(tag.front() == '"');
  CHECK(tag.back() == '"');
  CHECK(etag_of("key", {"1"}, {}) == tag);
  CHECK(etag_of("key", {"2"}, {}) != tag);
  CHECK(etag_of("other", {"1"}, {}) != tag);
  CHECK(etag_of("", {"key1"}, {}) != etag_of("key1", {""}, {}));
  CHECK(etag_of("key", {"11"}, {}) != etag_of("1key", {"1"}, {}));
  CHECK(etag_of("key", {"1", {1, 2}}, 0b01) == etag_of("key", {"1", {1, 3}}, 0b01));
  CHECK(etag_of("key", {"1", {1, 2}}, 0b10) != etag_of("key", {"1", {1, 3}}, 0b10));
  CHECK(etag_of("key", {"1", {2, 1}}, 0b11) != etag_of("key", {"1", {1, 2}}, 0b11));
}

TEST_CASE("what If-None-Match names", "[etag]") {
  std::string const tag = R"("0123456789abcdef")";
  struct Case {
    char const* header;
    bool names;
  };
  for (auto const& [header, names] : {
           Case{R"("0123456789abcdef")", true},
           Case{R"(W/"0123456789abcdef")", true},  // compared weakly (RFC 9110 §13.1.2): proxies weaken what they pack
           Case{R"("a", "0123456789abcdef")", true},
           Case{R"("0123456789abcdef","b")", true},
           Case{R"(W/"a" , W/"0123456789abcdef" , "b")", true},
           Case{"*", true},
           Case{"", false},
           Case{R"("0123456789abcdee")", false},
           Case{R"("a", "b")", false},
           Case{"0123456789abcdef", false},  // a tag has quotes
           Case{R"("0123456789abcdef)", false},
           Case{R"("x0123456789abcdef")", false},
           Case{R"("0123456789ABCDEF")", false},  // tags respect case
           Case{"**", false},
       }) {
    INFO(header);
    CHECK(names_etag(header, tag) == names);
  }
}

TEST_CASE("whatever an answer depends on makes another key", "[response_cache]") {
  CacheKey const key{
      .format = "json", .origin = "*", .profile = "main", .root = "http://h/", .target = "/api/v2/nodes"};
  std::vector<CacheKey> others(8, key);
  others[0].format = "indented";
  others[1].origin = "http://a.example";
  others[2].gzip = true;
  others[3].profile = "other";
  others[4].root = "https://h/";
  others[5].target = "/api/v2/nodes?";
  others[6].method = "POST";
  others[7].method = "POST";
  others[7].body = "{}";
  std::set<std::string> texts{key.text()};
  for (auto const& other : others) texts.insert(other.text());
  CHECK(texts.size() == 1 + others.size());
}
