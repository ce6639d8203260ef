// SPDX-License-Identifier: MIT
/// What fuzz targets say of what they have found.
#pragma once

#include <cstdlib>

namespace restapi::fuzz {

/// Not assert: this must hold in every build.
inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace restapi::fuzz
