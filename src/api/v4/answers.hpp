// SPDX-License-Identifier: MIT
/// From a route and a query to an answer, or to what has to be read for one.
#pragma once

#include <memory>
#include <string_view>
#include <variant>

#include "api/plan_reading.hpp"
#include "api/v4/routes.hpp"
#include "api/version.hpp"
#include "base/result.hpp"
#include "query/policy.hpp"

namespace restapi::api::v4 {

using Planned = std::variant<Answer, query::ReadPlan, std::unique_ptr<PendingRead>>;

/// Parses and plans; pure. Keeps no references to the target. Of several errors the first in the order of
/// docs/api-v4.md: what is wrong behind an id that names no object is not told.
Result<Planned> prepare(Found const& found, http::Target const& target, model::Catalog const& catalog,
                        query::Policy const& policy, sql::Dialect const& dialect);

/// The same of what is posted. `method`: GET and HEAD are told what to send instead.
Result<Planned> prepare_posted(std::string_view method, std::string_view body, http::Target const& target,
                               model::Catalog const& catalog, query::Policy const& policy, sql::Dialect const& dialect);

/// Of the base URL and of the server.
Answer about_server(RouteKind kind, bool has_posting);

PlanWords const& words();

}  // namespace restapi::api::v4
