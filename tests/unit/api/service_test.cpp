// SPDX-License-Identifier: MIT
#include "api/service.hpp"

#include <catch2/catch.hpp>

#include "support/empty_store.hpp"
#include "support/service.hpp"

using namespace restapi;

namespace {

std::shared_ptr<api::AnswerMemory> some_memory() { return std::make_shared<api::AnswerMemory>(1 << 20); }

/// One of several profiles, not opened yet.
struct Closed {
  explicit Closed(std::shared_ptr<api::AnswerMemory> memory)
      : service(lazy, {.memory = std::move(memory), .shares_workers = true}) {}

  std::unique_ptr<http::Work> attempt() {
    http::Batch alone;
    auto attempted = service.attempt({"GET", "/api/v2/nodes?limit=" + std::to_string(++asked), {}, {}}, alone, false);
    return std::get<std::unique_ptr<http::Work>>(std::move(attempted));
  }

  int asked = 0;  // so that no answer is there already
  store::LazyStore lazy{"main",
                        [] { return Result(std::shared_ptr<store::Store>(std::make_shared<test::EmptyStore>())); }};
  api::Service service;
};

}  // namespace

TEST_CASE("the openings of all profiles have one owner, their reads have each its own", "[service]") {
  auto const memory = some_memory();
  Closed one(memory), other(memory);
  auto const first = one.attempt(), second = other.attempt();
  CHECK(first->owner() != nullptr);
  CHECK(first->owner() == second->owner());
  CHECK(first->run().response->status == 200);
  CHECK(second->run().response->status == 200);
  auto const reading = one.attempt(), other_reading = other.attempt();
  CHECK(reading->owner() != nullptr);
  CHECK(reading->owner() != other_reading->owner());
  CHECK(reading->owner() != first->owner());
}

TEST_CASE("requests that wait for a profile do not keep it open", "[service]") {
  Closed profile(some_memory());
  CHECK(profile.attempt()->run().response->status == 200);  // opens it
  auto const first = profile.attempt(), second = profile.attempt();
  CHECK_FALSE(profile.lazy.state().is_used);
  profile.lazy.give_way();
  CHECK_FALSE(profile.lazy.state().is_leaving);
  auto const refused = first->run();
  CHECK(refused.response->status == 503);
  CHECK(http::find_header(refused.response->headers, "Retry-After"));
  CHECK_FALSE(profile.lazy.state().is_open);
  CHECK(profile.attempt()->run().response->status == 200);  // opens it again
  CHECK(second->run().response->status == 200);
}

TEST_CASE("a page far down a list whose histogram of ids is too large is found by walking there", "[service]") {
  test::EmptyStore store;
  store.too_large = "buckets";
  test::Service service(store, {.memory = some_memory()});
  CHECK(service.answer("GET", "/api/v2/nodes?offset=100000").status == 200);
}

TEST_CASE("want of memory passes, and is not cached", "[service]") {
  test::EmptyStore store;
  test::Service service(store, {.access = {.cors_origins = {"*"}}, .memory = some_memory()});
  auto const* const target = "/api/v2/nodes";
  store.has_no_memory = true;
  auto const without = service.answer("GET", target);
  CHECK(without.status == 503);
  CHECK(http::find_header(without.headers, "Retry-After"));
  CHECK(http::find_header(without.headers, "Access-Control-Allow-Origin") == "*");
  store.has_no_memory = false;
  CHECK(service.answer("GET", target).status == 200);
}

TEST_CASE("what was too large may have been so for want of memory or room, and is not cached", "[service]") {
  test::EmptyStore store;
  test::Service service(store, {.memory = some_memory()});
  store.too_large = "list";
  CHECK(service.answer("GET", "/api/v2/nodes").status == 422);
  store.too_large.clear();
  CHECK(service.answer("GET", "/api/v2/nodes").status == 200);
}

TEST_CASE("a hint is cached with its answer", "[service][hints]") {
  test::EmptyStore store;
  test::Service service(store, {.memory = some_memory()});
  auto const* const target = "/api/v2/nodes?type=%22StructureData%22";
  auto const first = service.answer("GET", target);
  int const reads = store.reads;
  auto const second = service.answer("GET", target);
  CHECK(store.reads == reads);
  CHECK(http::find_header(first.headers, "X-Hint").value_or("").starts_with("StructureData is a class"));
  CHECK(http::find_header(second.headers, "X-Hint") == http::find_header(first.headers, "X-Hint"));
  CHECK_FALSE(http::find_header(service.answer("GET", "/api/v2/nodes").headers, "X-Hint"));
}

namespace {

http::Attempt attempt(http::Application& service, std::string const& target, std::vector<http::Header> headers = {}) {
  http::Batch alone;
  return service.attempt({"GET", target, std::move(headers), {}}, alone, true);
}

bool is_work(http::Attempt const& attempt) { return std::holds_alternative<std::unique_ptr<http::Work>>(attempt); }

}  // namespace

TEST_CASE("who comes before an answer is read that is not cached gets it too", "[service][joint]") {
  test::EmptyStore store;
  store.knows_version = false;
  test::Service service(store, {.memory = some_memory()});
  std::string const target = "/api/v2/nodes";
  auto first = attempt(service, target);
  REQUIRE(is_work(first));
  auto const second = attempt(service, target);
  auto const* const joined = std::get_if<http::InProgress>(&second);
  REQUIRE(joined != nullptr);
  CHECK_FALSE(joined->work.expired());
  CHECK_FALSE(joined->reply->get());

  auto& work = std::get<std::unique_ptr<http::Work>>(first);
  SECTION("it is read") {
    auto const reply = work->run();
    auto const shared = joined->reply->get();
    REQUIRE(shared);
    CHECK(&*shared->response == &*reply.response);
    CHECK(shared->trace.origin == http::Origin::cached);
    CHECK(shared->trace.statements.empty());
    CHECK(is_work(attempt(service, target)));
  }
  SECTION("it is dropped") {
    work.reset();
    CHECK_FALSE(joined->reply->get());
  }
  work.reset();
  CHECK(joined->work.expired());
  CHECK(is_work(attempt(service, target)));
}

TEST_CASE("no other request is answered with it", "[service][joint]") {
  test::EmptyStore store;
  store.knows_version = false;
  test::Service service(store, {.memory = some_memory()});
  std::string const target = "/api/v2/nodes";
  auto const first = attempt(service, target);
  CHECK(is_work(attempt(service, target + "?limit=1")));
  CHECK(is_work(attempt(service, target, {{"Accept-Encoding", "gzip"}})));
  CHECK(is_work(attempt(service, target, {{"Prefer", "count=exact"}})));
  CHECK(is_work(attempt(service, target, {{"If-None-Match", "\"x\""}})));
}

TEST_CASE("who has left takes nobody with him", "[service][joint]") {
  test::EmptyStore store;
  store.knows_version = false;
  test::Service service(store, {.memory = some_memory()});
  std::stop_source leaving;
  http::Batch alone;
  http::Request request{"GET", "/api/v2/nodes", {}, {}};
  request.gone = leaving.get_token();
  auto first = service.attempt(request, alone, true);
  auto const second = attempt(service, request.target);
  leaving.request_stop();
  std::get<std::unique_ptr<http::Work>>(first)->run();
  CHECK_FALSE(std::get<http::InProgress>(second).reply->get());
}
