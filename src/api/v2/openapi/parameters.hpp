// SPDX-License-Identifier: MIT
/// What may be asked of an endpoint, as OpenAPI's parameters.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "api/v2/routes.hpp"

namespace restapi::api::v2::openapi {

/// components/parameters: the placeholders of paths, the reserved keys, and the fields of each resource as filters.
nlohmann::ordered_json parameters();

/// References to those of an endpoint.
nlohmann::ordered_json parameters_of(Endpoint const& endpoint);

}  // namespace restapi::api::v2::openapi
