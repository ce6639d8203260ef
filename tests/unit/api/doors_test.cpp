// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "api/door.hpp"
#include "api/site.hpp"
#include "support/empty_store.hpp"
#include "support/service.hpp"

using namespace restapi;

namespace {

/// Takes GET and POST, and says what it was asked.
class Talking final : public api::Door {
 public:
  std::string_view path() const override { return "/socket.io/"; }
  std::string_view name() const override { return "talking"; }
  std::string_view methods() const override { return "GET, POST, OPTIONS"; }
  std::size_t body_limit() const override { return 1000; }
  http::Attempt attempt(api::DoorQuestion question) override {
    auto const listens = question.is_allowed_origin ? "" : " of a stranger's page";
    return question.finish({200, {}, question.request.method + " " + question.target.query + listens});
  }
  void stop() override {}
};

std::unique_ptr<api::Service> service(store::LazyStore& store, std::vector<std::shared_ptr<api::Door>> doors) {
  return std::make_unique<api::Service>(
      store, api::ServiceOptions{.access = {.cors_origins = {"https://a.example"}}, .doors = std::move(doors)});
}

struct Profile {
  explicit Profile(std::string name)
      : store(std::move(name),
              [] { return Result(std::shared_ptr<store::Store>(std::make_shared<test::EmptyStore>())); }) {}
  store::LazyStore store;
};

std::vector<std::unique_ptr<api::Service>> both(Profile& first, Profile& second) {
  std::vector<std::unique_ptr<api::Service>> services;
  services.push_back(service(first.store, {std::make_shared<Talking>()}));
  services.push_back(service(second.store, {}));
  return services;
}

struct Doors {
  Profile first{"main"};
  Profile second{"other"};
  api::Site site{both(first, second), {}};
};

http::Request request(std::string method, std::string target, std::vector<http::Header> headers = {}) {
  return {std::move(method), std::move(target), std::move(headers), {}};
}

}  // namespace

TEST_CASE("a door has methods of its own, and bodies", "[door]") {
  Doors doors;
  CHECK(test::answer(doors.site, request("GET", "/socket.io/?EIO=4")).body == "GET EIO=4");
  CHECK(test::answer(doors.site, request("POST", "/main/socket.io/?a")).body == "POST a");
  auto const refused = test::answer(doors.site, request("PUT", "/socket.io/"));
  CHECK(refused.status == 405);
  CHECK(http::find_header(refused.headers, "Allow") == "GET, POST, OPTIONS");
  CHECK(doors.site.body_limit(request("POST", "/socket.io/?sid=a")) == 1000);
  CHECK(doors.site.body_limit(request("POST", "/main/socket.io/")) == 1000);
  CHECK(doors.site.body_limit(request("PUT", "/socket.io/")) == 0);
  CHECK(doors.site.body_limit(request("GET", "/socket.io/")) == 0);
  CHECK(doors.site.body_limit(request("POST", "/api/v2/nodes")) == 0);
}

TEST_CASE("a door is the first profile's where none is named", "[door]") {
  Doors doors;
  CHECK(test::answer(doors.site, request("GET", "/other/socket.io/")).status == 404);
  CHECK(test::answer(doors.site, request("GET", "/socket.io")).status == 404);
  CHECK(test::answer(doors.site, request("GET", "/nobody/socket.io/")).status == 404);
}

TEST_CASE("a door is told of pages that may not listen", "[door]") {
  Doors doors;
  auto const from = [&](std::string host, std::string origin) {
    return test::answer(doors.site, request("GET", "/socket.io/", {{"Host", host}, {"Origin", origin}})).body;
  };
  CHECK(from("localhost:5000", "https://a.example") == "GET ");
  CHECK(from("localhost:5000", "http://localhost:5000") == "GET ");
  CHECK(from("data.example", "http://data.example") == "GET ");
  for (auto const* other :
       {"https://localhost:5000", "http://localhost:5001", "http://localhost", "http://b.example", "null", ""})
    CHECK(from("localhost:5000", other) == "GET  of a stranger's page");
}

TEST_CASE("pages of allowed origins may post with credentials", "[door]") {
  Doors doors;
  auto const preflight = test::answer(
      doors.site,
      request("OPTIONS", "/socket.io/", {{"Origin", "https://a.example"}, {"Access-Control-Request-Method", "POST"}}));
  CHECK(preflight.status == 204);
  CHECK(http::find_header(preflight.headers, "Access-Control-Allow-Methods") == "GET, POST, OPTIONS");
  CHECK(http::find_header(preflight.headers, "Access-Control-Allow-Origin") == "https://a.example");
  CHECK(http::find_header(preflight.headers, "Access-Control-Allow-Credentials") == "true");
  auto const other = test::answer(doors.site, request("GET", "/socket.io/", {{"Origin", "https://b.example"}}));
  CHECK_FALSE(http::find_header(other.headers, "Access-Control-Allow-Credentials"));
  CHECK_FALSE(http::find_header(other.headers, "Access-Control-Allow-Origin"));
}
