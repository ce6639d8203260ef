/// From a plan to the statements that read it. Values are bound, never written; the columns of the result come in the
/// order said here.
#pragma once

#include <cstdint>
#include <optional>

#include "query/plan.hpp"
#include "sql/dialect.hpp"
#include "sql/statement.hpp"

namespace restapi::sql {

/// Restricts a list to the neighbours of one node.
struct NeighboursOf {
  query::Scope direction;  ///< inputs or outputs
  std::int64_t pk;
};

/// The rows of the window: the shown columns of the resource, in its order. Every order ends with the id.
Statement compile_list(query::ListPlan const& plan, std::optional<NeighboursOf> neighbours, Dialect const& dialect);

/// One row, one column: how many rows the list has without its window.
Statement compile_count(query::ListPlan const& plan, std::optional<NeighboursOf> neighbours, Dialect const& dialect);

/// What is read of an object beside its pk.
enum class Part { row, pk, attributes, extras };

/// At most two rows (two: the id is ambiguous): the pk, then the shown columns, nothing, or the JSON document.
Statement compile_object(model::Layout const& layout, query::ObjectId const& object, Part part, Dialect const& dialect);

/// One row for each type and day: type, day (YYYY-MM-DD, UTC), number of nodes.
Statement compile_statistics(model::Layout const& nodes, std::optional<std::int64_t> owner, Dialect const& dialect);

}  // namespace restapi::sql
