// SPDX-License-Identifier: MIT
#include "exporters/array_json.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "exporters/comments.hpp"
#include "support/npy_file.hpp"

using namespace std::string_literals;
using nlohmann::json;
using restapi::Code;
using restapi::exporters::arrays_json;
using restapi::exporters::comments;
using support::bytes_of;
using support::node_of;
using support::npy_of;

namespace {

Code code_of(restapi::exporters::Node const& node) {
  auto const answer = arrays_json(node);
  REQUIRE_FALSE(answer);
  return answer.error().code;
}

}  // namespace

TEST_CASE("arrays as nested lists", "[exporters][array]") {
  auto const node = node_of(
      R"({"array|x_array":[2,2],"array|flags":[2],"array|steps":[2],"array|one":[],"array|large":[1],"array|names":[2],
          "array|none":[2,0],"x_name":"k"})",
      {{"x_array.npy", npy_of("<f8", "(2, 2)", bytes_of(std::vector<double>{0.1, 2, NAN, -INFINITY}))},
       {"flags.npy", npy_of("|b1", "(2,)", "\1\0"s)},
       {"steps.npy", npy_of("<i8", "(2,)", bytes_of(std::vector<std::int64_t>{0, 10}))},
       {"one.npy", npy_of("<f8", "()", bytes_of(std::vector<double>{1e-7}))},
       {"large.npy", npy_of("<u8", "(1,)", "\xff\xff\xff\xff\xff\xff\xff\xff")},
       {"names.npy", npy_of("|S2", "(2,)", "a\"\xff\0"s)},
       {"none.npy", npy_of("<f8", "(2, 0)", "")}});
  auto const answer = arrays_json(node);
  REQUIRE(answer);
  std::string lines = json(comments()).dump();
  CHECK(*answer == R"({"flags":[true,false],"large":[18446744073709551615],"names":["a\"",")"
                   "\xEF\xBF\xBD"
                   R"("],"none":[[],[]],"one":1e-07,"steps":[0,10],"x_array":[[0.1,2.0],[null,null]],)"
                   R"("original_uuid":"d2b0dd44-3a2b-4b7a-8c5e-000000000001","comments":)" +
                       lines + "}");
  CHECK(json::parse(*answer)["x_array"][0][0] == 0.1);
}

TEST_CASE("a node without arrays", "[exporters][array]") {
  auto const answer = arrays_json(node_of(R"({"mesh":[2,2,2]})"));
  REQUIRE(answer);
  auto const document = json::parse(*answer);
  CHECK(document.size() == 2);
  CHECK(document["comments"] == comments());
}

TEST_CASE("arrays named like what is added are left out", "[exporters][array]") {
  auto const answer = arrays_json(node_of(R"({"array|comments":[1],"array|original_uuid":[1]})"));
  REQUIRE(answer);
  CHECK(json::parse(*answer)["comments"] == comments());
}

TEST_CASE("arrays that cannot be told", "[exporters][array]") {
  CHECK(code_of(node_of("no JSON")) == Code::export_not_possible);
  CHECK(code_of(node_of("[]")) == Code::export_not_possible);
  CHECK(code_of(node_of(R"({"array|a":[1]})")) == Code::no_such_object);
  CHECK(code_of(node_of(R"({"array|a":[1]})", {{"a.npy", "?"}})) == Code::export_not_possible);
  CHECK(code_of(node_of(R"({"array|a":[1]})", {{"a.npy", npy_of("<c16", "(1,)", std::string(16, ' '))}})) ==
        Code::export_not_possible);
  CHECK(code_of(node_of(R"({"array|a":[1]})", {{"a.npy", npy_of("<f8", "(1000000000, 0)", "")}})) ==
        Code::answer_too_large);
}
