// SPDX-License-Identifier: MIT
#include "api/v2/nearest_endpoint.hpp"

#include <catch2/catch.hpp>

#include "http/target.hpp"

using namespace restapi;
using namespace restapi::api;

namespace {

std::string nearest(std::string const& path) {
  auto const target = http::read_target(path);
  REQUIRE(target);
  return v2::nearest_endpoint(target->segments);
}

}  // namespace

TEST_CASE("what was meant by a path that is no endpoint", "[v2][routes]") {
  struct Case {
    std::string path, endpoint;
  };
  for (auto const& row : {
           Case{"/api/v2/nodse", "/api/v2/nodes"},
           Case{"/api/v2/node", "/api/v2/nodes"},
           Case{"/api/v2/Nodes", "/api/v2/nodes"},
           Case{"/api/v2/node/17", "/api/v2/nodes/17"},
           Case{"/api/v4/nodes", "/api/v2/nodes"},
           Case{"/api/nodes", "/api/v2/nodes"},
           Case{"/nodes", "/api/v2/nodes"},
           Case{"/nodes/17", "/api/v2/nodes/17"},
           Case{"//nodes//17", "/api/v2/nodes/17"},
           Case{"/api/v2/nodes/statistic", "/api/v2/nodes/statistics"},
           Case{"/api/v2/groups/shema", "/api/v2/groups/schema"},
           Case{"/api/v2/nodes/a1/conten/attributes", "/api/v2/nodes/a1/content/attributes"},
           Case{"/api/v2/nodes/a1/attributes", "/api/v2/nodes/a1/content/attributes"},
           Case{"/api/v2/nodes/a1/inputs", "/api/v2/nodes/a1/io/inputs"},
           Case{"/api/v2/nodes/x%20y/conten/extras", "/api/v2/nodes/x%20y/content/extras"},
           Case{"/api/v2/calculation/page/2", "/api/v2/calculations/page/2"},
           Case{"/api/v2/serve", "/api/v2/server"},
       }) {
    CAPTURE(row.path);
    CHECK(nearest(row.path) == row.endpoint);
  }
}

TEST_CASE("a path that is like none is like none", "[v2][routes]") {
  for (std::string const path :
       {"/", "/api", "/api/v3", "/favicon.ico", "/robots.txt", "/api/v2/atoms", "/api/v2/nodes/a1/content/files",
        "/api/v2/nodes/foo", "/api/v2/computers/orderby=-uuid", "/api/v2/nodes/page/x", "/api/v2/nodes/a1/page",
        "/a/b/c/d/e/f/g/h/i/j/k/l/m"}) {
    CAPTURE(path);
    CHECK(nearest(path).empty());
  }
  CHECK(v2::nearest_endpoint(std::vector<std::string>(1000, "nodes")).empty());
  CHECK(v2::nearest_endpoint(std::vector<std::string>{"api", "v2", std::string(10'000, 'n')}).empty());
}
