// SPDX-License-Identifier: MIT
/// From what was written to what will be read. Pure: no database, no clock.
#pragma once

#include "base/result.hpp"
#include "model/catalog.hpp"
#include "query/plan.hpp"
#include "query/request.hpp"

namespace restapi::query {

inline constexpr std::int64_t max_rows = 400;  ///< the default and the largest limit
inline constexpr std::int64_t default_rows_a_page = 20;
inline constexpr std::size_t max_filters = 100;    ///< filters in one query
inline constexpr std::size_t max_intervals = 200;  ///< date-times in the lists of one query

/// Errors: 2xx of the catalogue; offsets count in the decoded query.
Result<ReadPlan> plan(Request const& request, model::Catalog const& catalog, Policy const& policy);

}  // namespace restapi::query
