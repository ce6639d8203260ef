// SPDX-License-Identifier: MIT
/// From the names in `fields` and `orderby` to what is read of a row.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "grammar/ast.hpp"
#include "query/plan.hpp"
#include "query/planner.hpp"

namespace restapi::query {

inline constexpr std::size_t max_fields = 100;  ///< in one answer

/// A key of the resource, a path into a document, or either of the one row that it is related to: "label",
/// "attributes.energy", "computer.name". unknown_key, private_key, out_of_range.
Result<Shown> read_field(std::string_view written, std::size_t offset, Source const& source, Planner const& planner);

/// Of the values of `fields`; `*` is what is shown where nothing is asked for.
Result<std::shared_ptr<Projection const>> read_projection(ast::Clause const& clause, Source const& source,
                                                          Planner const& planner);

}  // namespace restapi::query
