// SPDX-License-Identifier: MIT
/// Numbers as the formats have them.
#pragma once

#include <string>

namespace restapi::exporters {

/// The shortest decimal that reads back, as Python writes a float: "2.0", "1e-07", "1e+16", "nan", "-inf".
std::string shortest(double number);

}  // namespace restapi::exporters
