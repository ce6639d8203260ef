// SPDX-License-Identifier: MIT
#include "exporters/bands_gnuplot.hpp"

#include <fmt/format.h>

#include <iterator>

#include "exporters/band_text.hpp"
#include "exporters/number_text.hpp"
#include "exporters/ticks.hpp"

namespace restapi::exporters {
namespace {

constexpr std::string_view hints = R"(
# This draws band_data.dat: download the format dat_blocks under that name.
# To write a PDF instead of showing a window, use these two lines:
#set terminal pdfcairo
#set output "bands.pdf"
# To choose a font:
#set termopt font "Times New Roman,12"
)";

constexpr std::string_view lines = R"(set grid xtics lt 1 lc rgb "#888888"
plot "band_data.dat" with l lc rgb "#000000"
)";

// Of one point no line can be drawn; each energy is a short one across it.
constexpr std::string_view levels = R"(set xrange [-1.0:1.0]
plot "band_data.dat" using ($1-0.25):($2):(0.5):(0) with vectors nohead lc rgb "#000000"
)";

}  // namespace

std::string gnuplot_of(Bands const& bands) {
  auto program = header_of(bands, "#  ");
  auto const out = std::back_inserter(program);
  program += hints;
  program += "set termopt enhanced\nset encoding utf8\nset xtics (";
  std::string_view before;
  for (auto const& [x, text] : ticks_of(bands, gnuplot_ticks)) {
    fmt::format_to(out, "{}\"{}\" {}", before, text, shortest(x));
    before = ", ";
  }
  auto const y = axis_of(bands.energies), x = axis_of(bands.x);
  fmt::format_to(out, ")\nunset key\nset yrange [{}:{}]\nset ylabel \"{}\"\n", shortest(y.least), shortest(y.most),
                 escaped(dispersion(bands), gnuplot_ticks));
  if (bands.points() == 1) return program.append(levels);
  fmt::format_to(out, "set xrange [{}:{}]\n", shortest(x.least), shortest(x.most));
  return program.append(lines);
}

Result<std::string> bands_gnuplot(Node const& node) {
  auto const bands = read_bands(node);
  if (!bands) return bands.error();
  return gnuplot_of(*bands);
}

}  // namespace restapi::exporters
