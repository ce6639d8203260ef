// SPDX-License-Identifier: MIT
/// What is derived from the data of a KpointsData.
#pragma once

#include <string>

#include "base/result.hpp"
#include "exporters/kpoints.hpp"
#include "exporters/node.hpp"

namespace restapi::exporters {

/// A JSON object: `has_cell has_mesh has_labels explicit_kpoints_rel`; with a cell `explicit_kpoints_abs faces_data`;
/// with a mesh `mesh offset`; with labels `labelled_kpoints_rel labelled_path`; with both labels and a cell
/// `labelled_kpoints_abs`. Absolute ones are in 1/Å. Errors: those of reciprocal_cell and brillouin_zone.
Result<std::string> properties_of(Kpoints const& kpoints);

/// The same of a node. Errors: those of read_kpoints as well.
Result<std::string> kpoints_properties(Node const& node);

}  // namespace restapi::exporters
