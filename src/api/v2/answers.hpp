// SPDX-License-Identifier: MIT
/// From a route and a query to an answer, in two steps: what can be said without the database, and what is read from
/// it.
#pragma once

#include <optional>
#include <variant>

#include "api/answer.hpp"
#include "api/public_address.hpp"
#include "api/target.hpp"
#include "api/totals.hpp"
#include "api/v2/routes.hpp"
#include "base/result.hpp"
#include "query/plan.hpp"
#include "query/request.hpp"
#include "store/store.hpp"

namespace restapi::api::v2 {

/// An answer, or the plan of what has to be read for it.
using Prepared = std::variant<Answer, query::ReadPlan>;

/// Parses and plans; pure. The target must outlive nothing: what is needed is copied.
Result<Prepared> prepare(Found const& found, Target const& target, model::Catalog const& catalog,
                         query::Policy const& policy);

/// Where an answer is read, and for whom. References outlive the call.
struct Context {
  store::Store& store;
  Totals& totals;
  std::optional<store::Version> const& version;  ///< of the data when the request came, where it is known
  Target const& target;
  PublicAddress const& address;
  std::size_t segments_before_page;  ///< Found::segments_before_page
};

/// The statement that reading begins with, where that is known beforehand and takes the database microseconds: what
/// belongs to one object, the beginning of a list without filters.
std::optional<sql::Statement> first_statement(query::ReadPlan const& plan, sql::Dialect const& dialect);

/// Compiles and reads; throws Interrupted. `first`: the rows of first_statement(), where there is one.
Result<Answer> read(query::ReadPlan const& plan, std::optional<Result<store::Rows>> first, Context const& context);

}  // namespace restapi::api::v2
