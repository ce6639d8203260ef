// SPDX-License-Identifier: MIT
// The whole answer, byte for byte, to each request in tests/golden: one expected file, all stores.
// UPDATE_GOLDEN=1 writes the files instead (from PostgreSQL); the difference is then read like code.
#include <catch2/catch.hpp>
#include <set>

#include "api/v2/routes.hpp"
#include "api/v2/version.hpp"
#include "api/v4/routes.hpp"
#include "http/target.hpp"
#include "support/golden.hpp"
#include "support/service.hpp"

using namespace restapi;

TEST_CASE("every golden case is answered as written, on every store", "[golden]") {
  auto cases = test::golden_cases();
  REQUIRE(cases.size() > 100);
  for (auto& golden : cases) {
    for (auto const engine : test::engines) {
      auto& opened = test::shared_store(golden.fixture, engine);
      INFO(golden.path << " on " << opened.name);
      api::ServiceOptions options{.policy = {.private_filters = golden.private_filters},
                                  .access = {.cors_origins = {"*"}},
                                  .trusted_proxies = {*http::AddressRange::parse("127.0.0.0/8")}};
      test::Service service(*opened.store, options);
      auto const answer = test::golden_text(service.answer(golden.request));
      if (test::is_golden_update() && engine == source::Engine::postgresql) {
        test::update(golden, answer);
        golden.expected = answer;
      }
      CHECK(answer == golden.expected);
      // Remembered answers are the same answers.
      options.memory = std::make_shared<api::AnswerMemory>(1 << 20);
      test::Service remembering(*opened.store, options);
      CHECK(test::golden_text(remembering.answer(golden.request)) == golden.expected);
      CHECK(test::golden_text(remembering.answer(golden.request)) == golden.expected);
    }
  }
}

namespace {

/// What has an answer: 200, then headers.
bool is_answered(test::GoldenCase const& golden) { return golden.expected.starts_with("200\n"); }

}  // namespace

TEST_CASE("every endpoint and every format of /api/v2 has a golden case with an answer", "[golden]") {
  auto const formats = api::v2::version().formats();
  std::set<std::string_view> endpoints, written;
  for (auto const& golden : test::golden_cases()) {
    auto const target = http::read_target(golden.request.target);
    auto const found = target ? api::v2::find_route(target->segments) : std::nullopt;
    if (!found || !is_answered(golden)) continue;
    endpoints.insert(found->route->pattern);
    auto const accept = http::find_header(golden.request.headers, "Accept").value_or("");
    written.insert(api::choose_format(accept, formats)->name);
  }
  for (auto const& route : api::v2::routes()) {
    CAPTURE(route.pattern);
    // A description of all others, which a validator reads (tests/integration/openapi_test.py).
    if (route.kind == api::v2::RouteKind::openapi) continue;
    CHECK(endpoints.contains(route.pattern));
  }
  for (auto const& format : formats) {
    CAPTURE(format.name);
    if (format.writer) continue;  // has no answer in one piece (tests/integration/streamed_lists_test.py)
    CHECK(written.contains(format.name));
  }
}

TEST_CASE("every endpoint of /api/v4 has a golden case with an answer", "[golden]") {
  std::set<std::string_view> answered;
  for (auto const& golden : test::golden_cases()) {
    auto const target = http::read_target(golden.request.target);
    if (!target || !is_answered(golden)) continue;
    if (auto const found = api::v4::find_route(target->decoded_path)) answered.insert(found->route->pattern);
  }
  for (auto const& route : api::v4::routes()) {
    CAPTURE(route.pattern);
    // A file: stores of tests have none (tests/integration/v4_files_test.py).
    if (route.kind == api::v4::RouteKind::repo_contents) continue;
    CHECK(answered.contains(route.pattern));
  }
}
