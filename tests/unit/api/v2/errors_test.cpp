// SPDX-License-Identifier: MIT
#include "api/v2/errors.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "http/error_catalogue.hpp"
#include "http/target.hpp"

using namespace restapi;
using namespace restapi::api;

TEST_CASE("an error is a message and nothing else", "[errors]") {
  auto const response =
      v2::render({Code::ambiguous_id, "More than one node found. Provide longer starting pattern for id."});
  CHECK(response.status == 400);
  CHECK(response.body == "{\"message\":\"More than one node found. Provide longer starting pattern for id.\"}");
  CHECK(http::find_header(response.headers, "Content-Type") == "application/json");
}

TEST_CASE("an error says where, in the query as sent, and what next", "[errors]") {
  Error const error{Code::unknown_key, "nodes has no key \"labl\"", "did you mean \"label\"?", 8};
  CHECK(
      v2::render(error, "id=%34%35&labl=x").body ==
      "{\"message\":\"nodes has no key \\\"labl\\\" (at byte 12 of the query string); did you mean \\\"label\\\"?\"}");
  CHECK(v2::render({Code::syntax, "syntax error", "", 0}, "&").body ==
        "{\"message\":\"syntax error (at byte 0 of the query string)\"}");
  CHECK(v2::render({Code::no_such_page, "no", "hint"}, "x").body == "{\"message\":\"no; hint\"}");
}

TEST_CASE("a query that cannot be decoded is reported where it is at fault", "[errors]") {
  auto const target = http::read_target("/api/v2/nodes?label=%22%00%22");
  REQUIRE_FALSE(target);
  CHECK(v2::render(target.error()).body ==
        "{\"message\":\"the URL has a control character (at byte 9 of the query string)\"}");
}

TEST_CASE("every code gives its status, and none tells of our insides", "[errors]") {
  for (auto const& row : http::error_catalogue()) {
    if (row.code == Code::no_such_route) continue;  // not JSON
    CAPTURE(row.name);
    auto const response = v2::render({row.code, "a sentence", "", {}, "SELECT secret"}, "id=1");
    CHECK(response.status == row.status);
    auto const body = nlohmann::json::parse(response.body.text());
    CHECK(body.size() == 1);
    CHECK(body["message"] == (row.status == 500 ? "Internal server error" : "a sentence"));
    CHECK(http::find_header(response.headers, "Retry-After").has_value() == (row.status == 503));
  }
}

TEST_CASE("bytes that are no UTF-8 do not spoil the JSON", "[errors]") {
  auto const body = v2::render({Code::no_such_object, "id '\xC3'"}).body.text();
  CHECK(nlohmann::json::accept(body));
  CHECK(body == "{\"message\":\"id '\xEF\xBF\xBD'\"}");
}

TEST_CASE("a path that is no endpoint gets one line of text with the base URL", "[errors]") {
  auto const response = v2::no_such_route("http://localhost:5000/", {});
  CHECK(response.status == 404);
  CHECK(http::find_header(response.headers, "Content-Type") == "text/plain; charset=utf-8");
  CHECK(response.body == "no such endpoint; the API starts at http://localhost:5000/api/v2\n");
}

TEST_CASE("a path that is nearly an endpoint gets that endpoint", "[errors]") {
  std::vector<std::string> const segments{"api", "v2", "nodse"};
  CHECK(v2::no_such_route("http://localhost:5000/", segments).body ==
        "no such endpoint; the API starts at http://localhost:5000/api/v2; the nearest endpoint is "
        "http://localhost:5000/api/v2/nodes\n");
}
