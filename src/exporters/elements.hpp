// SPDX-License-Identifier: MIT
/// The chemical elements.
#pragma once

#include <optional>
#include <string_view>

namespace restapi::exporters {

/// 1 for "H" to 118 for "Og"; 0 for "X", by which AiiDA means an unknown element. Nothing for other texts.
std::optional<int> atomic_number(std::string_view symbol);

}  // namespace restapi::exporters
