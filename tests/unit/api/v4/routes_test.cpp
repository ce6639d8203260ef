// SPDX-License-Identifier: MIT
#include "api/v4/routes.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "http/target.hpp"

using namespace restapi;

namespace {

std::optional<api::v4::Found> find(std::string const& target) {
  auto const read = http::read_target(target);
  REQUIRE(read);
  return api::v4::find_route(read->decoded_path);
}

}  // namespace

TEST_CASE("endpoints are listed sorted, in columns", "[v4][routes]") {
  auto const lines = api::v4::endpoints(true);
  CHECK(lines.size() == 46);
  CHECK(api::v4::endpoints(false).size() == 45);
  CHECK(std::ranges::count(lines, "querybuilder    GET,HEAD,OPTIONS,POST /api/v4/querybuilder/") == 1);
  CHECK(std::ranges::is_sorted(lines));
  CHECK(std::ranges::count(lines, "nodes           GET,HEAD,OPTIONS     /api/v4/nodes/<id>/links/tree/") == 1);
  CHECK(std::ranges::count(lines, "server          GET,HEAD,OPTIONS     /api/v4/") == 1);
}

TEST_CASE("slashes do not count, and encoded ones are slashes", "[v4][routes]") {
  for (auto const* path : {"/api/v4/nodes/4fe1/links/incoming", "/api/v4/nodes/4fe1/links/incoming///",
                           "/api/v4//nodes//4fe1/links/incoming", "/api/v4/nodes%2F4fe1/links%2fincoming"}) {
    INFO(path);
    auto const found = find(path);
    REQUIRE(found);
    CHECK(found->route->kind == api::v4::RouteKind::incoming);
    CHECK(found->id == "4fe1");
    CHECK(found->is_id);
  }
}

TEST_CASE("an id is the start of a uuid with its dashes", "[v4][routes]") {
  for (auto const* id : {"4", "4fe1", "4fe11a0b-", "4fe11a0b-D", "12345678", "4fe11a0b-1234-4000-8000-000000000001"}) {
    INFO(id);
    CHECK(find("/api/v4/nodes/" + std::string(id))->is_id);
  }
  for (auto const* id : {"x", "4fe11a0b1", "4fe-", "4fe11a0b12344000800000000000001a", "4fe1%25", "4fe1_",
                         "4fe11a0b-1234-4000-8000-0000000000011", "123456789"}) {
    INFO(id);
    CHECK_FALSE(find("/api/v4/nodes/" + std::string(id))->is_id);
  }
  CHECK(find("/api/v4/users/12")->is_id);
  CHECK_FALSE(find("/api/v4/users/1a")->is_id);
  CHECK(find("/api/v4/processes/123456789/report")->is_id);
}

TEST_CASE("pages are numbers", "[v4][routes]") {
  CHECK(find("/api/v4/nodes/page")->page == 1);
  CHECK(find("/api/v4/nodes/page/12")->page == 12);
  CHECK(find("/api/v4/nodes/page/0")->page == 0);
  using Words = std::vector<std::string>;
  for (auto const* path : {"/api/v4/nodes/page/2", "/api/v4//nodes//page", "/api/v4/nodes%2Fpage%2F2"})
    CHECK(find(path)->before_page == Words{"api", "v4", "nodes"});
  CHECK(find("/api/v4/nodes/4fe1%2Flinks%2Fincoming%2Fpage")->before_page ==
        Words{"api", "v4", "nodes", "4fe1", "links", "incoming"});
  CHECK(find("/api/v4/nodes")->before_page.empty());
  for (auto const* path : {"/api/v4/nodes/page/-1", "/api/v4/nodes/page/x", "/api/v4/nodes/page/1/1",
                           "/api/v4/nodes/4fe1/contents/attributes/page/1"}) {
    INFO(path);
    CHECK_FALSE(find(path));
  }
}
