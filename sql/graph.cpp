// SPDX-License-Identifier: MIT
#include "sql/graph.hpp"

#include "base/small_text.hpp"
#include "sql/condition.hpp"
#include "sql/conjunction.hpp"
#include "sql/named_object.hpp"
#include "sql/operands.hpp"

namespace restapi::sql {
namespace {

/// How a walk goes from a node to its neighbours on one side.
struct Side {
  query::Direction direction;
  Fragment begin;    // the CTE, up to the next level
  Fragment step;     // and up to the conditions
  Fragment further;  // the level is not the last one
};

// Ids are of one type all along, whatever that of the columns is: a walk in PostgreSQL wants it so.
constexpr Side sides[] = {
    {query::Direction::inputs, ", inputs(id, level) AS (SELECT CAST(id AS bigint), 0 FROM object WHERE id = last",
     " UNION SELECT CAST(l.input_id AS bigint), w.level - 1 FROM inputs AS w JOIN @db_dblink AS l ON l.output_id = "
     "w.id "
     "JOIN @db_dbnode AS n ON n.id = l.input_id",
     "-w.level < "},
    {query::Direction::outputs, ", outputs(id, level) AS (SELECT CAST(id AS bigint), 0 FROM object WHERE id = last",
     " UNION SELECT CAST(l.output_id AS bigint), w.level + 1 FROM outputs AS w JOIN @db_dblink AS l ON l.input_id = "
     "w.id JOIN @db_dbnode AS n ON n.id = l.output_id",
     "w.level < "},
};

/// A node that is reached on several ways is as far away as the shortest of them; UNION keeps each level of a node
/// once, so a walk ends in any graph.
void add_walk(Statement& statement, Side const& side, query::GraphPlan const& plan, Dialect const& dialect) {
  statement.add(side.begin);
  bool const is_wanted = !plan.direction || *plan.direction == side.direction;
  if (is_wanted) {
    statement.add(side.step);
    Conjunction where(statement);
    dialect.bind(where.next().add(side.further), model::Type::integer, plan.levels);
    for (auto const& predicate : plan.list.predicates) add_predicate(where.next(), predicate, dialect);
  }
  statement.add(")");
}

void add_behind(Statement& statement, query::Position const& after, Dialect const& dialect) {
  auto const number = [&](std::size_t term) { return number_in<std::int64_t>(after[term].value_or("")).value_or(0); };
  auto const level = number(0), id = number(1);
  statement.add(" WHERE (abs(p.level), p.level, p.id) > (");
  dialect.bind(statement, model::Type::integer, level < 0 ? -level : level);
  dialect.bind(statement.add(", "), model::Type::integer, level);
  dialect.bind(statement.add(", "), model::Type::integer, id);
  statement.add(")");
}

}  // namespace

Statement compile_graph(query::GraphPlan const& plan, Dialect const& dialect) {
  auto const& list = plan.list;
  Statement statement("graph", GraphColumn::first_field + list.projection->fields.size());
  add_object_cte(statement.add("WITH RECURSIVE "), plan.of, dialect);
  for (auto const& side : sides) add_walk(statement, side, plan, dialect);
  statement.add(
      ", nearest(id, level) AS (SELECT id, level FROM (SELECT id, level, row_number() OVER (PARTITION BY id ORDER BY "
      "abs(level), level) AS nth FROM (SELECT id, level FROM inputs UNION SELECT id, level FROM outputs) AS reached) "
      "AS "
      "ranked WHERE nth = 1), placed(id, level, place) AS MATERIALIZED (SELECT id, level, row_number() OVER (ORDER BY "
      "abs(level), level, id) FROM nearest), page(id, level, place) AS MATERIALIZED (SELECT p.id, p.level, p.place "
      "FROM "
      "placed AS p");
  if (list.after && !list.after->empty()) add_behind(statement, *list.after, dialect);
  statement.add(" ORDER BY p.place LIMIT ");
  dialect.bind(statement, model::Type::integer, list.window.limit + 1);
  // Of a link between two nodes, the one that comes later brings it.
  statement.add(
      ") SELECT (SELECT id FROM object), (SELECT last FROM object), g.id, g.level, g.total, l.input_id, l.output_id, ");
  for (auto const column : plan.links->columns) statement.add(column).add(", ");
  add_fields(statement, *list.projection, *list.source.bound, dialect);
  statement.add(
      " FROM (SELECT CAST(NULL AS bigint) AS place, CAST(NULL AS bigint) AS id, level, CAST(NULL AS bigint) AS link, "
      "count(*) AS total FROM placed GROUP BY level UNION ALL SELECT place, id, level, NULL, NULL FROM page UNION ALL "
      "SELECT p.place, NULL, NULL, k.id, NULL FROM page AS p JOIN @db_dblink AS k ON k.output_id = p.id JOIN placed AS "
      "o "
      "ON o.id = k.input_id WHERE o.place <= p.place UNION ALL SELECT p.place, NULL, NULL, k.id, NULL FROM page AS p "
      "JOIN @db_dblink AS k ON k.input_id = p.id JOIN placed AS o ON o.id = k.output_id WHERE o.place < p.place) AS g "
      "LEFT JOIN @db_dbnode AS n ON n.id = g.id LEFT JOIN @db_dblink AS l ON l.id = g.link ORDER BY g.place NULLS "
      "FIRST, g.link NULLS FIRST, g.level");
  return statement;
}

}  // namespace restapi::sql
