// SPDX-License-Identifier: MIT
/// What stands under "data": rows, schemas, statistics, as JSON text without white space. What is made of rows may be
/// interrupted by its limits (AnswerLimits).
#pragma once

#include <string>
#include <string_view>

#include "api/answer_limits.hpp"
#include "base/result.hpp"
#include "model/catalog.hpp"
#include "query/plan.hpp"
#include "store/rows.hpp"

namespace restapi::api::v2 {

/// {"nodes":[{…},…]}: rows of a resource's shown columns, which begin at `first_column`.
std::string rows_data(std::string_view name, model::Layout const& layout, store::Rows const& rows, AnswerLimits& limits,
                      std::size_t first_column = 0);

/// {"attributes":{…}}: the chosen members of a stored JSON object; NULL is the empty object.
/// store_failed where the database holds something else.
Result<std::string> content_data(std::string_view name, std::optional<std::string_view> stored,
                                 query::Members const& members, AnswerLimits& limits);

/// {"fields":{…},"ordering":[…]}
std::string schema_data(model::Resource const& resource);

/// {"ctime_by_day":{…},"total":N,"types":{…}} from rows of type, day, number.
std::string statistics_data(store::Rows const& rows, AnswerLimits& limits);

}  // namespace restapi::api::v2
