// SPDX-License-Identifier: MIT
/// From a route and a query to an answer, in two steps: what can be said without the database, and what is read from
/// it.
#pragma once

#include <optional>
#include <variant>

#include "api/v2/link.hpp"
#include "api/v2/routes.hpp"
#include "api/version.hpp"
#include "base/result.hpp"
#include "query/plan.hpp"
#include "query/policy.hpp"
#include "store/store.hpp"

namespace restapi::api::v2 {

/// An answer, or the plan of what has to be read for it.
using Planned = std::variant<Answer, query::ReadPlan>;

/// Parses and plans; pure. Keeps no references to the target. `format`: of the answer; null: the default one.
Result<Planned> prepare(Found const& found, http::Target const& target, Format const* format,
                        model::Catalog const& catalog, query::Policy const& policy);

/// What PendingRead is told of a plan. The first statement is that of one object, or of the beginning of a list without
/// filters.
struct Beginning {
  std::optional<sql::Statement> first;
  model::EntitySet entities;
};
Beginning beginning_of(query::ReadPlan const& plan, sql::Dialect const& dialect);

/// Compiles and reads; throws Interrupted. `first`: the rows of Beginning::first, where there is one.
Result<Answer> read(query::ReadPlan const& plan, std::optional<Result<store::Rows>> first, PageInPath const& page,
                    ReadContext const& context);

}  // namespace restapi::api::v2
