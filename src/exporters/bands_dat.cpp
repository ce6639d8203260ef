// SPDX-License-Identifier: MIT
#include "exporters/bands_dat.hpp"

#include "exporters/band_text.hpp"

namespace restapi::exporters {

std::string dat_multicolumn_of(Bands const& bands) {
  auto dat = header_of(bands, "# ");
  for (std::size_t point = 0; point < bands.points(); ++point) {
    append_fixed(dat, bands.x[point]);
    for (std::size_t band = 0; band < bands.bands(); ++band) {
      dat += '\t';
      append_fixed(dat, bands.energy(point, band));
    }
    dat += '\n';
  }
  return dat;
}

std::string dat_blocks_of(Bands const& bands) {
  auto dat = header_of(bands, "# ");
  for (std::size_t band = 0; band < bands.bands(); ++band) {
    if (band > 0) dat += "\n\n";
    for (std::size_t point = 0; point < bands.points(); ++point) {
      append_fixed(dat, bands.x[point]);
      dat += '\t';
      append_fixed(dat, bands.energy(point, band));
      dat += '\n';
    }
  }
  return dat + '\n';
}

Result<std::string> bands_dat_multicolumn(Node const& node) {
  auto const bands = read_bands(node);
  if (!bands) return bands.error();
  return dat_multicolumn_of(*bands);
}

Result<std::string> bands_dat_blocks(Node const& node) {
  auto const bands = read_bands(node);
  if (!bands) return bands.error();
  return dat_blocks_of(*bands);
}

}  // namespace restapi::exporters
