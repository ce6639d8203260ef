// SPDX-License-Identifier: MIT
#include "exporters/kpoints.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "example_bands.hpp"
#include "exporters/kpoints_description.hpp"
#include "exporters/kpoints_properties.hpp"

using namespace restapi::exporters;
using examples::node;
using examples::npy;
using nlohmann::json;
using restapi::Code;

namespace {

json properties(Node const& node) {
  auto const text = kpoints_properties(node);
  REQUIRE(text);
  return json::parse(*text);
}

Code error_of(std::string attributes, std::string file = npy("(1, 3)", {0, 0, 0})) {
  auto const text = kpoints_properties(node(std::move(attributes), {{"kpoints.npy", std::move(file)}}));
  REQUIRE_FALSE(text);
  CHECK_FALSE(text.error().message.empty());
  return text.error().code;
}

std::string const two_points = npy("(2, 3)", {0, 0, 0, 0.5, 0, 0.25});

}  // namespace

TEST_CASE("a mesh is written out, its last index fastest", "[exporters]") {
  CHECK(properties(node(R"({"mesh": [2, 1, 2], "offset": [0.5, 0, 0.0]})", {})) ==
        json::parse(R"({"has_cell": false, "has_mesh": true, "has_labels": false, "mesh": [2, 1, 2],
          "offset": [0.5, 0, 0.0],
          "explicit_kpoints_rel": [[0.25, 0, 0], [0.25, 0, 0.5], [0.75, 0, 0], [0.75, 0, 0.5]]})"));
}

TEST_CASE("a mesh without an offset has none", "[exporters]") {
  auto const found = properties(node(R"({"mesh": [1, 1.0, 1], "offset": null})", {}));
  CHECK(found["offset"] == json::parse("[0, 0, 0]"));
  CHECK(found["explicit_kpoints_rel"] == json::parse("[[0, 0, 0]]"));
}

TEST_CASE("offsets are as they were stored", "[exporters]") {
  auto const text = kpoints_properties(node(R"({"mesh": [1, 1, 1], "offset": [0, 0.5, -0.0]})", {}));
  REQUIRE(text);
  CHECK(text->find("[0,0.5,-0.0]") != text->npos);
}

TEST_CASE("a cell adds absolute k-points and the Brillouin zone", "[exporters]") {
  auto const found =
      properties(node(R"({"mesh": [2, 1, 1], "offset": [0, 0, 0], "cell": [[2, 0, 0], [0, 2, 0], [0, 0, 4]]})", {}));
  CHECK(found["has_cell"] == true);
  CHECK(found["explicit_kpoints_abs"][1][0].get<double>() == Approx(std::acos(-1.0) / 2));
  CHECK(found["faces_data"]["faces"].size() == 6);
  CHECK_FALSE(found.contains("labelled_kpoints_abs"));
}

TEST_CASE("a list has labelled points and a path", "[exporters]") {
  auto const found = properties(node(
      R"({"array|kpoints": [2, 3], "labels": ["G", "X", "G"], "label_numbers": [0, 1, 1],
          "cell": [[2, 0, 0], [0, 2, 0], [0, 0, 4]]})",
      {{"kpoints.npy", two_points}}));
  CHECK(found["has_mesh"] == false);
  CHECK(found["has_labels"] == true);
  CHECK(found["explicit_kpoints_rel"] == json::parse("[[0, 0, 0], [0.5, 0, 0.25]]"));
  CHECK(found["labelled_kpoints_rel"] == json::parse(R"({"G": [0.5, 0, 0.25], "X": [0.5, 0, 0.25]})"));
  CHECK(found["labelled_path"] == json::parse(R"([["G", "X"], ["X", "G"]])"));
  CHECK(found["labelled_kpoints_abs"]["X"][0].get<double>() == Approx(std::acos(-1.0) / 2));
  CHECK_FALSE(found.contains("mesh"));
}

TEST_CASE("the first label of a path has none before it", "[exporters]") {
  auto const found = properties(
      node(R"({"array|kpoints": [2, 3], "labels": ["\"X\n"], "label_numbers": [1]})", {{"kpoints.npy", two_points}}));
  CHECK(found["labelled_path"] == json::parse(R"([[null, "\"X\n"]])"));
}

TEST_CASE("labels may be an empty list, or there are none", "[exporters]") {
  auto const empty = properties(
      node(R"({"array|kpoints": [2, 3], "labels": [], "label_numbers": []})", {{"kpoints.npy", two_points}}));
  CHECK(empty["has_labels"] == true);
  CHECK(empty["labelled_path"] == json::array());
  CHECK(empty["labelled_kpoints_rel"] == json::object());
  auto const none = properties(node(R"({"array|kpoints": [2, 3], "labels": []})", {{"kpoints.npy", two_points}}));
  CHECK(none["has_labels"] == false);
  // Without a list they mean nothing.
  CHECK(properties(node(R"({"mesh": [1, 1, 1], "labels": ["G"], "label_numbers": [0]})", {}))["has_labels"] == false);
}

TEST_CASE("labels beside a mesh are those of the list", "[exporters]") {
  auto const found = properties(node(
      R"({"array|kpoints": [2, 3], "mesh": [1, 1, 1], "labels": ["X"], "label_numbers": [1],
          "cell": [[2, 0, 0], [0, 2, 0], [0, 0, 4]]})",
      {{"kpoints.npy", two_points}}));
  CHECK(found["explicit_kpoints_rel"].size() == 1);
  CHECK(found["labelled_kpoints_rel"]["X"] == json::parse("[0.5, 0, 0.25]"));
}

TEST_CASE("neither mesh nor list is no k-point", "[exporters]") {
  CHECK(properties(node("{}", {}))["explicit_kpoints_rel"] == json::array());
}

TEST_CASE("k-points that are not finite are null", "[exporters]") {
  auto const found =
      properties(node(R"({"array|kpoints": [1, 3]})", {{"kpoints.npy", npy("(1, 3)", {NAN, 1, INFINITY})}}));
  CHECK(found["explicit_kpoints_rel"] == json::parse("[[null, 1, null]]"));
}

TEST_CASE("ill-formed k-points are refused with a sentence", "[exporters]") {
  for (auto const* attributes : {
           "",
           "[]",
           "{",
           R"({"mesh": 4})",
           R"({"mesh": [4, 4]})",
           R"({"mesh": [4, 4, 0]})",
           R"({"mesh": [4, 4, -4]})",
           R"({"mesh": [4, 4, 0.5]})",
           R"({"mesh": [4, 4, "4"]})",
           R"({"mesh": [1000, 1000, 2]})",
           R"({"mesh": [1000000000, 1000000000, 1000000000]})",
           R"({"mesh": [9223372036854775807, 9223372036854775807, 2]})",
           R"({"mesh": [18446744073709551615, 1, 1]})",
           R"({"mesh": [1e300, 1, 1]})",
           R"({"mesh": [1, 1, 1], "offset": [0, 0]})",
           R"({"mesh": [1, 1, 1], "offset": ["0", 0, 0]})",
           R"({"cell": []})",
           R"({"cell": [[1, 0, 0], [0, 1, 0], [0, 0]]})",
           R"({"cell": [[1, 0, 0], [0, 1, 0], [0, 0, null]]})",
           R"({"cell": [[1, 0, 0], [0, 1, 0], [1, 1, 0]]})",
           R"({"array|kpoints": [1, 3], "labels": ["G"], "label_numbers": []})",
           R"({"array|kpoints": [1, 3], "labels": ["G"], "label_numbers": [1]})",
           R"({"array|kpoints": [1, 3], "labels": ["G"], "label_numbers": [-1]})",
           R"({"array|kpoints": [1, 3], "labels": ["G"], "label_numbers": [1e30]})",
           R"({"array|kpoints": [1, 3], "labels": ["G"], "label_numbers": ["0"]})",
           R"({"array|kpoints": [1, 3], "labels": [7], "label_numbers": [0]})",
           R"({"array|kpoints": [1, 3], "labels": "G", "label_numbers": 0})",
       }) {
    INFO(attributes);
    CHECK(error_of(attributes) == Code::export_not_possible);
  }
}

TEST_CASE("a list of k-points has rows of three numbers", "[exporters]") {
  auto const* const attributes = R"({"array|kpoints": [1, 3]})";
  CHECK(error_of(attributes, npy("(3,)", {0, 0, 0})) == Code::export_not_possible);
  CHECK(error_of(attributes, npy("(1, 2)", {0, 0})) == Code::export_not_possible);
  CHECK(error_of(attributes, npy("(1, 1, 3)", {0, 0, 0})) == Code::export_not_possible);
  CHECK(error_of(attributes, "no array") == Code::export_not_possible);
  auto const missing = kpoints_properties(node(attributes, {}));
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Code::no_such_object);
}

TEST_CASE("a mesh may have a million points", "[exporters]") {
  auto const kpoints = read_kpoints(node(R"({"mesh": [100, 100, 100]})", {}));
  REQUIRE(kpoints);
  CHECK(explicit_kpoints(*kpoints).size() == most_kpoints);
}

TEST_CASE("k-points are described in one line", "[exporters]") {
  CHECK(kpoints_description(R"({"mesh": [4, 4, 2], "offset": [0.5, 0.0, 0]})") == "Kpoints mesh: 4x4x2 (+0.5,0.0,0.0)");
  CHECK(kpoints_description(R"({"mesh": [4, 4, 2]})") == "Kpoints mesh: 4x4x2 (+0.0,0.0,0.0)");
  CHECK(kpoints_description(R"({"array|kpoints": [40, 3], "array|bands": [40, 8]})") == "(Path of 40 kpts)");
  for (auto const* attributes :
       {"", "{", "[]", "{}", R"({"mesh": 3})", R"({"mesh": [1, 2]})", R"({"mesh": ["a", 1, 1]})",
        R"({"array|kpoints": []})", R"({"array|kpoints": ["x"]})", R"({"array|kpoints": {"0": 1}})"}) {
    INFO(attributes);
    CHECK(kpoints_description(attributes).empty());
  }
}
