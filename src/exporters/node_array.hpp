// SPDX-License-Identifier: MIT
/// The arrays of a node: each has an attribute `array|<name>` and a file `<name>.npy`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporters/array.hpp"
#include "exporters/node.hpp"

namespace restapi::exporters {

/// Sorted. Error: export_not_possible where the attributes are no object.
Result<std::vector<std::string>> array_names(std::string_view attributes);

/// Errors: those of Node::file and read_npy(). What the attribute says of the shape is not looked at.
Result<Array> read_array(Node const& node, std::string_view name);

}  // namespace restapi::exporters
