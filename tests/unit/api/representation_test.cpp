// SPDX-License-Identifier: MIT
#include "api/representation.hpp"

#include <catch2/catch.hpp>
#include <memory>

using namespace restapi;

TEST_CASE("an answer that waits for its reader counts as what it is, not as what it was made from", "[memory]") {
  constexpr std::size_t document = 12u << 20, shown = 1'400'000;
  auto const budget = std::make_shared<MemoryBudget>(64u << 20);
  AnswerLimits limits(budget, std::chrono::minutes(1), {});
  limits.take(document);
  api::AccessPolicy const access({});
  std::string text;
  text.reserve(document);
  text.assign(shown, 'x');
  auto const response = api::finish(http::Response{200, {}, std::move(text)}, {}, access, limits);
  CHECK(response.body.size() == shown);
  CHECK(budget->taken() >= shown);
  CHECK(budget->taken() <= 2u << 20);
}
