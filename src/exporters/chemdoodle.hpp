// SPDX-License-Identifier: MIT
/// The JSON that ChemDoodle Web Components draw (https://web.chemdoodle.com/docs/chemdoodle-json-format).
#pragma once

#include <string>

#include "exporters/node.hpp"

namespace restapi::exporters {

/// Of a StructureData, alloys and vacancies included. The middle of the cell is the origin. Error: answer_too_large
/// as well.
Result<std::string> structure_chemdoodle(Node const& node);

}  // namespace restapi::exporters
