// SPDX-License-Identifier: MIT
#include "api/v2/envelope.hpp"

#include <catch2/catch.hpp>

using namespace restapi;
using namespace restapi::api;

namespace {

http::PublicAddress const local{"http", "localhost:5000", ""};

AnswerLimits limits;  // none

std::string header(http::Response const& response, std::string_view name) {
  return std::string(http::find_header(response.headers, name).value_or("none"));
}

}  // namespace

TEST_CASE("the envelope of the document's list of users", "[envelope][document]") {
  auto const target = *http::read_target("/api/v2/users/?first_name=ilike=%22aii%%22");
  auto const response = *v2::render_json({Json{"{\"users\":[]}"}, "users", {}, 1}, target, local, limits);
  CHECK(response.status == 200);
  CHECK(response.body ==
        "{\"data\":{\"users\":[]},\"method\":\"GET\",\"path\":\"/api/v2/users/\",\"pk\":null,"
        "\"query_string\":\"first_name=ilike=%22aii%%22\",\"resource_type\":\"users\","
        "\"url\":\"http://localhost:5000/api/v2/users/?first_name=ilike=\\\"aii%\\\"\","
        "\"url_root\":\"http://localhost:5000/\"}");
  CHECK(header(response, "Content-Type") == "application/json");
  CHECK(header(response, "X-Total-Counts") == "1");
  CHECK(header(response, "X-Total-Count") == "1");
  CHECK(header(response, "Link") == "none");
}

TEST_CASE("the envelope of one object has its pk", "[envelope][document]") {
  auto const target = *http::read_target("/api/v2/nodes/e30da7cc");
  auto const response = *v2::render_json({Json{"{\"nodes\":[]}"}, "nodes", 1}, target, local, limits);
  CHECK(response.body ==
        "{\"data\":{\"nodes\":[]},\"method\":\"GET\",\"path\":\"/api/v2/nodes/e30da7cc\",\"pk\":1,"
        "\"query_string\":\"\",\"resource_type\":\"nodes\",\"url\":\"http://localhost:5000/api/v2/nodes/e30da7cc\","
        "\"url_root\":\"http://localhost:5000/\"}");
}

TEST_CASE("behind a proxy both URLs are the proxy's", "[envelope]") {
  auto const target = *http::read_target("/api/v2/nodes?label=%22%C3%A9%22");
  auto const response = *v2::render_json({Json{"{}"}, "nodes", {}, 1234, {}, "<x>; rel=\"first\""}, target,
                                         {"https", "aiida.example.org", "/django"}, limits);
  CHECK(response.body ==
        "{\"data\":{},\"method\":\"GET\",\"path\":\"/api/v2/nodes\",\"pk\":null,"
        "\"query_string\":\"label=%22%C3%A9%22\",\"resource_type\":\"nodes\","
        "\"url\":\"https://aiida.example.org/django/api/v2/nodes?label=\\\"\xC3\xA9\\\"\","
        "\"url_root\":\"https://aiida.example.org/django/\"}");
  CHECK(header(response, "X-Total-Counts") == "1234");
  CHECK(header(response, "Link") == "<x>; rel=\"first\"");
}

TEST_CASE("the url leads back to the same answer", "[envelope]") {
  struct Case {
    char const *prefix, *sent, *url;
  };
  for (auto const& [prefix, sent, url] : {
           Case{"", "/api/v2/nodes?label=%22a%20b%22", "/api/v2/nodes?label=\\\"a b\\\""},
           Case{"", "/api/v2/nodes?label=%22a%23b%22", "/api/v2/nodes?label=%22a%23b%22"},
           Case{"", "/api/v2/nodes?label=%22a%26b%22", "/api/v2/nodes?label=%22a%26b%22"},
           Case{"", "/api/v2/nodes?label=like=%22%25si%25%22", "/api/v2/nodes?label=like=\\\"%si%\\\""},
           Case{"", "/api/v2/nodes?label=like=%22%2541%22", "/api/v2/nodes?label=like=%22%2541%22"},
           Case{"", "/api/v2/nodes%2Fx", "/api/v2/nodes%2Fx"},
           Case{"/my%20files", "/api/v2/nodes", "/my files/api/v2/nodes"},
           Case{"/what%3F", "/api/v2/nodes?label=%22a%22", "/what%3F/api/v2/nodes?label=%22a%22"},
       }) {
    INFO(sent);
    auto const response =
        *v2::render_json({Json{"{}"}, "nodes", {}, 0}, *http::read_target(sent), {"http", "h", prefix}, limits);
    CHECK_THAT(response.body.text(), Catch::Contains("\"url\":\"http://h" + std::string(url) + "\""));
  }
}
