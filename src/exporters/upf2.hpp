// SPDX-License-Identifier: MIT
/// UPF 2: XML with numbers as text and everything else as attributes.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "exporters/pseudopotential.hpp"

namespace restapi::exporters {

/// `&` is left out of the file before it is read: in many files it stands for itself, which is no XML.
/// Errors: as upf_json.
Result<Pseudopotential> read_upf2(std::string_view file);

}  // namespace restapi::exporters
