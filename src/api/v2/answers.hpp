// SPDX-License-Identifier: MIT
/// From a route and a query to an answer, or to the plan of what is read for it.
#pragma once

#include <memory>
#include <variant>

#include "api/plan_reading.hpp"
#include "api/v2/routes.hpp"
#include "api/version.hpp"
#include "base/result.hpp"
#include "query/plan.hpp"
#include "query/policy.hpp"

namespace restapi::api::v2 {

/// An answer, or what has to be read for it.
using Planned = std::variant<Answer, query::ReadPlan, std::unique_ptr<PendingRead>>;

/// Parses and plans; pure. Keeps no references to the target. `format`: of the answer; null: the default one.
Result<Planned> prepare(Found const& found, http::Target const& target, Format const* format,
                        model::Catalog const& catalog, query::Policy const& policy, sql::Dialect const& dialect);

PlanWords const& words();

}  // namespace restapi::api::v2
