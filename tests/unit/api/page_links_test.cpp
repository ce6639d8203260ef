// SPDX-License-Identifier: MIT
#include "api/page_links.hpp"

#include <catch2/catch.hpp>
#include <span>

#include "query/paging.hpp"

using namespace restapi;
using namespace restapi::api;

namespace {

std::string link(std::string_view target, std::size_t segments, query::Page page, std::int64_t total,
                 http::PublicAddress const& address = {"http", "localhost:5000", ""}) {
  auto const read = *http::read_target(target);
  auto const before = std::span(read.segments).first(segments);
  return link_header(*query::neighbours_of(page, total), {{before.begin(), before.end()}}, read, address);
}

}  // namespace

TEST_CASE("a page in the middle has four neighbours", "[link]") {
  CHECK(link("/api/v2/nodes/page/2", 3, {2, 20}, 100) ==
        "<http://localhost:5000/api/v2/nodes/page/1>; rel=\"first\", "
        "<http://localhost:5000/api/v2/nodes/page/1>; rel=\"prev\", "
        "<http://localhost:5000/api/v2/nodes/page/3>; rel=\"next\", "
        "<http://localhost:5000/api/v2/nodes/page/5>; rel=\"last\"");
}

TEST_CASE("there is nothing before the first page and nothing after the last", "[link]") {
  CHECK(link("/api/v2/nodes/page", 3, {1, 20}, 0) ==
        "<http://localhost:5000/api/v2/nodes/page/1>; rel=\"first\", "
        "<http://localhost:5000/api/v2/nodes/page/1>; rel=\"last\"");
  CHECK(link("/api/v2/nodes/page/1/", 3, {1, 20}, 21).find("prev") == std::string::npos);
  CHECK(link("/api/v2/nodes/page/2", 3, {2, 20}, 21).find("next") == std::string::npos);
}

TEST_CASE("the query string is kept, fit to stand between angle brackets", "[link]") {
  CHECK(link("/api/v2/nodes/ab/io/inputs/page?type=like=%22%data%%22&id>4&_=1&label=\"<\xC3\xA9>\"", 6, {1, 20}, 1,
             {"https", "aiida.example.org", "/django"}) ==
        "<https://aiida.example.org/django/api/v2/nodes/ab/io/inputs/page/1?"
        "type=like=%22%25data%25%22&id%3E4&_=1&label=%22%3C%C3%A9%3E%22>; rel=\"first\", "
        "<https://aiida.example.org/django/api/v2/nodes/ab/io/inputs/page/1?"
        "type=like=%22%25data%25%22&id%3E4&_=1&label=%22%3C%C3%A9%3E%22>; rel=\"last\"");
}

TEST_CASE("where four links would be too long for a header, the next page is left", "[link]") {
  auto const query = "?label=" + std::string(longest_link_header / 4 - 80, 'x');
  CHECK(link("/api/v2/nodes/page/2" + query, 3, {2, 20}, 100).find("rel=\"last\"") != std::string::npos);
  auto const longer = query + std::string(100, 'x');
  CHECK(link("/api/v2/nodes/page/2" + longer, 3, {2, 20}, 100) ==
        "<http://localhost:5000/api/v2/nodes/page/3" + longer + ">; rel=\"next\"");
  CHECK(link("/api/v2/nodes/page/5" + longer + longer, 3, {5, 20}, 100).empty());
}

TEST_CASE("a link asks for what the request asked for", "[link]") {
  for (auto const* query :
       {"label=\"a&b=c,d\"", "label=\"%25\"", "label=\"%2541\"", "label=%22%%22", "label=\"+\"", "label=\"%23?/\""}) {
    CAPTURE(query);
    auto const header = link(std::string("/api/v2/nodes/page?") + query, 3, {1, 20}, 1);
    auto const url = header.substr(1, header.find('>') - 1);
    auto const again = http::read_target(url);
    REQUIRE(again);
    CHECK(again->path == "/api/v2/nodes/page/1");
    CHECK(again->decoded_query == http::read_target(std::string("/?") + query)->decoded_query);
  }
}

TEST_CASE("the rest behind a position is the same query, with that position", "[link]") {
  auto const next = [](std::string_view target) {
    return next_link("TOKEN", *http::read_target(target), {"http", "localhost:5000", ""});
  };
  auto const url = [](std::string const& query) {
    return "<http://localhost:5000/api/v2/nodes?" + query + ">; rel=\"next\"";
  };
  CHECK(next("/api/v2/nodes?after=") == url("after=TOKEN"));
  CHECK(next("/api/v2/nodes?limit=2&after=OLD&id>4") == url("limit=2&after=TOKEN&id%3E4"));
  CHECK(next("/api/v2/nodes?limit=2") == url("limit=2&after=TOKEN"));
  CHECK(next("/api/v2/nodes?limit=2&") == url("limit=2&after=TOKEN"));
  CHECK(next("/api/v2/nodes") == url("after=TOKEN"));
  CHECK(next("/api/v2/nodes?label=\"&after=\"") == url("label=%22&after=%22&after=TOKEN"));
}
