// SPDX-License-Identifier: MIT
#include "api/format.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "api/versions.hpp"

using namespace restapi;
using api::choose_format;

TEST_CASE("what an Accept header leaves room for", "[format]") {
  auto const formats = api::versions().front()->formats();
  struct Case {
    std::string_view accept;
    bool json, indented;
  };
  for (auto const& row : {
           Case{"", true, false},  // absent
           Case{"*/*", true, false},
           Case{"application/json", true, false},
           Case{"Application/JSON", true, false},  // types ignore case
           Case{"application/*", true, false},
           Case{"application/json; charset=utf-8", true, false},
           Case{"application/json;q=0.1", true, false},
           Case{"application/json, text/plain, */*", true, false},
           Case{"text/plain, */*;q=0.1", true, false},
           // browsers
           Case{"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", true, true},
           Case{"text/html", true, true},
           Case{"TEXT/HTML", true, true},
           // no room
           Case{"text/plain", false, false},
           Case{"application/xml, text/xml", false, false},
           Case{"image/*", false, false},
           Case{"application/json;q=0", false, false},
           Case{"application/json; Q=0.000", false, false},
           Case{"application/json;q=0, */*", false, false},
           Case{"*/*;q=0", false, false},
           Case{"text/html;q=0", false, false},
           Case{"application/jsonp", false, false},
           // nothing well-formed: as if absent
           Case{"foo", true, false},
           Case{",,;;,", true, false},
           Case{"/", true, false},
           Case{"application/", true, false},
           Case{"foo, text/plain", false, false},
       }) {
    CAPTURE(row.accept);
    auto const* const format = choose_format(row.accept, formats);
    CHECK((format != nullptr) == row.json);
    if (format) CHECK(format->is_indented == row.indented);
  }
}

TEST_CASE("who takes no format of /api/v4 is sent JSON, as by AiiDA", "[format]") {
  for (auto const* accept : {"application/octet-stream", "text/csv", "image/*", "application/json;q=0"}) {
    CAPTURE(accept);
    auto const* const format = choose_format(accept, api::versions().back()->formats());
    REQUIRE(format != nullptr);
    CHECK(format->name == "JSON");
  }
}

TEST_CASE("each format of a version can be asked for, and one is what clients get that do not ask", "[format]") {
  for (auto const* version : api::versions()) {
    std::set<std::string_view> names;
    for (auto const& format : version->formats()) {
      CAPTURE(version->prefix(), format.name);
      CHECK(names.insert(format.name).second);
      CHECK(choose_format(format.asked_as, version->formats()) == &format);
      CHECK((format.render != nullptr) != (format.writer != nullptr));
    }
    CHECK(std::ranges::count_if(version->formats(), [](auto const& format) { return format.is_default; }) == 1);
  }
}

TEST_CASE("a client that takes no format is told those that there are", "[format][error]") {
  api::Format formats[] = {
      {.name = "JSON", .media_type = "application/json", .asked_as = "application/json", .render = {}},
      {.name = "indented JSON",
       .media_type = "application/json",
       .asked_as = "text/html",
       .render = {},
       .is_indented = true},
      {.name = "CSV", .media_type = "text/csv", .asked_as = "text/csv", .render = {}}};
  auto const error = api::not_acceptable(formats);
  CHECK(error.code == Code::not_acceptable);
  CHECK(error.message == "this service answers in JSON or CSV");
  CHECK(error.hint == "send Accept: application/json or text/csv, or none");
}

TEST_CASE("a page is for who prefers HTML to JSON", "[format][pages]") {
  struct Case {
    std::string_view accept;
    bool is_page;
  };
  for (auto const* version : api::versions({.pages = true})) {
    for (auto const& row :
         {Case{"", false}, Case{"*/*", false}, Case{"application/json", false}, Case{"text/html", true},
          Case{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true}, Case{"text/html,*/*", false},
          Case{"text/html,application/json", false}, Case{"text/html;q=0.5,application/json;q=0.4", true},
          Case{"text/html;q=0.5,*/*;q=0.6", false}}) {
      CAPTURE(version->prefix(), row.accept);
      auto const* const format = choose_format(row.accept, version->formats());
      REQUIRE(format != nullptr);
      CHECK(format->is_page == row.is_page);
    }
  }
  CHECK(choose_format("*/*", api::versions({.pages = true}).front()->formats(), "/api/v2/nodes.html")->is_page);
}
