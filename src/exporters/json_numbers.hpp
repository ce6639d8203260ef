// SPDX-License-Identifier: MIT
/// Floats in JSON, written without a document in between: arrays of them are long.
#pragma once

#include <string>
#include <vector>

#include "exporters/vectors.hpp"

namespace restapi::exporters {

/// The shortest decimal that reads back, as a float: "2.0", "1e-07"; "null" for NaN and infinities, which JSON has not.
std::string json_number(double number);

/// Appends the shortest decimal that reads back; `null` for NaN and infinities, which JSON has not.
void append_json(std::string& out, double number);

/// Appends `[1.0,2.0,3.0]`.
void append_json(std::string& out, Vector const& vector);

/// Appends `[[1.0,2.0,3.0],…]`.
void append_json(std::string& out, std::vector<Vector> const& vectors);

}  // namespace restapi::exporters
