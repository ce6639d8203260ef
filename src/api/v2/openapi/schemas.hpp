// SPDX-License-Identifier: MIT
/// What answers look like, as JSON Schema.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "api/v2/routes.hpp"
#include "query/view.hpp"

namespace restapi::api::v2::openapi {

/// components/schemas: the rows of each resource, the envelope, an error.
nlohmann::ordered_json schemas();

/// Of an answer in JSON.
nlohmann::ordered_json schema_of(Endpoint const& endpoint);

nlohmann::ordered_json schema_of_error();

/// The first view with the same fields: `nodes` for all of its kinds.
query::View const& first_like(query::View const& view);

/// Which rows a list has. Requires is_list().
query::View const& rows_of(Endpoint const& endpoint);

}  // namespace restapi::api::v2::openapi
