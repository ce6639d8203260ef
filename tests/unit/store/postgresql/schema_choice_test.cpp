// SPDX-License-Identifier: MIT
#include "store/postgresql/schema_choice.hpp"

#include <catch2/catch.hpp>

using restapi::store::choose_schema;
using restapi::store::SchemaFound;
using restapi::store::search_path_in;

TEST_CASE("the schema of the tables is the first on the path, else the only one", "[schema]") {
  auto const chosen = [](std::vector<SchemaFound> const& found) {
    auto const name = choose_schema(found);
    return name ? *name : "refused: " + name.error().message + "; " + name.error().hint;
  };
  CHECK(chosen({}).empty());
  CHECK(chosen({{"aiida", false}}) == "aiida");
  CHECK(chosen({{"aiida", true}, {"public", true}, {"archive", false}}) == "aiida");
  auto const refusal = chosen({{"aiida", false}, {"archive", false}});
  CHECK(refusal.find("aiida, archive") != std::string::npos);
  CHECK(refusal.find("options=-csearch_path%3Daiida") != std::string::npos);
}

TEST_CASE("the search path is found among libpq's options", "[schema]") {
  CHECK(search_path_in("-csearch_path=b") == "b");
  CHECK(search_path_in("-c search_path=b,\\ public -cjit=off") == "b, public");
  CHECK(search_path_in("-cjit=off --search-path=\"B\"") == "\"B\"");
  CHECK(search_path_in("-csearch_path=a -c SEARCH_PATH=b") == "b");
  CHECK(search_path_in("-csearch_path=") == "");
  for (auto const* options :
       {"", "  ", "-c", "-cjit=off", "-csearch_path", "search_path=b", "-d 5 -cx=search_path=b"}) {
    INFO(options);
    CHECK_FALSE(search_path_in(options));
  }
}
