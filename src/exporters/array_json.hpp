// SPDX-License-Identifier: MIT
/// Arrays as JSON, for all data whose content are arrays: ArrayData, XyData, ProjectionData, KpointsData,
/// TrajectoryData.
#pragma once

#include <string>

#include "exporters/node.hpp"

namespace restapi::exporters {

/// An object with each array of the node as nested lists, with the node's uuid as `original_uuid`, and with comments().
/// Arrays of these two names are left out. Errors: those of the files; export_not_possible,
/// answer_too_large.
Result<std::string> arrays_json(Node const& node);

}  // namespace restapi::exporters
