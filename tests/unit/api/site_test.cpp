// SPDX-License-Identifier: MIT
// Which profile answers, and what it says of its own address.
#include "api/site.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "store/store_keeper.hpp"
#include "support/empty_store.hpp"

using namespace restapi;
using namespace restapi::api;
using nlohmann::json;

namespace {

store::LazyStore::Open opens(std::atomic<int>& openings) {
  return [&openings]() -> Result<std::shared_ptr<store::Store>> {
    ++openings;
    return std::shared_ptr<store::Store>(std::make_unique<test::EmptyStore>());
  };
}

/// Three profiles, one of which cannot be opened.
struct Profiles {
  explicit Profiles(std::vector<std::string> const& names = {"main", "two words", "broken"}) {
    auto const memory = std::make_shared<AnswerMemory>(1 << 20);
    std::vector<std::unique_ptr<Service>> services;
    for (auto const& name : names) {
      auto const open = name == "broken" ? store::LazyStore::Open([] {
        return Result<std::shared_ptr<store::Store>>(Error{Code::source_refused, "no such file"});
      })
                                         : opens(openings);
      services.push_back(std::make_unique<Service>(keeper.add(name, open), ServiceOptions{.memory = memory}));
    }
    site = std::make_unique<Site>(std::move(services), SiteOptions{});
  }

  http::Attempt attempt(http::Request const& request, bool may_wait = false) {
    http::Batch alone;
    return site->attempt(request, alone, may_wait);
  }

  http::Response answer(http::Request const& request) {
    auto attempted = attempt(request);
    if (auto* reply = std::get_if<http::Reply>(&attempted)) return *reply->response;
    return *std::get<std::unique_ptr<http::Work>>(attempted)->run().response;
  }
  http::Response get(std::string const& target, std::vector<http::Header> headers = {}) {
    return answer({"GET", target, std::move(headers), "127.0.0.1"});
  }

  std::atomic<int> openings = 0;
  store::StoreKeeper keeper{{}};
  std::unique_ptr<Site> site;
};

json body_of(http::Response const& response) { return json::parse(response.body.text()); }

}  // namespace

TEST_CASE("each profile is served under its name, the first also without", "[site]") {
  struct Case {
    std::string target;
    int status;
    std::string url_root;  // empty: not in the answer
  };
  std::string const root = "http://localhost:5000/";
  std::vector<Case> const cases{
      {"/api/v2/users", 200, root},
      {"/%61pi/v2/users", 200, root},
      {"/main/api/v2/users", 200, root + "main/"},
      {"/main/api/v2/users?limit=3", 200, root + "main/"},
      {"/two%20words/api/v2/users", 200, root + "two%20words/"},
      {"/%74wo%20words/api/v2/users", 200, root + "two%20words/"},
      {"http://localhost:5000/main/api/v2/users", 200, root + "main/"},
      {"http://localhost:5000/api/v2/users", 200, root},
      {"/main/api/v2/users?limit=x", 400, ""},
      {"/main/main/api/v2/users", 404, ""},
      {"/main", 404, ""},
      {"/main/", 404, ""},
      {"/main?x", 404, ""},
      {"/Main/api/v2/users", 404, ""},
      {"/mai/api/v2/users", 404, ""},
      {"//api/v2/users", 404, ""},
      {"/%ff/api/v2/users", 404, ""},
      {"/broken/api/v2/users", 503, ""},
  };
  Profiles profiles;
  for (int round = 0; round < 2; ++round) {  // read, then remembered
    for (auto const& c : cases) {
      CAPTURE(c.target, round);
      auto const response = profiles.get(c.target);
      CHECK(response.status == c.status);
      if (c.url_root.empty()) continue;
      auto const body = body_of(response);
      CHECK(body.at("url_root") == c.url_root);
      CHECK(body.at("path").get<std::string>().substr(0, 4) != "/mai");
      CHECK(body.at("url").get<std::string>().starts_with(*http::percent_decode(c.url_root)));
    }
  }
  CHECK(profiles.openings == 2);
}

TEST_CASE("a profile that does not exist is answered with the nearest one", "[site]") {
  Profiles profiles;
  CHECK(body_of(profiles.get("/mian/api/v2/users")).at("message") ==
        "there is no profile \"mian\"; did you mean \"main\"? http://localhost:5000/ lists them");
  CHECK(body_of(profiles.get("/nodes/17")).at("message") ==
        "there is no profile \"nodes\"; http://localhost:5000/ lists them");
}

TEST_CASE("a proxy's prefix stands before the profile's", "[site]") {
  Profiles profiles;
  auto const response = profiles.answer(
      {"GET", "/main/api/v2/users", {{"X-Forwarded-Prefix", "/aiida"}, {"Host", "example.org"}}, "127.0.0.1"});
  CHECK(body_of(response).at("url_root") == "http://example.org/main/");  // nobody is trusted
  std::vector<std::unique_ptr<Service>> services;
  test::EmptyStore store;
  store::StoreKeeper keeper({});
  std::atomic<int> openings = 0;
  auto const trusted = *http::AddressRange::parse("127.0.0.1");
  services.push_back(
      std::make_unique<Service>(keeper.add("main", opens(openings)), ServiceOptions{.trusted_proxies = {trusted}}));
  Site site(std::move(services), {.trusted_proxies = {trusted}});
  for (std::string const target : {"/main/api/v2/users", "/"}) {
    http::Batch alone;
    auto attempted = site.attempt(
        {"GET", target, {{"X-Forwarded-Prefix", "/aiida"}, {"Host", "example.org"}}, "127.0.0.1"}, alone, false);
    auto const answered = std::holds_alternative<http::Reply>(attempted)
                              ? std::get<http::Reply>(attempted).response
                              : std::get<std::unique_ptr<http::Work>>(attempted)->run().response;
    auto const text = answered->body.text();
    CAPTURE(text);
    CHECK(text.find(target == "/" ? "http://example.org/aiida/main/api/v2/" : "http://example.org/aiida/main/") !=
          text.npos);
  }
}

TEST_CASE("a profile that cannot be served before it is mended says why, also in the list", "[site]") {
  std::atomic<int> openings = 0;
  Error const gone{Code::source_refused, "no such file: \"/secret\"", "", {}, {}, "its file is not there"};
  store::StoreKeeper keeper{{}};
  std::vector<std::unique_ptr<Service>> services;
  services.push_back(std::make_unique<Service>(keeper.add("main", opens(openings)), ServiceOptions{}));
  services.push_back(
      std::make_unique<Service>(keeper.add(
                                    "gone", [&] { return Result<std::shared_ptr<store::Store>>(gone); }, {}, gone),
                                ServiceOptions{}));
  Site site(std::move(services), SiteOptions{});
  auto const get = [&](std::string const& target) {
    http::Batch alone;
    auto attempted = site.attempt({"GET", target, {}, "127.0.0.1"}, alone, false);
    if (auto* reply = std::get_if<http::Reply>(&attempted)) return *reply->response;
    return *std::get<std::unique_ptr<http::Work>>(attempted)->run().response;
  };
  for (int i = 0; i < 2; ++i) {  // before it was tried, and after
    CHECK(body_of(get("/")).at("data").at("profiles") ==
          json::parse(R"([{"name":"main","url":"http://localhost:5000/main/api/v2/"},
                          {"name":"gone","url":"http://localhost:5000/gone/api/v2/",
                           "error":"its file is not there"}])"));
    auto const answer = get("/gone/api/v2/nodes");
    CHECK(answer.status == 503);
    CHECK_FALSE(http::find_header(answer.headers, "Retry-After"));
    CHECK(body_of(answer) == json{{"message", "the database cannot be served: its file is not there"}});
  }
}

TEST_CASE("the root lists the profiles, and opens none", "[site]") {
  Profiles profiles;
  auto const response = profiles.get("/");
  CHECK(response.status == 200);
  CHECK(http::find_header(response.headers, "X-Total-Count") == "3");
  CHECK(http::find_header(response.headers, "X-Content-Type-Options") == "nosniff");
  auto const list = body_of(response).at("data").at("profiles");
  CHECK(list == json::parse(R"([{"name":"main","url":"http://localhost:5000/main/api/v2/"},
                                {"name":"two words","url":"http://localhost:5000/two%20words/api/v2/"},
                                {"name":"broken","url":"http://localhost:5000/broken/api/v2/"}])"));
  for (auto const& profile : list) {
    auto const url = profile.at("url").get<std::string>();
    if (profile.at("name") != "broken") CHECK(profiles.get(url.substr(url.find('/', 7))).status == 200);
  }
  auto const posted = profiles.answer({"POST", "/", {}, ""});
  CHECK(posted.status == 405);
  CHECK(http::find_header(posted.headers, "Allow") == "GET, HEAD, OPTIONS");
  CHECK(profiles.answer({"OPTIONS", "/", {}, ""}).status == 204);
  for (auto const* format : {"image/png", "text/csv", "image/svg+xml", "application/octet-stream"})
    CHECK(profiles.get("/", {{"Accept", format}}).status == 406);
}

TEST_CASE("an unknown name says where the known ones are", "[site]") {
  Profiles profiles;
  auto const response = profiles.get("/mian/api/v2/nodes");
  CHECK(response.status == 404);
  CHECK(body_of(response) ==
        json{{"message", "there is no profile \"mian\"; did you mean \"main\"? http://localhost:5000/ lists them"}});
  // With one profile nobody thinks of names.
  CHECK(Profiles({"main"}).get("/v2/nodes").body.text() ==
        "no such endpoint; the API starts at http://localhost:5000/api/v2; the nearest endpoint is "
        "http://localhost:5000/api/v2/nodes\n");
}

TEST_CASE("profiles with equal questions do not answer for each other", "[site]") {
  Profiles profiles({"a", "b", "c"});
  std::set<std::string> tags;
  for (int round = 0; round < 3; ++round)
    for (auto const* name : {"a", "b", "c"}) {
      auto const target = std::string("/") + name + "/api/v2/users";
      auto const response = profiles.get(target);
      auto const tag = std::string(http::find_header(response.headers, "ETag").value_or(""));
      REQUIRE_FALSE(tag.empty());
      tags.insert(tag);
      CHECK(profiles.get(target, {{"If-None-Match", tag}}).status == 304);
    }
  CHECK(tags.size() == 3);
  // Opened anew, a profile is another: who knows what its database has become meanwhile.
  for (auto const& store : profiles.keeper.stores())
    CHECK(store->close_unused(store::LazyStore::Clock::now() + std::chrono::hours(1)));
  for (auto const* name : {"a", "b", "c"})
    tags.insert(std::string(
        http::find_header(profiles.get(std::string("/") + name + "/api/v2/users").headers, "ETag").value_or("")));
  CHECK(tags.size() == 6);
  CHECK(profiles.openings == 6);
}

TEST_CASE("while a profile is opened, others wait for that", "[site]") {
  Profiles profiles;
  http::Request const request{"GET", "/main/api/v2/users", {}, ""};
  auto first = profiles.attempt(request, true);
  auto* work = std::get_if<std::unique_ptr<http::Work>>(&first);
  REQUIRE(work);
  auto second = profiles.attempt(request, true);
  auto* waits = std::get_if<http::InProgress>(&second);
  REQUIRE(waits);
  CHECK_FALSE(waits->work.expired());
  CHECK(std::holds_alternative<std::unique_ptr<http::Work>>(
      profiles.attempt({"GET", "/two%20words/api/v2", {}, ""}, true)));
  CHECK(profiles.openings == 0);
  auto const reply = (*work)->run();
  CHECK(reply.response->status == 200);
  CHECK(reply.trace.profile == "main");
  CHECK(waits->work.expired());
  CHECK(profiles.openings == 1);
}

TEST_CASE("what needs no database opens none", "[site]") {
  Profiles profiles;
  CHECK(profiles.answer({"OPTIONS", "/main/api/v2/users", {}, ""}).status == 204);
  CHECK(profiles.answer({"POST", "/main/api/v2/users", {}, ""}).status == 405);
  CHECK(profiles.get("/main/api/v2/users", {{"Accept", "image/png"}}).status == 406);
  CHECK(profiles.openings == 0);
}
