// SPDX-License-Identifier: MIT
/// The API that AiiDA 0.x documented (docs/api-v2.md), as a version.
#pragma once

#include "api/version.hpp"

namespace restapi::api::v2 {

ApiVersion const& version();

}  // namespace restapi::api::v2
