// SPDX-License-Identifier: MIT
#include "exporters/ticks.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace restapi::exporters;

TEST_CASE("labels become pretty", "[exporters]") {
  struct Row {
    char const *label, *gnuplot, *grace, *matplotlib;
  };
  constexpr Row rows[] = {
      {"GAMMA", "Γ", R"(\xG\f{})", R"($\Gamma$)"},
      {"DELTA", "Δ", R"(\xD\f{})", R"($\Delta$)"},
      {"LAMBDA", "Λ", R"(\xL\f{})", R"($\Lambda$)"},
      {"SIGMA", "Σ", R"(\xS\f{})", R"($\Sigma$)"},
      {"X", "X", "X", "X"},
      {"", "", "", ""},
      {"X_1", "X_{1}", R"(X\s1\N)", "X$_{1}$"},
      {"X_12", "X_{1}2", R"(X\s1\N2)", "X$_{1}$2"},
      {"SIGMA_0", "Σ_{0}", R"(\xS\f{}\s0\N)", R"($\Sigma$$_{0}$)"},
      {"GAMMA'", "Γ'", R"(\xG\f{}')", R"($\Gamma$')"},
      {"X_é1", "X_{é}1", R"(X\sé\N1)", "X$_{é}$1"},
      {"X_", "X_{}", R"(X\s\N)", "X$_{}$"},
      {"X__", "X_{_}", R"(X\s_\N)", "X$_{_}$"},
      {"GAMM", "GAMM", "GAMM", "GAMM"},
      {"X_GAMMA", "X_{Γ}", R"(X\s\xG\f{}\N)", R"(X$_{\Gamma}$)"},
      {"a\"b\\`", R"(a\"b\\\140)", "a'b/`", "a\"b\\`"},
      {"X_\"", R"(X_{\"})", R"(X\s'\N)", "X$_{\"}$"},
      {"a\nb\r", "a b ", "a b ", "a b "},
      {"\xff", "\xff", "\xff", "\xff"},
  };
  for (auto const& [label, gnuplot, grace, matplotlib] : rows) {
    INFO(label);
    CHECK(pretty(label, gnuplot_ticks) == gnuplot);
    CHECK(pretty(label, grace_ticks) == grace);
    CHECK(pretty(label, matplotlib_ticks) == matplotlib);
  }
}

TEST_CASE("labels at one place are one tick", "[exporters]") {
  Bands bands;
  bands.x = {0, 1, 1 + 0.9e-6, 1 + 1.8e-6, 2, NAN};
  bands.labels = {{0, "GAMMA"}, {1, "X"}, {2, "U_1"}, {3, "K"}, {4, "L"}, {5, "lost"}};
  auto const ticks = ticks_of(bands, gnuplot_ticks);
  REQUIRE(ticks.size() == 3);
  CHECK(ticks[0].text == "Γ");
  CHECK(ticks[1].text == "X|U_{1}|K");
  CHECK(ticks[1].x == 1);
  CHECK(ticks[2].text == "L");
}
