// SPDX-License-Identifier: MIT
#include "api/pages/pictures/plot.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

namespace restapi::api::pages {
namespace {

using Catch::Contains;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("a plot has round ticks", "[pages]") {
  auto const html = plot_of({.name = "energy", .unit = "eV", .lines = {{{0, 1, 2}, {-221.3978, -221.3998, -221.4}}}});
  for (auto const* tick : {">-221.3980<", ">-221.3985<", ">-221.4000<", ">0<", ">1<", ">2<", ">eV<"})
    CHECK_THAT(html, Contains(tick));
}

TEST_CASE("what is not there interrupts a line", "[pages]") {
  auto const html = plot_of({.name = "gap", .lines = {{{0, 1, 2, 3, 4}, {0, 1, nothing, 1, 0}}}});
  CHECK_THAT(html, Contains("d=\"M0.0 346.7L155.0 13.3M465.0 13.3L620.0 346.7\""));
}

TEST_CASE("marks and a level", "[pages]") {
  auto const html = plot_of({.name = "bands",
                             .lines = {{{0, 1}, {0, 10}}},
                             .marks = {{0, "L"}, {1, "X|U"}},
                             .level = 5,
                             .level_name = "Fermi level"});
  CHECK_THAT(html, Contains(">X|U<") && Contains("M0 180.0H620") && Contains("Fermi level 5"));
  CHECK_THAT(plot_of({.name = "bands", .lines = {{{0, 1}, {0, 10}}}, .level = 50}), !Contains("stroke-dasharray"));
}

TEST_CASE("there is not always something to plot", "[pages]") {
  CHECK(plot_of({.name = "empty"}).empty());
  CHECK(plot_of({.name = "one point", .lines = {{{0}, {1}}}}).empty());
  CHECK(plot_of({.name = "no numbers", .lines = {{{0, 1}, {nothing, nothing}}}}).empty());
  CHECK_THAT(plot_of({.name = "constant", .lines = {{{0, 1}, {7, 7}}}}), Contains("d=\"M0.0 180.0L620.0 180.0\""));
  CHECK(plot_of({.name = "huge", .lines = {{{0, 1}, {-1e300, 1e300}}}}).empty());
}

TEST_CASE("numbers that hardly differ have ticks that can be told apart", "[pages]") {
  double const energy = -15783.456789012345;
  auto const html = plot_of({.name = "energy", .lines = {{{0, 1}, {energy, std::nextafter(energy, 0)}}}});
  CHECK(html.size() < 10'000);
  auto const small = plot_of({.name = "energy", .lines = {{{0, 1, 2}, {energy, energy + 1e-3, energy}}}});
  CHECK_THAT(small, Contains(">-15783.4568<") && Contains(">-15783.4560<"));
}

TEST_CASE("of a long line every n-th point is drawn, and the last", "[pages]") {
  Plot::Line line;
  for (int i = 0; i < 200'001; ++i) {
    line.x.push_back(i);
    line.y.push_back(i % 7);
  }
  auto const html = plot_of({.name = "long", .lines = {line}});
  CHECK(html.size() < 800'000);
  CHECK_THAT(html, Contains("L620.0 "));
}

}  // namespace
}  // namespace restapi::api::pages
