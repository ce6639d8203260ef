// SPDX-License-Identifier: MIT
// A version of the API with an address to which something is sent.
#include <catch2/catch.hpp>

#include "api/site.hpp"
#include "api/v2/version.hpp"
#include "store/store_keeper.hpp"
#include "support/empty_store.hpp"
#include "support/service.hpp"

using namespace restapi;
using namespace restapi::api;

namespace {

/// Says the method and the body that came with it, and counts how often.
class Pending final : public PendingRead {
 public:
  Pending(std::string text, std::atomic<int>& made)
      : PendingRead(std::nullopt, {}), text_(std::move(text)), made_(made) {}
  Result<Answer> read(std::optional<Result<store::Rows>>, ReadContext const&) const override {
    ++made_;
    return Answer{Json{text_}, "test"};
  }

 private:
  std::string const text_;
  std::atomic<int>& made_;
};

/// "/api/test/ask" is asked by POST, "/api/test/both" by GET as well; all else is read.
class Posting final : public ApiVersion {
 public:
  std::string_view prefix() const override { return "/api/test"; }
  std::vector<std::string_view> route_names() const override { return {}; }
  Accepted accepts(std::string_view path) const override {
    if (path == "/api/test/ask") return {"POST, OPTIONS", 100};
    if (path == "/api/test/both") return {"GET, HEAD, POST, OPTIONS", 200};
    return {};
  }
  Prepared prepare(Question const& question, model::Catalog const&, query::Policy const&,
                   sql::Dialect const&) const override {
    return Prepared{"ask",
                    std::make_unique<Pending>(std::string(question.method) + " " + std::string(question.body), made)};
  }
  std::string object(Objects const&, std::size_t) const override { return "{}"; }
  std::span<Format const> formats() const override {
    static constexpr Format text[] = {
        {.name = "text",
         .media_type = "text/plain",
         .asked_as = "text/plain",
         .render = [](Answer const& answer, http::Target const&, http::PublicAddress const&,
                      AnswerLimits&) -> Result<http::Response> {
           return http::Response{200, {}, std::get<Json>(answer.content).text};
         },
         .is_default = true}};
    return text;
  }
  http::Response render(Error const& error, std::string_view) const override { return v2::version().render(error); }
  http::Response no_such_route(std::string const&, std::span<std::string const>) const override {
    return {404, {}, {}};
  }

  mutable std::atomic<int> made = 0;  // answers
};

struct Asked {
  test::EmptyStore store;
  Posting posting;
  ApiVersion const* versions[2] = {&v2::version(), &posting};
  test::Service service{
      store,
      {.versions = versions, .access = {.cors_origins = {"*"}}, .memory = std::make_shared<AnswerMemory>(1 << 20)}};
};

std::string header_of(http::Response const& response, std::string_view name) {
  return std::string(http::find_header(response.headers, name).value_or(""));
}

http::Request posted(std::string method, std::string target, std::string body = {}) {
  http::Request request{std::move(method), std::move(target), {}, {}};
  request.body = std::move(body);
  return request;
}

}  // namespace

TEST_CASE("an address takes its own methods and says which", "[posting]") {
  std::string const reading = "GET, HEAD, OPTIONS", posting = "POST, OPTIONS", both = "GET, HEAD, POST, OPTIONS";
  struct Case {
    std::string method, target;
    int status;
    std::string methods;  // in Allow, and where a browser asks
  };
  Asked asked;
  for (auto const& [method, target, status, methods] : {
           Case{"POST", "/api/test/ask", 200, ""},
           Case{"POST", "/api/test/ask?a=1", 200, ""},
           Case{"POST", "http://h/api/test/ask", 200, ""},
           Case{"GET", "/api/test/ask", 405, posting},
           Case{"HEAD", "/api/test/ask", 405, posting},
           Case{"DELETE", "/api/test/ask", 405, posting},
           Case{"post", "/api/test/ask", 405, posting},
           Case{"OPTIONS", "/api/test/ask", 204, posting},
           Case{"GET", "/api/test/both", 200, ""},
           Case{"POST", "/api/test/both", 200, ""},
           Case{"OPTIONS", "/api/test/both", 204, both},
           Case{"GET", "/api/test/other", 200, ""},
           Case{"POST", "/api/test/other", 405, reading},
           Case{"OPTIONS", "/api/test/other", 204, reading},
           Case{"POST", "/api/v2/users", 405, reading},
           Case{"POST", "/api/v2/nothing?/api/test/ask", 405, reading},
           Case{"POST", "/", 405, reading},
       }) {
    INFO(method << ' ' << target);
    auto const response = asked.service.answer(method, target);
    CHECK(response.status == status);
    CHECK(header_of(response, "Allow") == methods);
    CHECK(header_of(response, "Access-Control-Allow-Methods") == (status == 204 ? methods : ""));
  }
  CHECK(asked.service.answer("GET", "/api/test/ask").body ==
        "{\"message\":\"nothing is read at this address; use POST or OPTIONS\"}");
  CHECK(asked.service.answer("DELETE", "/api/v2/users").body ==
        "{\"message\":\"this service only reads; use GET, HEAD or OPTIONS\"}");
}

TEST_CASE("an address is handed the body that it keeps, and its version says how large it may be", "[posting]") {
  Asked asked;
  CHECK(asked.service.answer(posted("POST", "/api/test/ask", "{}")).body == "POST {}");
  CHECK(asked.service.answer("GET", "/api/test/both").body == "GET ");
  struct Case {
    std::string method, target;
    std::size_t limit;
  };
  std::vector<std::unique_ptr<Service>> services;
  store::StoreKeeper keeper{{}};
  for (auto const* name : {"main", "two words"})
    services.push_back(
        std::make_unique<Service>(keeper.add(name, [] { return Result<std::shared_ptr<store::Store>>(Error{}); }),
                                  ServiceOptions{.versions = asked.versions}));
  Site const site(std::move(services), SiteOptions{});
  for (auto const& [method, target, limit] : {
           Case{"POST", "/api/test/ask", 100},
           Case{"POST", "/api/test/both?a", 200},
           Case{"POST", "http://h/api/test/ask", 100},
           Case{"POST", "/main/api/test/ask", 100},
           Case{"POST", "/two%20words/api/test/ask", 100},
           Case{"POST", "http://h/two%20words/api/test/ask", 100},
           Case{"POST", "/other/api/test/ask", 0},
           Case{"POST", "/api/test/other", 0},
           Case{"POST", "/api/v2/users", 0},
           Case{"POST", "/", 0},
           Case{"POST", "*", 0},
           Case{"PUT", "/api/test/ask", 0},
           Case{"GET", "/api/test/both", 0},
           Case{"OPTIONS", "/api/test/ask", 0},
       }) {
    INFO(method << ' ' << target);
    CHECK(site.body_limit(posted(method, target)) == limit);
  }
}

TEST_CASE("an answer is remembered for its method and its body", "[posting]") {
  Asked asked;
  std::string const both = "/api/test/both";
  struct Case {
    std::string method, body, answer;
    bool is_new;
  };
  for (auto const& [method, body, answer, is_new] : {
           Case{"POST", "a", "POST a", true},
           Case{"POST", "a", "POST a", false},
           Case{"POST", "b", "POST b", true},
           Case{"POST", "", "POST ", true},
           Case{"GET", "", "GET ", true},
           Case{"HEAD", "", "GET ", false},
           Case{"POST", "a", "POST a", false},
           Case{"GET", "", "GET ", false},
       }) {
    INFO(method << ' ' << body);
    auto const before = asked.posting.made.load();
    CHECK(asked.service.answer(posted(method, both, body)).body == answer);
    CHECK(asked.posting.made == before + (is_new ? 1 : 0));
  }
}

TEST_CASE("only what is read can be known already", "[posting]") {
  Asked asked;
  for (int round = 0; round < 2; ++round) {  // made, and remembered
    auto request = posted("POST", "/api/test/both", "a");
    request.headers = {{"If-None-Match", "*"}};
    auto const response = asked.service.answer(request);
    CHECK(response.status == 200);
    CHECK(header_of(response, "ETag").empty());
    request.method = "GET";
    CHECK(asked.service.answer(request).status == 304);
  }
}

TEST_CASE("each version answers in its own formats", "[posting][format]") {
  Asked asked;
  auto const status = [&](std::string target, std::string accept) {
    http::Request request{"GET", std::move(target), {}, {}};
    request.headers = {{"Accept", std::move(accept)}};
    return asked.service.answer(request).status;
  };
  CHECK(status("/api/test/both", "text/plain") == 200);
  CHECK(status("/api/test/both", "application/json") == 406);
  CHECK(status("/api/v2", "text/plain") == 406);
  CHECK(status("/api/v2", "application/json") == 200);
}
