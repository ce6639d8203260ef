// SPDX-License-Identifier: MIT
/// The files of a TrajectoryData but its JSON, which is that of all arrays: the same atoms in several steps, from the
/// arrays `cells` (steps × 3 × 3, Å) and `positions` (steps × atoms × 3, Å) and the attribute `symbols`.
#pragma once

#include <string>

#include "exporters/node.hpp"

namespace restapi::exporters {

// Both: as AiiDA's, all directions are periodic, and symbols are those of elements. Errors: those of the files;
// export_not_possible, file_damaged, answer_too_large.

/// An animation of XCrySDen (xsf.hpp).
Result<std::string> trajectory_xsf(Node const& node);

/// A block for each step: data_0, data_1, … (cif.hpp).
Result<std::string> trajectory_cif(Node const& node);

}  // namespace restapi::exporters
