// SPDX-License-Identifier: MIT
/// Bands as a Python program that draws them with matplotlib: `python3 FILE` shows them, `python3 FILE bands.pdf`
/// writes a picture.
#pragma once

#include <string>

#include "base/result.hpp"
#include "exporters/bands.hpp"
#include "exporters/node.hpp"

namespace restapi::exporters {

/// What the program draws: a JSON object `paths band_type_idx tick_pos tick_labels legend_text legend_text2 yaxis_label
/// title comment x_min_lim x_max_lim y_min_lim y_max_lim`.
std::string mpl_data_of(Bands const& bands);

/// The program with the object in it, and one that reads it from a file `_data.json`.
std::string mpl_singlefile_of(Bands const& bands);
std::string mpl_withjson_program();

/// Errors: those of read_bands.
Result<std::string> bands_mpl_singlefile(Node const& node);
Result<std::string> bands_mpl_withjson(Node const& node);

/// Pictures (mpl_pdf, mpl_png) are not drawn here. Always an error, export_not_possible, that names other formats.
Result<std::string> bands_mpl_picture(Node const& node);

}  // namespace restapi::exporters
