// SPDX-License-Identifier: MIT
/// What follows from a structure, k-points or bands: a formula, a Brillouin zone, energies along a path.
#pragma once

#include <memory>

#include "api/nodes/object_request.hpp"
#include "api/version.hpp"
#include "base/result.hpp"

namespace restapi::api {

/// {"derived_properties":{…}}; of other classes, {}.
Result<std::unique_ptr<PendingRead>> plan_derived_properties(ObjectRequest const& asked);

}  // namespace restapi::api
