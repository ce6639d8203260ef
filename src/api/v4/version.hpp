// SPDX-License-Identifier: MIT
/// AiiDA's current REST API (docs/api-v4.md), as a version.
#pragma once

#include "api/version.hpp"

namespace restapi::api::v4 {

ApiVersion const& version();

/// The same without /querybuilder.
ApiVersion const& version_without_posting();

}  // namespace restapi::api::v4
