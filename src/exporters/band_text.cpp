// SPDX-License-Identifier: MIT
#include "exporters/band_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "exporters/comments.hpp"

namespace restapi::exporters {

std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& byte : line)
    if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f) byte = ' ';
  return line;
}

void append_fixed(std::string& out, double number) {
  if (std::isnan(number))
    out += "nan";
  else
    fmt::format_to(std::back_inserter(out), "{:.8f}", number);
}

std::string header_of(Bands const& bands, std::string_view sign) {
  std::string header;
  auto const add = [&](std::string_view line) { header.append(sign).append(line) += '\n'; };
  for (auto const& line : comment_lines()) add(line);
  add("");
  add("Dumped from BandsData UUID=" + one_line(bands.uuid));
  add("\tpoints\tbands");
  add(fmt::format("\t{}\t{}", bands.points(), bands.bands()));
  add("");
  add("\tlabel\tpoint");
  for (auto const& [point, label] : bands.labels) {
    auto line = "\t" + one_line(label) + "\t";
    append_fixed(line, bands.x[point]);
    add(line);
  }
  return header;
}

std::string dispersion(Bands const& bands) {
  return bands.units.empty() ? "Dispersion" : "Dispersion (" + bands.units + ")";
}

}  // namespace restapi::exporters
