// SPDX-License-Identifier: MIT
/// From one filter clause on a JSON document to one condition. The literal says what is compared: a number with
/// numbers, a string with strings, true and false with booleans.
#pragma once

#include <span>

#include "base/result.hpp"
#include "query/plan.hpp"

namespace restapi::query {

inline constexpr std::size_t max_steps = 16;  ///< of a path

/// `path`: the last steps of the clause's key, at least one. wrong_type, out_of_range, pattern_too_complex.
Result<DocumentCondition> plan_document_filter(ast::Clause const& clause, model::Document const& document,
                                               std::span<ast::Step const> path);

}  // namespace restapi::query
