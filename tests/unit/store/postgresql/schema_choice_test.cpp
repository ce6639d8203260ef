// SPDX-License-Identifier: MIT
#include "store/postgresql/schema_choice.hpp"

#include <catch2/catch.hpp>

using restapi::store::choose_schema;
using restapi::store::SchemaFound;

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
