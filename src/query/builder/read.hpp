// SPDX-License-Identifier: MIT
/// From the JSON that a client of AiiDA's QueryBuilder sends (`QueryBuilder().as_dict()`) to a plan.
///
///   auto const body = read_json(text, query::builder::max_depth);
///   auto const plan = query::builder::read_query(*body, catalog, policy);
///   plan.error().message == "/filters/p/attributes.n/====: attributes.n does not take the operator \"====\""
///   plan.error().hint    == "did you mean \"==\"? operators of JSON, each also with ! or ~ in front: ==, >, …"
#pragma once

#include "base/json_value.hpp"
#include "base/result.hpp"
#include "model/catalog.hpp"
#include "query/builder/plan.hpp"
#include "query/policy.hpp"

namespace restapi::query::builder {

/// Pure. Every error is one of meaning (2xx) whose message begins with the place in the body, as JSON pointer, and
/// whose hint says what would have worked.
Result<BuilderPlan> read_query(JsonValue const& body, model::Catalog const& catalog, Policy const& policy);

}  // namespace restapi::query::builder
