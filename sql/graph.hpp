// SPDX-License-Identifier: MIT
/// The statement that reads the nodes around a node, and the links between them.
#pragma once

#include <cstddef>

#include "query/plan.hpp"
#include "sql/dialect.hpp"
#include "sql/statement.hpp"

namespace restapi::sql {

/// Its columns; the fields of a node follow.
enum GraphColumn : std::size_t {
  first_pk,    ///< of the object in the path
  last_pk,     ///< likewise; another one where the id is ambiguous
  node,        ///< of a node: its pk
  level,       ///< of a level, or of a node
  total,       ///< of a level: how many nodes it has
  link_input,  ///< of a link, as the others: pk of a node
  link_output,
  link_id,
  link_label,
  link_type,
  first_field,
};

/// Rows of levels (those with a total) first. Then rows of nodes in the order of their distance, their level and their
/// id; one node more than the window has. Behind each node, the rows of its links to itself and to the nodes before
/// it, by id. No rows: no such object, or several. All in one statement, so in one state of the data.
Statement compile_graph(query::GraphPlan const& plan, Dialect const& dialect);

}  // namespace restapi::sql
