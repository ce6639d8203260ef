// SPDX-License-Identifier: MIT
/// What stands in files that are made: which program has made them, and what to cite.
#pragma once

#include <array>
#include <string>

namespace restapi::exporters {

/// Three lines, without line ends: the program and its version; a request to cite AiiDA; the reference with its DOI
/// (Huber et al., Scientific Data 7, 300 (2020)).
std::array<std::string, 3> comment_lines();

/// The same as one text of three lines.
std::string comments();

}  // namespace restapi::exporters
