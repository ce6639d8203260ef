// SPDX-License-Identifier: MIT
/// The JSON documents that rows have beside their columns: what belongs to a resource, and what a client asks for with
/// attributes=true, attributes_filter and the like. Pure.
#pragma once

#include <memory>
#include <vector>

#include "api/v4/routes.hpp"
#include "base/result.hpp"
#include "query/clauses.hpp"
#include "query/plan.hpp"

namespace restapi::api::v4 {

/// The fields of a row of the source. wrong_type: neither true nor false; out_of_range: too many names or steps.
Result<std::shared_ptr<query::Projection const>> shown_of(query::Source const& source, RouteKind kind,
                                                          query::Clauses const& clauses);

/// The names behind a key such as attributes_filter, as they are written.
Result<std::vector<std::string>> names_of(query::Clauses::Reserved const& reserved);

}  // namespace restapi::api::v4
