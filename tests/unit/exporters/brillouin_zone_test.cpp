// SPDX-License-Identifier: MIT
#include "exporters/brillouin_zone.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "exporters/reciprocal_cell.hpp"

using namespace restapi::exporters;
using restapi::Code;

namespace {

BrillouinZone zone_of(Matrix const& cell) {
  auto const reciprocal = reciprocal_cell(cell);
  REQUIRE(reciprocal);
  auto zone = brillouin_zone(*reciprocal);
  REQUIRE(zone);
  return *zone;
}

/// How many faces have so many corners.
std::map<std::size_t, int> corners(BrillouinZone const& zone) {
  std::map<std::size_t, int> counts;
  for (auto const& face : zone.faces) ++counts[face.size()];
  return counts;
}

double volume(BrillouinZone const& zone) {
  double sum = 0;
  for (auto const& [a, b, c] : zone.triangles)
    sum += dot(zone.vertices[a], cross(zone.vertices[b], zone.vertices[c])) / 6;
  return sum;
}

struct Lattice {
  char const* name;
  Matrix cell;
  std::size_t vertices, triangles;
  std::map<std::size_t, int> corners;
};

double const root = std::sqrt(3.0) / 2;

Lattice const lattices[] = {
    {"cubic", {{{2, 0, 0}, {0, 2, 0}, {0, 0, 2}}}, 8, 12, {{4, 6}}},
    {"left-handed", {{{0, 2, 0}, {2, 0, 0}, {0, 0, 2}}}, 8, 12, {{4, 6}}},
    {"face-centred", {{{0, 2.7, 2.7}, {2.7, 0, 2.7}, {2.7, 2.7, 0}}}, 24, 44, {{4, 6}, {6, 8}}},
    {"body-centred", {{{-1.4, 1.4, 1.4}, {1.4, -1.4, 1.4}, {1.4, 1.4, -1.4}}}, 14, 24, {{4, 12}}},
    {"hexagonal", {{{2.5, 0, 0}, {-1.25, 2.5 * root, 0}, {0, 0, 6.7}}}, 12, 20, {{4, 6}, {6, 2}}},
    {"hexagonal, digits cut", {{{2.5, 0, 0}, {-1.25, 2.1650635, 0}, {0, 0, 6.7}}}, 12, 20, {{4, 6}, {6, 2}}},
    {"slab", {{{3, 0, 0}, {0, 3, 0}, {0, 0, 300}}}, 8, 12, {{4, 6}}},
    {"tiny", {{{2e-8, 0, 0}, {0, 2e-8, 0}, {0, 0, 2e-8}}}, 8, 12, {{4, 6}}},
    {"huge", {{{2e8, 0, 0}, {0, 2e8, 0}, {0, 0, 2e8}}}, 8, 12, {{4, 6}}},
};

}  // namespace

TEST_CASE("a Brillouin zone has the faces of its lattice", "[exporters]") {
  for (auto const& lattice : lattices) {
    INFO(lattice.name);
    auto const zone = zone_of(lattice.cell);
    CHECK(zone.vertices.size() == lattice.vertices);
    CHECK(zone.triangles.size() == lattice.triangles);
    CHECK(corners(zone) == lattice.corners);
    auto const [a, b, c] = *reciprocal_cell(lattice.cell);
    // Positive only where triangles are counter-clockwise from outside.
    CHECK(volume(zone) == Approx(std::abs(dot(a, cross(b, c)))));
  }
}

TEST_CASE("a triclinic Brillouin zone fills the volume of its cell", "[exporters]") {
  Matrix const cells[] = {{{{3, 0.1, 0.2}, {0.4, 4, -0.3}, {0.5, 0.7, 5}}},
                          {{{3, 0, 0}, {1.4, 4, 0}, {-0.9, 1.3, 5}}},
                          {{{1, 2, 3}, {-2, 1, 0.5}, {0.3, -1, 4}}}};
  for (auto const& cell : cells) {
    auto const zone = zone_of(cell);
    auto const [a, b, c] = *reciprocal_cell(cell);
    CHECK(volume(zone) == Approx(std::abs(dot(a, cross(b, c)))));
    CHECK(zone.faces.size() <= 14);
    CHECK(zone.vertices.size() <= 24);
  }
}

TEST_CASE("an oblique cell gives what its nearest points bound, or is refused", "[exporters]") {
  for (double const shift : {2.0, 10.0, 1e3, 1e5, 1e7}) {
    INFO(shift);
    auto const reciprocal = reciprocal_cell({{{1, 0, 0}, {shift, 1, 0}, {0, 0, 1}}});
    if (!reciprocal) continue;
    auto const zone = brillouin_zone(*reciprocal);
    if (zone)
      CHECK(volume(*zone) > 0);
    else
      CHECK(zone.error().code == Code::export_not_possible);
  }
}

TEST_CASE("a degenerate cell has no Brillouin zone", "[exporters]") {
  Matrix const cells[] = {{},
                          {{{1, 0, 0}, {2, 0, 0}, {0, 0, 1}}},
                          {{{1, 0, 0}, {0, 1, 0}, {1, 1, 1e-12}}},
                          {{{NAN, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
                          {{{INFINITY, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
                          {{{1e200, 0, 0}, {0, 1e200, 0}, {0, 0, 1e200}}},
                          {{{1e-200, 0, 0}, {0, 1e-200, 0}, {0, 0, 1e-200}}}};
  for (auto const& cell : cells) {
    CHECK_FALSE(reciprocal_cell(cell));
    auto const zone = brillouin_zone(cell);
    REQUIRE_FALSE(zone);
    CHECK(zone.error().code == Code::export_not_possible);
  }
  CHECK_FALSE(brillouin_zone({{{1e7, 0, 0}, {0, 1, 0}, {0, 0, 1}}}));
}

TEST_CASE("faces of a Brillouin zone are written by coordinates, triangles by index", "[exporters]") {
  auto const zone = zone_of({{{2, 0, 0}, {0, 2, 0}, {0, 0, 2}}});
  auto const json = nlohmann::json::parse(faces_data_json(zone));
  CHECK(json.size() == 3);
  REQUIRE(json["faces"].size() == 6);
  REQUIRE(json["triangles"].size() == 12);
  REQUIRE(json["triangles_vertices"].size() == 8);
  for (auto const& vertex : json["triangles_vertices"])
    for (auto const& number : vertex) CHECK(std::abs(number.get<double>()) == Approx(std::acos(-1.0) / 2));
  CHECK(json["faces"][0].size() == 4);
  CHECK(std::find(json["triangles_vertices"].begin(), json["triangles_vertices"].end(), json["faces"][0][0]) !=
        json["triangles_vertices"].end());
  for (auto const& triangle : json["triangles"])
    for (auto const& index : triangle) CHECK(index.get<std::size_t>() < 8);
}

TEST_CASE("a reciprocal cell is 2 pi times the inverse transpose", "[exporters]") {
  Matrix const cell = {{{3, 0.1, 0.2}, {0.4, 4, -0.3}, {0.5, 0.7, 5}}};
  auto const reciprocal = reciprocal_cell(cell);
  REQUIRE(reciprocal);
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j)
      CHECK(dot(cell[i], (*reciprocal)[j]) == Approx(i == j ? two_pi : 0).margin(1e-12));
}
