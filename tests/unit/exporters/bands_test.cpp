// SPDX-License-Identifier: MIT
#include "exporters/bands.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "example_bands.hpp"
#include "exporters/bands_json.hpp"
#include "exporters/comments.hpp"

using namespace restapi::exporters;
using examples::node;
using examples::npy;
using nlohmann::json;
using restapi::Code;
using Labels = std::vector<KpointLabel>;

namespace {

/// On a line, 0.25 apart, one band.
Kpoints line(std::size_t points, Labels labels = {}) {
  Kpoints kpoints;
  kpoints.list.emplace();
  for (std::size_t i = 0; i < points; ++i) kpoints.list->push_back({0.25 * static_cast<double>(i), 0, 0});
  kpoints.labels = std::move(labels);
  return kpoints;
}

Array array(std::vector<std::size_t> shape, std::vector<double> values) {
  return {std::move(shape), std::move(values)};
}

Bands made(Kpoints const& kpoints, Array const& energies) {
  auto bands = bands_of(kpoints, energies);
  REQUIRE(bands);
  return *bands;
}

std::vector<std::string> segments(Bands const& bands) {
  std::vector<std::string> all;
  for (auto const& [begin, end, from, to] : segments_of(bands))
    all.push_back(std::to_string(begin) + "-" + std::to_string(end) + " " + from + "-" + to);
  return all;
}

Code code_of(restapi::Result<Bands> const& bands) {
  REQUIRE_FALSE(bands);
  CHECK_FALSE(bands.error().message.empty());
  return bands.error().code;
}

json parsed(restapi::Result<std::string> const& text) {
  REQUIRE(text);
  return json::parse(*text);
}

}  // namespace

TEST_CASE("bands in JSON are as documented", "[exporters]") {
  auto const found = parsed(bands_json(examples::demo()));
  auto expected = json::parse(R"({"label": "demo", "path": [["GAMMA", "X_1"]], "paths": [{"length": 2, "from": "GAMMA",
    "to": "X_1", "values": [[-1.5, -1.25, -0.5], [2.0, 2.5, 2.75]], "x": [0.0, 0.25, 0.5], "two_band_types": false}],
    "original_uuid": "2f6d0b3c-1b1a-4c4e-9d51-0a4b8f1f7a10"})");
  CHECK(parsed(bands_properties(examples::demo())) == json{{"bands", expected}});
  expected["comments"] = comments();
  CHECK(found == expected);
}

TEST_CASE("two spins stand side by side", "[exporters]") {
  auto const bands = made(line(2), array({2, 2, 3}, {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16}));
  CHECK(bands.two_band_types);
  CHECK(bands.bands() == 6);
  CHECK(bands.energies == std::vector<double>{1, 2, 3, 11, 12, 13, 4, 5, 6, 14, 15, 16});
  CHECK(bands.energy(1, 3) == 14);
  CHECK(bands.spin(2) == 0);
  CHECK(bands.spin(3) == 1);
  auto const one = made(line(2), array({1, 2, 1}, {1, 2}));
  CHECK(one.two_band_types);
  CHECK(one.bands() == 1);
}

TEST_CASE("the path jumps between two labelled neighbours", "[exporters]") {
  auto const bands = made(line(5, {{0, "A"}, {2, "B"}, {3, "C"}, {4, "D"}}), array({5, 1}, {0, 0, 0, 0, 0}));
  CHECK(bands.x == std::vector<double>{0, 0.25, 0.5, 0.5, 0.5});
  CHECK(segments(bands) == std::vector<std::string>{"0-2 A-B", "2-3 B-C", "3-4 C-D"});
}

TEST_CASE("with a cell the path is in reciprocal lengths", "[exporters]") {
  auto kpoints = line(2);
  kpoints.cell = Matrix{{{2, 0, 0}, {0, 2, 0}, {0, 0, 2}}};
  CHECK(made(kpoints, array({2, 1}, {0, 0})).x[1] == Approx(0.25 * std::acos(-1.0)));
  kpoints.cell = Matrix{};
  CHECK(code_of(bands_of(kpoints, array({2, 1}, {0, 0}))) == Code::export_not_possible);
}

TEST_CASE("unlabelled ends of a path get an empty label", "[exporters]") {
  auto const energies = array({5, 1}, {0, 0, 0, 0, 0});
  CHECK(segments(made(line(5, {{1, "A"}, {3, "B"}}), energies)) ==
        std::vector<std::string>{"0-1 -A", "1-3 A-B", "3-4 B-"});
  CHECK(segments(made(line(5, {{0, "A"}, {4, "B"}}), energies)) == std::vector<std::string>{"0-4 A-B"});
}

TEST_CASE("with less than two labels all is one path from 0 to 1", "[exporters]") {
  auto const energies = array({3, 1}, {0, 0, 0});
  CHECK(segments(made(line(3), energies)) == std::vector<std::string>{"0-2 0-1"});
  CHECK(segments(made(line(3, {{1, "A"}}), energies)) == std::vector<std::string>{"0-2 0-1"});
  CHECK(segments(made(line(1), array({1, 1}, {0}))) == std::vector<std::string>{"0-0 0-1"});
}

TEST_CASE("labels are sorted by their points", "[exporters]") {
  auto const bands = made(line(3, {{2, "B"}, {0, "A"}, {2, "C"}}), array({3, 1}, {0, 0, 0}));
  CHECK(segments(bands) == std::vector<std::string>{"0-2 A-B", "2-2 B-C"});
}

TEST_CASE("only parts with points between their ends are in path", "[exporters]") {
  auto const found = parsed(bands_json(
      node(R"({"array|kpoints": [4, 3], "array|bands": [4, 1], "labels": ["A", "B", "C"], "label_numbers": [0, 2, 3]})",
           {{"kpoints.npy", npy("(4, 3)", {0, 0, 0, 1, 0, 0, 2, 0, 0, 5, 0, 0})},
            {"bands.npy", npy("(4, 1)", {1, 2, 3, 4})}})));
  CHECK(found["path"] == json::parse(R"([["A", "B"]])"));
  CHECK(found["paths"].size() == 2);
  CHECK(found["paths"][1]["values"] == json::parse("[[3, 4]]"));
  CHECK(found["paths"][1]["x"] == json::parse("[2, 2]"));
}

TEST_CASE("an unlabelled path of one point is a path", "[exporters]") {
  auto const found =
      parsed(bands_json(node(R"({"array|kpoints": [1, 3], "array|bands": [1, 2]})",
                             {{"kpoints.npy", npy("(1, 3)", {0, 0, 0})}, {"bands.npy", npy("(1, 2)", {1, NAN})}})));
  CHECK(found["path"] == json::parse(R"([["0", "1"]])"));
  CHECK(found["paths"][0]["length"] == 0);
  CHECK(found["paths"][0]["values"] == json::parse("[[1], [null]]"));
}

TEST_CASE("bands that do not fit are refused with a sentence", "[exporters]") {
  constexpr auto huge = std::numeric_limits<std::size_t>::max();
  for (auto const& energies :
       {array({}, {1}), array({2}, {1, 2}), array({1, 2}, {1, 2}), array({2, 0}, {}), array({2, huge}, {}),
        array({2, 2}, {1, 2}), array({0, 2, 1}, {}), array({3, 2, 1}, {1, 2, 3, 4, 5, 6}), array({huge, 2, 1}, {}),
        array({2, 2, huge / 2}, {1, 2, 3, 4}), array({1, 1, 2, 1}, {1, 2})})
    CHECK(code_of(bands_of(line(2), energies)) == Code::export_not_possible);
  CHECK(code_of(bands_of(Kpoints{}, array({1, 1}, {0}))) == Code::export_not_possible);
  CHECK(code_of(bands_of(line(0), array({0, 1}, {}))) == Code::export_not_possible);
  CHECK(code_of(bands_of(line(1, {{0, "A"}, {0, "B"}, {0, "C"}}), array({1, 1}, {0}))) == Code::export_not_possible);
  CHECK(code_of(bands_of(line(1), Array{{1, 1}, std::vector<std::string>{"x"}})) == Code::export_not_possible);
}

TEST_CASE("a node without bands is refused with a sentence", "[exporters]") {
  for (auto const* attributes : {"", "[]", "{}", R"({"array|kpoints": [1, 3]})", R"({"array|bands": [1, 1]})",
                                 R"({"array|bands": [1, 1], "mesh": [1, 1, 1]})"}) {
    INFO(attributes);
    CHECK(code_of(read_bands(node(attributes, {{"kpoints.npy", npy("(1, 3)", {0, 0, 0})},
                                               {"bands.npy", npy("(1, 1)", {0})}}))) == Code::export_not_possible);
  }
  auto const both = R"({"array|kpoints": [1, 3], "array|bands": [1, 1]})";
  CHECK(code_of(read_bands(node(both, {{"kpoints.npy", npy("(1, 3)", {0, 0, 0})}}))) == Code::no_such_object);
  CHECK(code_of(read_bands(node(both, {{"kpoints.npy", npy("(1, 3)", {0, 0, 0})}, {"bands.npy", "?"}}))) ==
        Code::export_not_possible);
}

TEST_CASE("a range is that of finite numbers", "[exporters]") {
  auto const range = range_of({NAN, 3, -INFINITY, -2, INFINITY});
  CHECK(range.least == -2);
  CHECK(range.most == 3);
  CHECK(range_of({NAN}).most == 0);
  CHECK(range_of({}).least == 0);
  CHECK(axis_of({2, 2}).least == 1);
  CHECK(axis_of({2, 2}).most == 3);
  CHECK(axis_of({2, 3}).most == 3);
}
