// SPDX-License-Identifier: MIT
#include "exporters/ticks.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/utf8.hpp"
#include "exporters/band_text.hpp"

namespace restapi::exporters {
namespace {

// Backquotes run commands, also within double quotes; an octal escape is read after that.
constexpr TickStyle::Escape gnuplot_escapes[] = {{'\\', R"(\\)"}, {'"', R"(\")"}, {'`', R"(\140)"}};
// Not every Grace reads an escaped quote, and a backslash begins a command of its typesetting.
constexpr TickStyle::Escape grace_escapes[] = {{'\\', "/"}, {'"', "'"}};

struct Letter {
  std::string_view word;
  std::string_view TickStyle::*written;
};

constexpr Letter letters[] = {{"GAMMA", &TickStyle::gamma},
                              {"DELTA", &TickStyle::delta},
                              {"LAMBDA", &TickStyle::lambda},
                              {"SIGMA", &TickStyle::sigma}};

Letter const* find_letter(std::string_view text) {
  auto const found = std::find_if(std::begin(letters), std::end(letters), [&](Letter const& letter) {
    return text.substr(0, letter.word.size()) == letter.word;
  });
  return found == std::end(letters) ? nullptr : found;
}

/// A letter or a character at the beginning of a label, which is not empty.
struct Sign {
  std::size_t size;
  Letter const* letter;

  static Sign first_of(std::string_view text) {
    auto const* letter = find_letter(text);
    return {letter ? letter->word.size() : std::max<std::size_t>(utf8::first_character(text), 1), letter};
  }
};

}  // namespace

TickStyle const gnuplot_ticks = {"Γ", "Δ", "Λ", "Σ", "", "", "_{", "}", gnuplot_escapes};
TickStyle const grace_ticks = {R"(\xG\f{})", R"(\xD\f{})", R"(\xL\f{})", R"(\xS\f{})", "",
                               "",           R"(\s)",      R"(\N)",      grace_escapes};
TickStyle const matplotlib_ticks = {R"(\Gamma)", R"(\Delta)", R"(\Lambda)", R"(\Sigma)", "$", "$", "$_{", "}$", {}};

std::string escaped(std::string_view text, TickStyle const& style) {
  std::string all;
  for (char const byte : one_line(text)) {
    auto const found = std::find_if(style.escapes.begin(), style.escapes.end(),
                                    [&](TickStyle::Escape const& escape) { return escape.byte == byte; });
    if (found == style.escapes.end())
      all += byte;
    else
      all += found->written;
  }
  return all;
}

std::string pretty(std::string_view label, TickStyle const& style) {
  std::string text;
  while (!label.empty()) {
    bool const is_subscript = label.front() == '_';
    if (is_subscript) {
      label.remove_prefix(1);
      text += style.before_subscript;
    }
    if (!label.empty()) {
      auto const [size, letter] = Sign::first_of(label);
      if (letter) {
        if (!is_subscript) text += style.before_greek;
        text += style.*letter->written;
        if (!is_subscript) text += style.behind_greek;
      } else {
        text += escaped(label.substr(0, size), style);
      }
      label.remove_prefix(size);
    }
    if (is_subscript) text += style.behind_subscript;
  }
  return text;
}

std::vector<Tick> ticks_of(Bands const& bands, TickStyle const& style) {
  constexpr double same_place = 1e-6;
  std::vector<Tick> ticks;
  double previous = 0;
  for (auto const& [point, label] : bands.labels) {
    auto const x = bands.x[point];
    if (!std::isfinite(x)) continue;
    auto text = pretty(label, style);
    // Neighbours are compared, not the first of a row of them: so AiiDA does.
    if (!ticks.empty() && std::abs(x - previous) < same_place)
      ticks.back().text += "|" + text;
    else
      ticks.push_back({x, std::move(text)});
    previous = x;
  }
  return ticks;
}

}  // namespace restapi::exporters
