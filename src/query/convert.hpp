// SPDX-License-Identifier: MIT
/// From what was written to what it means for a column: literals become typed values, or the reason why not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "grammar/ast.hpp"
#include "model/type.hpp"
#include "model/value.hpp"
#include "query/plan.hpp"

namespace restapi::query {

/// An integer of 64 bits; wrong_type, out_of_range.
Result<std::int64_t> to_integer(ast::Literal const& literal, std::string_view key);

/// The text of a quoted string or bare word; wrong_type.
Result<std::string> to_text(ast::Literal const& literal, std::string_view key);

/// The interval that a date-time of the written precision covers: 2016-04-23T05:45 is a whole minute, UTC. It always
/// has a start; its end is missing where it would be the year 10000.
/// wrong_type; out_of_range where the day or time does not exist or falls outside the years 1 to 9999.
Result<Interval> to_interval(ast::Literal const& literal, std::string_view key);

/// A single value for integer, text, uuid and boolean columns.
Result<model::Value> to_value(ast::Literal const& literal, model::Type type, std::string_view key);

}  // namespace restapi::query
