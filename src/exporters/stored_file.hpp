// SPDX-License-Identifier: MIT
/// The file that a node of the classes SinglefileData, CifData and UpfData keeps: its attribute `filename` says which.
#pragma once

#include <string>

#include "base/result.hpp"
#include "exporters/node.hpp"

namespace restapi::exporters {

/// Error: export_not_possible where the node has no such attribute.
Result<std::string> stored_file_name(Node const& node);

/// Byte by byte.
Result<std::string> stored_file(Node const& node);

}  // namespace restapi::exporters
