// SPDX-License-Identifier: MIT
/// The one statement that reads what a query of a graph of tables asks for.
#pragma once

#include <cstdint>

#include "query/builder/plan.hpp"
#include "sql/dialect.hpp"
#include "sql/statement.hpp"

namespace restapi::sql::builder {

/// Its rows have the outputs of each vertex of the path, those of the edge that leads to it in front of them; JSON as
/// text, cut behind largest_json characters. Behind its own limit, `most_rows` and one more. Every order ends with the
/// ids of the vertices, but where equal rows are shown once.
Statement compile_query(query::builder::BuilderPlan const& plan, std::int64_t most_rows, Dialect const& dialect);

/// Characters that one value of JSON may have in an answer; one more is read.
inline constexpr std::size_t largest_json = std::size_t{1} << 20;

/// Links that a walk goes along at most: the provenance in the file of a stranger may have cycles.
inline constexpr std::int64_t longest_walk = 1000;

}  // namespace restapi::sql::builder
