// SPDX-License-Identifier: MIT
/// UPF 1: text whose sections stand between tags such as <PP_R>, in the order in which Quantum ESPRESSO reads it.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "exporters/pseudopotential.hpp"

namespace restapi::exporters {

/// Errors: as upf_json.
Result<Pseudopotential> read_upf1(std::string_view file);

}  // namespace restapi::exporters
