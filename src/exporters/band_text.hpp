// SPDX-License-Identifier: MIT
/// What the text formats of bands have in common.
#pragma once

#include <string>
#include <string_view>

#include "exporters/bands.hpp"

namespace restapi::exporters {

/// The text with blanks for control characters: nobody's label ends a line, and so a comment or a command.
std::string one_line(std::string_view text);

/// Appends the number as C does with "%.8f"; NaN is "nan", whatever its sign.
void append_fixed(std::string& out, double number);

/// The lines of comment that begin each file, every one behind `sign` and with an end: who has made it, the uuid, how
/// many points and bands, and where each label is.
std::string header_of(Bands const& bands, std::string_view sign);

/// "Dispersion (eV)", or without units "Dispersion".
std::string dispersion(Bands const& bands);

}  // namespace restapi::exporters
