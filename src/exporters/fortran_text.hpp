// SPDX-License-Identifier: MIT
/// Values in files that Fortran programs have written.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace restapi::exporters {

/// Takes the next word off the text: what stands between white space. Empty at the end of the text.
std::string_view take_word(std::string_view& text);

/// Without white space at both ends.
std::string_view trimmed(std::string_view text);

/// A decimal with any sign and an exponent of E, D or no letter: -1.5, +2, .5, 1.25D-03, 1.0E5, 0.1-101. What is too
/// small is zero, what is too large infinite. Nothing for other words.
std::optional<double> fortran_number(std::string_view word);

/// All words of the text; nothing where one is no number.
std::optional<std::vector<double>> fortran_numbers(std::string_view text);

/// T, true, .true., yes and 1, in letters of any case. Everything else is false.
bool fortran_boolean(std::string_view word);

}  // namespace restapi::exporters
