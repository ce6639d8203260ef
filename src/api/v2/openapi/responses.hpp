// SPDX-License-Identifier: MIT
/// What an endpoint answers: the formats and headers of a 200, and the errors of the catalogue.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>

#include "api/v2/routes.hpp"
#include "base/error.hpp"

namespace restapi::api::v2::openapi {

/// components/headers
nlohmann::ordered_json headers();

/// components/responses: one for each status of the catalogue, with its errors as examples; one for all that is said of
/// bytes that are no request.
nlohmann::ordered_json error_responses();

/// References to those of an endpoint, after its 200.
nlohmann::ordered_json responses_of(Endpoint const& endpoint);

/// Errors of the catalogue that no GET of an endpoint gets.
std::span<Code const> errors_elsewhere();

}  // namespace restapi::api::v2::openapi
