// SPDX-License-Identifier: MIT
#include "exporters/bands_mpl.hpp"

#include <fmt/format.h>

#include <iterator>

#include "base/json_text.hpp"
#include "exporters/band_text.hpp"
#include "exporters/bands_json.hpp"
#include "exporters/comments.hpp"
#include "exporters/json_numbers.hpp"
#include "exporters/ticks.hpp"

namespace restapi::exporters {
namespace {

constexpr std::string_view begin = R"PYTHON(
"""Draws a band structure: without an argument in a window, else into the file that is named."""

import json
import sys

import matplotlib

if len(sys.argv) > 1:
    matplotlib.use("Agg")  # needs no screen

import matplotlib.pyplot as plt

)PYTHON";

constexpr std::string_view end = R"PYTHON(
STYLES = [{"color": "black", "linewidth": 1.0}, {"color": "red", "linewidth": 1.0}]  # of each spin


def draw(axes, data):
    """Lines for all bands of each part of the path; energies that are null leave a gap."""
    legends = [data["legend_text"], data["legend_text2"]]
    for path in data["paths"]:
        x = path["x"]
        marker = "_" if len(x) == 1 else None
        for spin, band in zip(data["band_type_idx"], path["values"]):
            y = [float("nan") if energy is None else energy for energy in band]
            axes.plot(x, y, label=legends[spin], marker=marker, **STYLES[spin])
            legends[spin] = None
    for position in data["tick_pos"]:
        axes.axvline(position, color="#888888", linewidth=0.5)
    axes.set_xticks(data["tick_pos"])
    axes.set_xticklabels(data["tick_labels"])
    if data["x_min_lim"] < data["x_max_lim"]:
        axes.set_xlim(data["x_min_lim"], data["x_max_lim"])
    if data["y_min_lim"] < data["y_max_lim"]:
        axes.set_ylim(data["y_min_lim"], data["y_max_lim"])
    axes.set_ylabel(data["yaxis_label"])
    axes.set_title(data["title"])
    if data["legend_text"] or data["legend_text2"]:
        axes.legend()


FIGURE, AXES = plt.subplots()
draw(AXES, DATA)
if len(sys.argv) > 1:
    FIGURE.savefig(sys.argv[1])
else:
    plt.show()
)PYTHON";

std::string program(std::string_view data) {
  std::string text = "#!/usr/bin/env python3\n";
  for (auto const& line : comment_lines()) text += "# " + line + "\n";
  return text.append(begin).append(data).append(end);
}

void append_limits(std::string& json, char axis, Range range) {
  fmt::format_to(std::back_inserter(json), R"(,"{}_min_lim":)", axis);
  append_json(json, range.least);
  fmt::format_to(std::back_inserter(json), R"(,"{}_max_lim":)", axis);
  append_json(json, range.most);
}

}  // namespace

std::string mpl_data_of(Bands const& bands) {
  auto json = R"({"paths":)" + paths_json(bands) + R"(,"band_type_idx":[)";
  for (std::size_t band = 0; band < bands.bands(); ++band) {
    if (band > 0) json += ',';
    json += bands.spin(band) == 0 ? '0' : '1';
  }
  std::string labels;
  json += R"(],"tick_pos":[)";
  for (auto const& [x, text] : ticks_of(bands, matplotlib_ticks)) {
    if (!labels.empty()) json += ',', labels += ',';
    append_json(json, x);
    append_json_string(labels, text);
  }
  json += R"(],"tick_labels":[)" + labels + R"(],"legend_text":null,"legend_text2":null,"title":"","yaxis_label":)";
  append_json_string(json, dispersion(bands));
  json += R"(,"comment":)";
  append_json_string(json, header_of(bands, "# "));
  append_limits(json, 'x', range_of(bands.x));
  append_limits(json, 'y', range_of(bands.energies));
  return json + '}';
}

std::string mpl_singlefile_of(Bands const& bands) {
  std::string data = "DATA = json.loads(\n    r'''";
  // In JSON an apostrophe is only ever within a text, where it may be written so: none can end Python's string.
  for (char const byte : mpl_data_of(bands))
    if (byte == '\'')
      data += R"(\u0027)";
    else
      data += byte;
  return program(data + "'''\n)\n");
}

std::string mpl_withjson_program() {
  return program(
      "# A JSON object as it stands in the format mpl_singlefile.\n"
      "with open(\"_data.json\", encoding=\"utf-8\") as FILE:\n    DATA = json.load(FILE)\n");
}

Result<std::string> bands_mpl_singlefile(Node const& node) {
  auto const bands = read_bands(node);
  if (!bands) return bands.error();
  return mpl_singlefile_of(*bands);
}

Result<std::string> bands_mpl_withjson(Node const& node) {
  auto const bands = read_bands(node);
  if (!bands) return bands.error();
  return mpl_withjson_program();
}

Result<std::string> bands_mpl_picture(Node const&) {
  return Error{
      Code::export_not_possible,
      "no pictures of bands are drawn here; the formats gnuplot and mpl_singlefile are programs that draw them"};
}

}  // namespace restapi::exporters
