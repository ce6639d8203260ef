#include "api/media.hpp"

#include <catch2/catch.hpp>

using restapi::api::read_accept;

TEST_CASE("what an Accept header leaves room for", "[media]") {
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
           Case{"application/xml, text/csv", false, false},
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
    auto const preference = read_accept(row.accept);
    CHECK(preference.json == row.json);
    if (row.json) CHECK(preference.indented == row.indented);
  }
}
