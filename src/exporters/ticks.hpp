// SPDX-License-Identifier: MIT
/// The labels along the path as ticks of an axis, written as a drawing program has Greek letters and subscripts.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/bands.hpp"

namespace restapi::exporters {

/// How a program writes texts.
struct TickStyle {
  std::string_view gamma, delta, lambda, sigma;
  std::string_view before_greek, behind_greek;  ///< not within a subscript
  std::string_view before_subscript, behind_subscript;
  struct Escape {
    char byte;
    std::string_view written;
  };
  std::span<Escape const> escapes;  ///< so that a text cannot end the program's string
};

extern TickStyle const gnuplot_ticks;     ///< "Γ", "X_{1}"; within double quotes
extern TickStyle const grace_ticks;       ///< "\xG\f{}", "X\s1\N"; within double quotes
extern TickStyle const matplotlib_ticks;  ///< "$\Gamma$", "X$_{1}$"; not escaped

/// Control characters are blanks. `GAMMA DELTA LAMBDA SIGMA` become letters wherever they occur; the character behind
/// each `_` is a subscript.
std::string pretty(std::string_view label, TickStyle const& style);

/// Any text for the same program, only escaped.
std::string escaped(std::string_view text, TickStyle const& style);

struct Tick {
  double x;
  std::string text;
};

/// Labels at finite x, in the order of the path; those at the same x (within 10^-6) are one, joined by `|`.
std::vector<Tick> ticks_of(Bands const& bands, TickStyle const& style);

}  // namespace restapi::exporters
