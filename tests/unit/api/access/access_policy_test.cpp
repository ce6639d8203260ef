// SPDX-License-Identifier: MIT
// Who is let in, and what every answer says about it, through the whole service.
#include "api/access/access_policy.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "support/empty_store.hpp"
#include "support/service.hpp"
#include "support/temporary_folder.hpp"
#include "tokens.hpp"

using namespace restapi;
using api::AccessOptions;
using http::Header;
using http::Request;
using http::Response;
using test::EmptyStore;

namespace {

constexpr std::size_t plenty = 1 << 20;

std::string const secret = "0123456789abcdef0123456789abcdef";

std::shared_ptr<api::BearerTokens> tokens_of_tests() {
  test::TemporaryFolder const folder;  // without their file the keys stay as they were
  auto const file = folder.write("keys.json", R"({"kty":"oct","k":")" + test::base64url(secret) + "\"}");
  auto tokens = api::BearerTokens::open({.key_file = file});
  REQUIRE(tokens);
  return *tokens;
}

std::string header_of(http::Response const& response, std::string_view name) {
  return std::string(http::find_header(response.headers, name).value_or(""));
}

std::string const token = "Bearer " + test::token(R"({"alg":"HS256"})", R"({"sub":"reader"})", secret);
std::string const expired_token = "Bearer " + test::token(R"({"alg":"HS256"})", R"({"exp":1})", secret);

enum class Access { open, two_origins, no_origin, tokens, tokens_and_origins };

AccessOptions options_of(Access access) {
  static auto const tokens = tokens_of_tests();
  std::vector<std::string> const two = {"https://a.example", "http://b.example:8080"};
  switch (access) {
    case Access::open:
      return {.cors_origins = {"*"}};
    case Access::two_origins:
      return {.cors_origins = two};
    case Access::no_origin:
      return {};
    case Access::tokens:
      return {.cors_origins = {"*"}, .tokens = tokens};
    case Access::tokens_and_origins:
      return {.cors_origins = two, .tokens = tokens};
  }
  return {};
}

}  // namespace

TEST_CASE("every answer carries the headers of its policy", "[access_policy]") {
  struct Case {
    Access access;
    std::string method, target;
    std::vector<http::Header> headers;
    int status;
    std::vector<http::Header> expected;  // an empty value: the header is absent
  };
  std::string const users = "/api/v2/users", origin = "Access-Control-Allow-Origin", cache = "Cache-Control",
                    challenge = "WWW-Authenticate", embedding = "Cross-Origin-Resource-Policy",
                    two = "Accept, Accept-Encoding, Origin";
  http::Header const from_a{"Origin", "https://a.example"}, from_b{"Origin", "http://b.example:8080"},
      from_c{"Origin", "https://c.example"}, with_token{"Authorization", token};
  std::string const allowed = "Access-Control-Allow-Headers", outside = "Access-Control-Allow-Private-Network",
                    usual = "Accept, Authorization, Content-Type, If-None-Match, Prefer, X-Request-Id";
  http::Header const comes_from_outside{"Access-Control-Request-Private-Network", "true"};
  auto const asks_for = [](std::string names) {
    return http::Header{"Access-Control-Request-Headers", std::move(names)};
  };
  std::string const realm = "Bearer realm=\"restapi\"";
  std::string const invalid = realm + ", error=\"invalid_token\", error_description=";
  Case const cases[] = {
      // Whoever reaches the server.
      {Access::open,
       "GET",
       users,
       {},
       200,
       {{origin, "*"},
        {cache, "no-cache"},
        {embedding, "cross-origin"},
        {"Vary", "Accept, Accept-Encoding"},
        {challenge, ""}}},
      {Access::open, "GET", users, {from_a}, 200, {{origin, "*"}}},
      {Access::open, "HEAD", users, {from_a}, 200, {{origin, "*"}, {cache, "no-cache"}}},
      {Access::open, "GET", users, {{"If-None-Match", "*"}}, 304, {{origin, "*"}, {cache, "no-cache"}}},
      {Access::open, "GET", "/api/v2/server", {}, 200, {{origin, "*"}, {cache, "no-cache"}}},
      {Access::open, "GET", "/api/v2/users?a=1", {}, 400, {{origin, "*"}, {cache, "no-cache"}}},
      {Access::open, "GET", "/api/v2/users?%00", {}, 400, {{origin, "*"}, {cache, "no-cache"}}},
      {Access::open, "GET", "/", {}, 404, {{origin, "*"}, {cache, "no-cache"}}},
      {Access::open, "POST", users, {}, 405, {{origin, "*"}, {cache, "no-cache"}}},
      {Access::open, "GET", users, {{"Accept", "image/png"}}, 406, {{origin, "*"}, {cache, "no-cache"}}},
      {Access::open,
       "OPTIONS",
       users,
       {from_a},
       204,
       {{origin, "*"},
        {"Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"},
        {allowed, usual},
        {"Access-Control-Max-Age", "86400"},
        {"Allow", "GET, HEAD, OPTIONS"}}},
      {Access::open, "OPTIONS", "*", {}, 204, {{origin, "*"}}},
      {Access::open, "GET", users, {{"Authorization", "Bearer nonsense"}}, 200, {{challenge, ""}}},
      // Pages of two origins.
      {Access::two_origins,
       "GET",
       users,
       {},
       200,
       {{origin, ""}, {"Vary", two}, {embedding, "same-origin"}, {cache, "no-cache"}}},
      {Access::two_origins, "GET", users, {from_a}, 200, {{origin, from_a.second}, {"Vary", two}}},
      {Access::two_origins, "GET", users, {from_b}, 200, {{origin, from_b.second}, {"Vary", two}}},
      {Access::two_origins, "GET", users, {from_c}, 200, {{origin, ""}, {"Vary", two}}},
      {Access::two_origins, "GET", users, {{"Origin", "null"}}, 200, {{origin, ""}}},
      {Access::two_origins, "GET", users, {{"Origin", ""}}, 200, {{origin, ""}}},
      {Access::two_origins, "GET", users, {{"Origin", "*"}}, 200, {{origin, ""}}},
      {Access::two_origins, "GET", users, {{"Origin", "https://a.example.evil.example"}}, 200, {{origin, ""}}},
      {Access::two_origins, "GET", users, {{"Origin", "https://A.example"}}, 200, {{origin, ""}}},
      {Access::two_origins, "GET", users, {{"Origin", "http://a.example"}}, 200, {{origin, ""}}},
      {Access::two_origins,
       "GET",
       users,
       {{"Origin", "https://a.example, http://b.example:8080"}},
       200,
       {{origin, ""}}},
      {Access::two_origins, "HEAD", users, {from_b}, 200, {{origin, from_b.second}}},
      {Access::two_origins,
       "GET",
       users,
       {from_a, {"If-None-Match", "*"}},
       304,
       {{origin, from_a.second}, {"Vary", two}}},
      {Access::two_origins, "GET", "/api/v2/users?a=1", {from_a}, 400, {{origin, from_a.second}, {"Vary", two}}},
      {Access::two_origins, "GET", "/nowhere", {from_b}, 404, {{origin, from_b.second}, {"Vary", two}}},
      {Access::two_origins, "OPTIONS", users, {from_b}, 204, {{origin, from_b.second}, {"Vary", two}}},
      {Access::two_origins, "OPTIONS", users, {from_c}, 204, {{origin, ""}, {"Vary", two}}},
      {Access::two_origins,
       "OPTIONS",
       users,
       {from_b, asks_for("cache-control,pragma, X-Requested-With ,accept,a b,,x\r\ny"), comes_from_outside},
       204,
       {{origin, from_b.second}, {allowed, usual + ", cache-control, pragma, X-Requested-With"}, {outside, "true"}}},
      {Access::two_origins,
       "OPTIONS",
       users,
       {from_c, asks_for("cache-control"), comes_from_outside},
       204,
       {{origin, ""}, {allowed, usual}, {outside, ""}}},
      {Access::two_origins, "OPTIONS", users, {from_a}, 204, {{outside, ""}}},
      {Access::open, "OPTIONS", users, {from_c, comes_from_outside}, 204, {{origin, "*"}, {outside, "true"}}},
      {Access::open,
       "OPTIONS",
       users,
       {from_c, asks_for(std::string(2000, 'x') + ",pragma")},
       204,
       {{allowed, usual + ", pragma"}}},
      // Pages of nobody.
      {Access::no_origin,
       "GET",
       users,
       {from_a},
       200,
       {{origin, ""}, {"Vary", "Accept, Accept-Encoding"}, {embedding, "same-origin"}}},
      {Access::no_origin,
       "OPTIONS",
       users,
       {from_a, asks_for("pragma"), comes_from_outside},
       204,
       {{origin, ""}, {allowed, usual}, {outside, ""}}},
      // Who has a token.
      {Access::tokens, "GET", users, {}, 401, {{origin, "*"}, {cache, "no-store"}, {challenge, realm}}},
      {Access::tokens, "GET", users, {with_token}, 200, {{origin, "*"}, {cache, "private, no-cache"}, {challenge, ""}}},
      {Access::tokens, "HEAD", users, {}, 401, {{challenge, realm}}},
      {Access::tokens, "HEAD", users, {with_token}, 200, {{challenge, ""}}},
      {Access::tokens, "GET", users, {{"Authorization", "Basic dTpw"}}, 401, {{challenge, realm}}},
      {Access::tokens,
       "GET",
       users,
       {{"Authorization", token + "x"}},
       401,
       {{challenge, invalid + "\"the token's signature is wrong\""}}},
      {Access::tokens,
       "GET",
       users,
       {{"Authorization", expired_token}},
       401,
       {{challenge, invalid + "\"the token has expired\""}}},
      {Access::tokens,
       "GET",
       users,
       {{"Authorization", "Bearer a\"b"}},
       401,
       {{challenge, invalid + "\"the token is malformed\""}}},
      {Access::tokens, "GET", users, {with_token, {"If-None-Match", "*"}}, 304, {{cache, "private, no-cache"}}},
      {Access::tokens, "GET", users, {{"If-None-Match", "*"}}, 401, {{"ETag", ""}}},
      {Access::tokens, "GET", "/nowhere", {}, 401, {{challenge, realm}}},
      {Access::tokens, "GET", "/nowhere", {with_token}, 404, {{cache, "private, no-cache"}}},
      {Access::tokens, "GET", "/api/v2/", {}, 401, {{challenge, realm}}},
      {Access::tokens, "GET", "/api/v2/users?a=1", {}, 401, {{challenge, realm}}},
      {Access::tokens, "POST", users, {}, 401, {{challenge, realm}}},
      {Access::tokens, "POST", users, {with_token}, 405, {{challenge, ""}}},
      {Access::tokens, "options", users, {}, 401, {{challenge, realm}}},
      {Access::tokens, "OPTIONS", users, {from_a}, 204, {{origin, "*"}, {challenge, ""}}},
      {Access::tokens, "GET", users, {{"Accept", "image/png"}}, 401, {{challenge, realm}}},
      {Access::tokens_and_origins,
       "GET",
       users,
       {from_a},
       401,
       {{origin, from_a.second}, {"Vary", two}, {challenge, realm}}},
      {Access::tokens_and_origins,
       "GET",
       users,
       {from_b, with_token},
       200,
       {{origin, from_b.second}, {cache, "private, no-cache"}}},
      {Access::tokens_and_origins, "OPTIONS", users, {from_a}, 204, {{origin, from_a.second}}},
  };
  for (std::size_t const memory : {std::size_t{0}, plenty}) {
    EmptyStore store;
    std::map<Access, test::Service> services;  // one for all rows of an access: what one row leaves behind, others find
    for (auto const& c : cases) {
      CAPTURE(memory, c.access, c.method, c.target, c.headers, c.status);
      if (memory == 0 && c.status == 304) continue;
      auto& service = services
                          .try_emplace(c.access, store,
                                       api::ServiceOptions{.access = options_of(c.access),
                                                           .memory = std::make_shared<api::AnswerMemory>(memory)})
                          .first->second;
      auto const response = service.answer(http::Request{c.method, c.target, c.headers, "192.0.2.7"});
      CHECK(response.status == c.status);
      for (auto const& [name, value] : c.expected) {
        CAPTURE(name);
        CHECK(header_of(response, name) == value);
        CHECK(http::find_header(response.headers, name).has_value() == !value.empty());
      }
      CHECK(header_of(response, "X-Content-Type-Options") == "nosniff");
      CHECK(header_of(response, "Referrer-Policy") == "no-referrer");
      CHECK(header_of(response, "Content-Security-Policy") == "default-src 'none'; frame-ancestors 'none'");
      CHECK(header_of(response, "Access-Control-Expose-Headers").find("X-Total-Count") != std::string::npos);
      std::map<std::string, int> count;
      std::istringstream lines(response.headers.text());
      for (std::string line; std::getline(lines, line);) CHECK(++count[line.substr(0, line.find(':'))] == 1);
      if (c.status != 401) continue;
      auto const body = nlohmann::json::parse(response.body.text());
      CHECK(body.size() == 1);
      CHECK(response.headers.text().find("eyJ") == std::string::npos);
      CHECK(response.body.text().find("eyJ") == std::string::npos);
    }
  }
}

TEST_CASE("faults are not kept, and say as little", "[access_policy]") {
  EmptyStore store;
  test::Service service(
      store, {.access = options_of(Access::two_origins), .memory = std::make_shared<api::AnswerMemory>(plenty)});
  http::Request const request{"GET", "/api/v2/users", {{"Origin", "https://a.example"}}, ""};
  store.fails = true;
  auto const unavailable = service.answer(request);
  store.fails = false;
  store.throws = true;
  auto const fault = service.answer(request);
  CHECK(unavailable.status == 503);
  CHECK(fault.status == 500);
  for (auto const& response : {unavailable, fault}) {
    CHECK(header_of(response, "Cache-Control") == "no-store");
    CHECK(header_of(response, "Access-Control-Allow-Origin") == "https://a.example");
    CHECK(header_of(response, "X-Content-Type-Options") == "nosniff");
  }
  auto const unreadable = service.refuse({Code::malformed_request, "no request"}).response;
  CHECK(unreadable->status == 400);
  CHECK(header_of(*unreadable, "X-Content-Type-Options") == "nosniff");
  CHECK(header_of(*unreadable, "Access-Control-Allow-Origin").empty());
  CHECK(header_of(
            *test::Service(store, {.access = options_of(Access::open)}).refuse({Code::malformed_request, ""}).response,
            "Access-Control-Allow-Origin") == "*");
}

TEST_CASE("an answer that is remembered for one origin is not another's", "[access_policy]") {
  EmptyStore store;
  test::Service service(
      store, {.access = options_of(Access::two_origins), .memory = std::make_shared<api::AnswerMemory>(plenty)});
  std::map<std::string, std::string> tags;
  for (int round = 0; round < 3; ++round) {
    for (std::string const origin : {"https://a.example", "http://b.example:8080", "https://c.example", ""}) {
      CAPTURE(round, origin);
      auto const response = service.answer(http::Request{"GET", "/api/v2/users", {{"Origin", origin}}, ""});
      bool const is_known = origin == "https://a.example" || origin == "http://b.example:8080";
      CHECK(header_of(response, "Access-Control-Allow-Origin") == (is_known ? origin : ""));
      auto const tag = header_of(response, "ETag");
      CHECK_FALSE(tag.empty());
      auto const again =
          service.answer(http::Request{"GET", "/api/v2/users", {{"Origin", origin}, {"If-None-Match", tag}}, ""});
      CHECK(again.status == 304);
      CHECK(header_of(again, "Access-Control-Allow-Origin") == (is_known ? origin : ""));
    }
  }
  int const reads = store.reads;
  service.answer(http::Request{"GET", "/api/v2/users", {{"Origin", "https://another.example"}}, ""});
  CHECK(store.reads == reads);  // strangers share one answer, so they cannot fill the memory
}

TEST_CASE("of two tokens none counts", "[access_policy]") {
  EmptyStore store;
  test::Service service(store, {.access = options_of(Access::tokens)});
  for (std::string const other : {token.c_str(), "Bearer x", "", "Basic x"}) {
    http::Request const first{"GET", "/api/v2/users", {{"Authorization", token}, {"authorization", other}}, ""};
    http::Request const second{"GET", "/api/v2/users", {{"authorization", other}, {"Authorization", token}}, ""};
    CHECK(service.answer(first).status == 401);
    CHECK(service.answer(second).status == 401);
  }
}

TEST_CASE("an answer that was made for one token is not given without", "[access_policy]") {
  EmptyStore store;
  test::Service service(store,
                        {.access = options_of(Access::tokens), .memory = std::make_shared<api::AnswerMemory>(plenty)});
  http::Request const with{"GET", "/api/v2/users", {{"Authorization", token}}, ""},
      without{"GET", "/api/v2/users", {}, ""};
  CHECK(service.answer(with).status == 200);
  int const reads = store.reads;
  CHECK(service.answer(without).status == 401);
  CHECK(service.answer(with).status == 200);
  CHECK(store.reads == reads);
}
