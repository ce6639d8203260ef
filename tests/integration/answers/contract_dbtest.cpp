// SPDX-License-Identifier: MIT
// What holds for every answer: shapes, headers, fields, privacy; all routes of all resources on all stores are walked.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "api/v2/vocabulary.hpp"
#include "base/sorted_json.hpp"
#include "http/error_catalogue.hpp"
#include "support/service.hpp"
#include "support/walk.hpp"

using namespace restapi;
using test::ask;
using test::every_target;

namespace {

std::string const base = "/api/v2/";

api::ServiceOptions const for_all_pages{.access = {.cors_origins = {"*"}}};

std::string joined_keys(nlohmann::json const& object) {
  std::string keys;
  for (auto const& [key, value] : object.items()) keys += (keys.empty() ? "" : " ") + key;
  return keys;
}

// Whether the keys of all objects stand in the text in the order of their bytes.
bool is_sorted_and_compact(std::string const& json) {
  std::string sorted;
  restapi::AnswerLimits limits;
  return restapi::append_sorted_json(sorted, json, {}, limits) && sorted == json;
}

}  // namespace

TEST_CASE("every route of every object answers in the same envelope", "[contract]") {
  for (auto const* opened : test::every_store()) {
    for (auto const& target : every_target(*opened->store)) {
      INFO(opened->name << ": " << target);
      auto const answer = ask(*opened->store, target, for_all_pages);
      REQUIRE(answer.status == 200);
      CHECK(joined_keys(answer.body) == "data method path pk query_string resource_type url url_root");
      CHECK(is_sorted_and_compact(answer.text));
      CHECK(answer.body["method"] == "GET");
      CHECK(answer.body["path"] == target);
      CHECK(answer.body["url"] == "http://localhost:5000" + target);
      CHECK(answer.header("Content-Type") == "application/json");
      CHECK(answer.header("Access-Control-Allow-Origin") == "*");
      CHECK(!answer.header("X-Total-Counts").empty());
      CHECK(answer.header("X-Total-Count") == answer.header("X-Total-Counts"));
      CHECK((target.find("/page") != target.npos) == !answer.header("Link").empty());
      bool const names_an_object = target.find("<") == target.npos && answer.body["pk"].is_number();
      auto const depth = std::ranges::count(target, '/');
      bool const is_list = depth == 3 || target.find("/page") != target.npos;
      if (is_list && target.find("/io/") == target.npos) CHECK(!names_an_object);
      if (target.find("/io/") != target.npos || target.find("/content/") != target.npos) CHECK(names_an_object);
    }
  }
}

TEST_CASE("rows, schema and order name exactly the fields that are shown", "[contract]") {
  for (auto const* opened : test::every_store()) {
    for (auto const& view : api::v2::vocabulary().views) {
      std::string const resource(view.name);
      std::string names;
      for (auto const& field : view.projection->fields) names += (names.empty() ? "" : " ") + std::string(field.name);
      INFO(opened->name << ": " << resource);
      auto const list = ask(*opened->store, base + resource);
      auto const& rows = list.body["data"][resource];
      REQUIRE(!rows.empty());
      for (auto const& row : rows) CHECK(joined_keys(row) == names);
      CHECK(list.header("X-Total-Count") == std::to_string(rows.size()));

      auto const schema = ask(*opened->store, base + resource + "/schema").body["data"];
      CHECK(joined_keys(schema) == "fields ordering");
      std::string displayed;
      for (auto const& [name, field] : schema["fields"].items())
        if (field["is_display"] == true) displayed += (displayed.empty() ? "" : " ") + name;
      CHECK(displayed == names);
      std::string ordering;
      for (auto const& name : schema["ordering"]) ordering += (ordering.empty() ? "" : " ") + name.get<std::string>();
      CHECK(ordering == names);
      for (auto const& field : schema["fields"]) {
        for (auto const* key : {"type", "is_foreign_key", "help_text", "display_name", "is_display"})
          CHECK(field.contains(key));
        CHECK(std::set<std::string>{"int", "str", "bool", "datetime", "dict"}.contains(field["type"]));
      }
      // Each field of the schema can be filtered and sorted by; that is what /schema is for.
      for (auto const& name : schema["ordering"])
        CHECK(ask(*opened->store, base + resource + "?orderby=-" + name.get<std::string>()).status == 200);
    }
  }
}

TEST_CASE("addresses, passwords and other private values leave in no answer", "[contract][privacy]") {
  std::vector<std::string> const secrets{"secret-hash", "@localhost", "@example.org", "email",     "is_active",
                                         "last_login",  "password",   "is_staff",     "superuser", "07:02:41"};
  for (auto const* opened : test::every_store()) {
    auto targets = every_target(*opened->store);
    for (auto const* target : {"users?last_login>2000-01-01", "users?orderby=-id", "users/page/1?perpage=1"})
      targets.push_back(base + target);
    for (auto const& target : targets) {
      INFO(opened->name << ": " << target);
      auto const answer = ask(*opened->store, target);
      // query_string and url repeat what the client wrote.
      auto const data = answer.body["data"].dump();
      for (auto const& secret : secrets) {
        INFO(secret);
        CHECK(data.find(secret) == data.npos);
      }
    }
  }
}

TEST_CASE("an error may name a private key that was asked for, never its values", "[contract][privacy]") {
  for (auto const* opened : test::every_store()) {
    for (auto const* key : {"email", "is_active", "password", "is_superuser", "is_staff"}) {
      for (auto const* rest : {"=\"x\"", "=like=\"%\"", "!=\"x\"", "=true", "=in=\"a\",\"b\""}) {
        auto const answer = ask(*opened->store, base + "users?" + key + rest);
        INFO(opened->name << ": " << key << rest << ": " << answer.text);
        CHECK(answer.status == 400);
        CHECK(answer.text.find("secret-hash") == answer.text.npos);
        CHECK(answer.text.find('@') == answer.text.npos);
      }
      CHECK(ask(*opened->store, base + "users?orderby=" + key).status == 400);
    }
    CHECK(ask(*opened->store, base + "users?orderby=last_login").status == 400);
  }
}

TEST_CASE("each error that a request can cause has its status and the one shape", "[contract][error]") {
  struct Row {
    Code code;
    std::string method, target, accept;
  };
  std::string const nodes = base + "nodes";
  std::vector<Row> const rows{
      {Code::bad_encoding, "GET", nodes + "?label=\"\xFF\"", ""},
      {Code::control_character, "GET", nodes + "?label=%22%00%22", ""},
      {Code::syntax, "GET", nodes + "?label=\"open", ""},
      {Code::unknown_key, "GET", nodes + "?colour=1", ""},
      {Code::operator_not_accepted, "GET", nodes + "?id=like=\"4\"", ""},
      {Code::wrong_type, "GET", nodes + "?id=\"4\"", ""},
      {Code::out_of_range, "GET", nodes + "?ctime>2015-02-29", ""},
      {Code::private_key, "GET", base + "users?email=\"x\"", ""},
      {Code::repeated_key, "GET", nodes + "?limit=1&limit=1", ""},
      {Code::only_assignment, "GET", nodes + "?limit>1", ""},
      {Code::incompatible_keys, "GET", nodes + "/page?limit=1", ""},
      {Code::limit_too_large, "GET", nodes + "?limit=401", ""},
      {Code::no_such_page, "GET", nodes + "/page/1000", ""},
      {Code::no_such_object, "GET", nodes + "/ffffffff", ""},
      {Code::key_elsewhere, "GET", nodes + "?alist=a", ""},
      {Code::pattern_too_complex, "GET", nodes + "?label=like=\"" + std::string(65, '_') + "\"", ""},
      {Code::method_not_allowed, "PUT", nodes, ""},
      {Code::not_acceptable, "GET", nodes, "image/png"},
  };
  for (auto const* opened : test::every_store()) {
    test::Service service(*opened->store, for_all_pages);
    for (auto const& row : rows) {
      auto const& expected = http::error_row(row.code);
      INFO(opened->name << ": " << expected.name);
      http::Request request{row.method, row.target, {{"Host", "localhost:5000"}}, ""};
      if (!row.accept.empty()) request.headers.emplace_back("Accept", row.accept);
      auto const response = service.answer(request);
      CHECK(response.status == expected.status);
      auto const body = nlohmann::json::parse(response.body.text(), nullptr, false);
      CHECK(joined_keys(body) == "message");
      CHECK(!body["message"].get<std::string>().empty());
      CHECK(http::find_header(response.headers, "Content-Type") == "application/json");
      CHECK(http::find_header(response.headers, "Access-Control-Allow-Origin") == "*");
    }
  }
  // The fixture of 0.x has two nodes whose uuids begin alike.
  auto& document = test::shared_store(test::Fixture::document, source::Engine::sqlite);
  CHECK(ask(*document.store, nodes + "/5a5a5a5a").status == http::error_row(Code::ambiguous_id).status);
}

TEST_CASE("bytes that are no request are refused in the same shape", "[contract][error]") {
  auto& opened = test::shared_store(test::Fixture::document, source::Engine::sqlite);
  test::Service service(*opened.store, {});
  for (auto const& row : http::error_catalogue()) {
    if (row.code == Code::no_such_route) continue;  // one line of text
    INFO(row.name);
    auto const response = *service.refuse({row.code, "what happened", "what would work", {}, "SELECT secret"}).response;
    CHECK(response.status == row.status);
    auto const body = nlohmann::json::parse(response.body.text(), nullptr, false);
    CHECK(joined_keys(body) == "message");
    CHECK(response.body.text().find("SELECT") == response.body.text().npos);
    if (row.status == 500) CHECK(body["message"] == "Internal server error");
    if (row.status == 503) CHECK(http::find_header(response.headers, "Retry-After").has_value());
  }
}

TEST_CASE("a path that is no endpoint is answered without JSON", "[contract][error]") {
  for (auto const* opened : test::every_store()) {
    for (auto const* target : {"/", "/api", "/api/v1/nodes", "/api/v2/atoms", "/api/v2/nodes/1/2/3/4/5",
                               "/api/v2/users/1/io/inputs", "/api/v2/nodes/page/1/2", "//", "/api/v2//nodes"}) {
      INFO(opened->name << ": " << target);
      auto const answer = ask(*opened->store, target);
      CHECK(answer.status == 404);
      CHECK(answer.body.is_discarded());
      CHECK(answer.header("Content-Type").starts_with("text/plain"));
      CHECK(answer.text.find("/api/v2") != answer.text.npos);
      CHECK(std::ranges::count(answer.text, '\n') == 1);
    }
  }
}
