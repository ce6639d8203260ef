// SPDX-License-Identifier: MIT
#include "exporters/bands_agr.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "exporters/band_text.hpp"
#include "exporters/number_text.hpp"
#include "exporters/ticks.hpp"

namespace restapi::exporters {
namespace {

constexpr std::string_view page = R"(# Grace project file
#
@version 50122
@page size 792, 612
@map font 4 to "Helvetica", "Helvetica"
@map font 12 to "Symbol", "Symbol"
@map color 0 to (255, 255, 255), "white"
@map color 1 to (0, 0, 0), "black"
@map color 2 to (255, 0, 0), "red"
@map color 7 to (220, 220, 220), "grey"
@g0 on
@g0 hidden false
@g0 type XY
@with g0
)";

constexpr std::string_view x_axis = R"(@    view 0.150000, 0.150000, 1.150000, 0.850000
@    title ""
@    legend off
@    frame linewidth 1.0
@    xaxis  on
@    xaxis  label ""
@    xaxis  tick on
@    xaxis  tick place both
@    xaxis  tick major color 7
@    xaxis  tick major linewidth 1.0
@    xaxis  tick major grid on
@    xaxis  ticklabel on
@    xaxis  ticklabel font 4
@    xaxis  tick spec type both
)";

constexpr std::string_view y_axis = R"(@    yaxis  on
@    yaxis  label font 4
@    yaxis  tick on
@    yaxis  tick minor ticks 3
@    yaxis  ticklabel font 4
)";

double tick_distance(Range energies) {
  auto const exponent = std::trunc(std::log10(energies.most - energies.least));
  return std::isfinite(exponent) ? std::pow(10, exponent) : 1;
}

void append_points(std::string& agr, Bands const& bands, std::size_t band) {
  for (std::size_t point = 0; point < bands.points(); ++point) {
    auto const x = bands.x[point], energy = bands.energy(point, band);
    if (!std::isfinite(x) || !std::isfinite(energy)) continue;
    append_fixed(agr, x);
    agr += '\t';
    append_fixed(agr, energy);
    agr += '\n';
  }
}

}  // namespace

std::string agr_of(Bands const& bands) {
  auto agr = header_of(bands, "# ").append(page);
  auto const out = std::back_inserter(agr);
  auto const energies = range_of(bands.energies);
  auto const x = axis_of(bands.x), y = axis_of(bands.energies);
  fmt::format_to(out, "@    world {}, {}, {}, {}\n", shortest(x.least), shortest(y.least), shortest(x.most),
                 shortest(y.most));
  auto const ticks = ticks_of(bands, grace_ticks);
  agr += x_axis;
  fmt::format_to(out, "@    xaxis  tick spec {}\n", ticks.size());
  for (std::size_t i = 0; i < ticks.size(); ++i)
    fmt::format_to(out, "@    xaxis  tick major {0}, {1}\n@    xaxis  ticklabel {0}, \"{2}\"\n", i,
                   shortest(ticks[i].x), ticks[i].text);
  agr += y_axis;
  fmt::format_to(out, "@    yaxis  label \"{}\"\n@    yaxis  tick major {}\n", escaped(dispersion(bands), grace_ticks),
                 shortest(tick_distance(energies)));
  for (std::size_t band = 0; band < bands.bands(); ++band)
    fmt::format_to(out,
                   "@    s{0} type xy\n@    s{0} line type 1\n@    s{0} line linestyle 1\n"
                   "@    s{0} line linewidth 2.0\n@    s{0} line color {1}\n",
                   band, 1 + bands.spin(band));
  for (std::size_t band = 0; band < bands.bands(); ++band) {
    fmt::format_to(out, "@target G0.S{}\n@type xy\n", band);
    append_points(agr, bands, band);
    agr += "&\n";
  }
  return agr;
}

Result<std::string> bands_agr(Node const& node) {
  auto const bands = read_bands(node);
  if (!bands) return bands.error();
  return agr_of(*bands);
}

}  // namespace restapi::exporters
