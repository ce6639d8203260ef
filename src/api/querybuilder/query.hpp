// SPDX-License-Identifier: MIT
/// POST of a query as AiiDA's QueryBuilder writes it: from the body of the request to its answer. A version of the API
/// does the rest: which path, what the envelope and errors look like.
///
///   auto query = read_query(question.body, catalog, policy);
///   if (!query) return {"querybuilder", query.error()};
///   return {"querybuilder", pending_query(*std::move(query), usual_most_rows, dialect)};
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "api/version.hpp"
#include "base/result.hpp"
#include "model/catalog.hpp"
#include "query/builder/plan.hpp"
#include "query/policy.hpp"
#include "sql/dialect.hpp"

namespace restapi::api::querybuilder {

inline constexpr std::size_t largest_body = std::size_t{1} << 20;  ///< to be checked before it is read (Accepted::body)
inline constexpr std::int64_t usual_most_rows = 100'000;

/// Pure. Errors: syntax, out_of_range (nested too deep), and those of query::builder::read_query().
Result<query::builder::BuilderPlan> read_query(std::string_view body, model::Catalog const& catalog,
                                               query::Policy const& policy);

/// Reads the rows with one statement. Its answer has GraphRows, resource_type "QueryBuilder", no pk, and the number of
/// rows as total. Error limit_too_large where there are more than `most_rows` and the query has no lower limit.
std::unique_ptr<PendingRead> pending_query(query::builder::BuilderPlan plan, std::int64_t most_rows,
                                           sql::Dialect const& dialect);

}  // namespace restapi::api::querybuilder
