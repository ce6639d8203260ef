// SPDX-License-Identifier: MIT
#include "exporters/bands_agr_batch.hpp"

#include <fmt/format.h>

#include <iterator>

#include "exporters/band_text.hpp"
#include "exporters/number_text.hpp"
#include "exporters/ticks.hpp"

namespace restapi::exporters {
namespace {

// Each blank counts.
constexpr std::string_view axes = R"(xaxis  tick major color 7
xaxis  tick major grid on
yaxis  tick minor ticks 3
frame linewidth 1.0
map font 4 to "Helvetica", "Helvetica"
yaxis  label font 4
xaxis  label font 4
)";

}  // namespace

std::string agr_batch_of(Bands const& bands) {
  auto batch = header_of(bands, "# ");
  auto const out = std::back_inserter(batch);
  auto const x = axis_of(bands.x), y = axis_of(bands.energies);
  auto const ticks = ticks_of(bands, grace_ticks);
  fmt::format_to(out, "READ XY \"_data.dat\"\nworld {}, {}, {}, {}\nyaxis label \"Dispersion\"\n", shortest(x.least),
                 shortest(y.least), shortest(x.most), shortest(y.most));
  fmt::format_to(out, "xaxis  tick place both\nxaxis  tick spec type both\nxaxis  tick spec {}\n", ticks.size());
  for (std::size_t i = 0; i < ticks.size(); ++i)
    fmt::format_to(out, "xaxis  tick major {0}, {1}\nxaxis  ticklabel {0}, \"{2}\"\n", i, shortest(ticks[i].x),
                   ticks[i].text);
  batch += axes;
  for (std::size_t band = 0; band < bands.bands(); ++band)
    fmt::format_to(out, "s{0} line color 1\ns{0} linewidth 1\n", band);
  return batch;
}

Result<std::string> bands_agr_batch(Node const& node) {
  auto const bands = read_bands(node);
  if (!bands) return bands.error();
  return agr_batch_of(*bands);
}

}  // namespace restapi::exporters
