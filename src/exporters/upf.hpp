// SPDX-License-Identifier: MIT
/// Pseudopotentials in the Unified Pseudopotential Format (UPF) of Quantum ESPRESSO, as JSON for SIRIUS.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "exporters/node.hpp"

namespace restapi::exporters {

/// `{"pseudo_potential": {…}}` of a UPF file of version 1 (text) or 2 (XML): norm-conserving, ultrasoft or PAW, with or
/// without spin-orbit coupling. Energies are in Hartree; `mesh_size` is the number of points that the radial grid has.
/// Whatever the file's numbers say, time and memory are in proportion to its size.
/// Errors: export_not_possible where the file is no UPF or uses what this does not read; file_damaged where something
/// is missing or ill-formed.
Result<std::string> upf_json(std::string_view file, std::string_view file_name);

/// The same of the file that the node's attribute `filename` names.
Result<std::string> upf_json_of(Node const& node);

}  // namespace restapi::exporters
