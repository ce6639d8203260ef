// SPDX-License-Identifier: MIT
/// From a plan to the statements that read it. Values are bound, never written; the columns of the result come in the
/// order said here.
#pragma once

#include <cstdint>
#include <optional>

#include "query/plan.hpp"
#include "sql/dialect.hpp"
#include "sql/feed/since.hpp"
#include "sql/statement.hpp"

namespace restapi::sql {

/// Where a window begins in the order of ids. If this is known beforehand, the rows before it need not be read.
struct Start {
  std::int64_t id;          ///< the window's rows have ids from here on (ascending), or up to here (descending)
  std::int64_t rows_after;  ///< how many rows from there to the first of the window

  bool operator==(Start const&) const = default;
};

/// The rows of the window: the fields of the projection, in its order. Every order of rows ends with the id. Behind a
/// position (ListPlan::after), one row more than the window has, and of each its own position after the fields.
/// `start`: only for lists that are ordered by id alone (is_ordered_by_id).
Statement compile_list(query::ListPlan const& plan, std::optional<Start> start, Dialect const& dialect);

/// The same without rows that have no value in the first term of an ascending order, which come last: an index serves
/// it. Requires a position.
Statement compile_list_without_nulls(query::ListPlan const& plan, Dialect const& dialect);

/// The list, and in front of each row how many there are without the window, in the same state of the data. Costs as
/// much as counting.
Statement compile_counted_list(query::ListPlan const& plan, Dialect const& dialect);

/// The neighbours of an object in one statement: its pk twice (two different ones: the id is ambiguous), then the shown
/// columns. No rows: no neighbours in this window, or no such object.
Statement compile_neighbours(query::NeighboursPlan const& plan, Dialect const& dialect);

/// The same, and behind the pk how many neighbours there are without the window, in the same state of the data.
Statement compile_counted_neighbours(query::NeighboursPlan const& plan, Dialect const& dialect);

/// One row: the object's pk twice, as above, or nulls, and how many neighbours there are without the window.
Statement compile_neighbour_count(query::NeighboursPlan const& plan, Dialect const& dialect);

/// Restricts a count to the neighbours of one node.
struct NeighboursOf {
  query::Direction direction;
  std::int64_t pk;
};

/// One row, one column: how many rows the list has without its window.
Statement compile_count(query::ListPlan const& plan, std::optional<NeighboursOf> neighbours, Dialect const& dialect);

/// One row, one column: the plan of the database for the list without its window, as JSON: an array of one object,
/// whose "Plan" has "Plan Rows". Nothing where it has no such plans.
std::optional<Statement> compile_estimate(query::ListPlan const& plan, Dialect const& dialect);

/// How many rows of the list have an id in [k × ids_a_bucket, (k + 1) × ids_a_bucket): rows of k and number, in no
/// order.
Statement compile_buckets(query::ListPlan const& plan, Dialect const& dialect);
inline constexpr std::int64_t ids_a_bucket = 1024;

/// The list, and in front of each row which buckets have changed since then, and how many rows of the list are in each
/// of them now (feed/versions.hpp); not more than `most_buckets`. Of nodes, and of a PostgreSQL database that writes
/// its changes down.
Statement compile_list_and_changes(query::ListPlan const& plan, std::optional<Start> start, feed::Since const& since,
                                   std::int64_t most_buckets, Dialect const& dialect);

/// Whether the list has no other order than that of its ids.
bool is_ordered_by_id(query::ListPlan const& plan);

/// One object, for its pk, its shown columns behind that, or its JSON document behind that. At most two rows; two: the
/// id is ambiguous.
Statement compile_pk(query::ObjectPlan const& plan, Dialect const& dialect);
Statement compile_object(query::ObjectPlan const& plan, Dialect const& dialect);
Statement compile_document(query::DocumentPlan const& plan, Dialect const& dialect);

/// One row for each type and day: type, day (YYYY-MM-DD, UTC), number of nodes.
Statement compile_statistics(query::StatisticsPlan const& plan, Dialect const& dialect);

/// Rows of key (its number, from 0), value as text or NULL, how many rows of the list have it, how many rows the list
/// has; of each key its most frequent values, at most most_of_facet, of date-times all days. One pass over the table.
Statement compile_facets(query::FacetsPlan const& plan, Dialect const& dialect);
inline constexpr std::int64_t most_of_facet = 100;

}  // namespace restapi::sql
