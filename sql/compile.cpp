// SPDX-License-Identifier: MIT
#include "sql/compile.hpp"

#include <algorithm>
#include <array>

#include "sql/condition.hpp"
#include "sql/conjunction.hpp"
#include "sql/feed/versions.hpp"
#include "sql/named_object.hpp"
#include "sql/operands.hpp"
#include "sql/order.hpp"

namespace restapi::sql {
namespace {

/// FROM and WHERE of the neighbours of a node, on whose pk `begin` ends. Which end of the links they are at depends on
/// the direction.
struct FromNeighbours {
  Fragment from, begin, end;
};

FromNeighbours from_neighbours(query::Direction direction, query::View const& view) {
  bool const is_inputs = direction == query::Direction::inputs;
  if (view.has_link)  // a row for each link
    return is_inputs
               ? FromNeighbours{" FROM @db_dblink AS l JOIN @db_dbnode AS n ON n.id = l.input_id", "l.output_id = ", ""}
               : FromNeighbours{" FROM @db_dblink AS l JOIN @db_dbnode AS n ON n.id = l.output_id",
                                "l.input_id = ", ""};
  // IN lists a neighbour once, also where several links join the two.
  return is_inputs ? FromNeighbours{" FROM @db_dbnode AS n",
                                    "n.id IN (SELECT l.input_id FROM @db_dblink AS l WHERE l.output_id = ", ")"}
                   : FromNeighbours{" FROM @db_dbnode AS n",
                                    "n.id IN (SELECT l.output_id FROM @db_dblink AS l WHERE l.input_id = ", ")"};
}

void add_conditions(Conjunction& where, query::ListPlan const& plan, Dialect const& dialect) {
  if (!plan.source.bound->kind.empty()) where.next().add(plan.source.bound->kind);
  for (auto const& predicate : plan.predicates) add_predicate(where.next(), predicate, dialect);
}

void add_from(Statement& statement, query::ListPlan const& plan, std::optional<NeighboursOf> const& neighbours,
              Dialect const& dialect) {
  if (neighbours) {
    auto const from = from_neighbours(neighbours->direction, *plan.source.view);
    statement.add(from.from);
    Conjunction where(statement);
    dialect.bind(where.next().add(from.begin), model::Type::integer, neighbours->pk);
    statement.add(from.end);
    add_conditions(where, plan, dialect);
    return;
  }
  statement.add(" FROM ").add(plan.source.bound->resource->table);
  Conjunction where(statement);
  add_conditions(where, plan, dialect);
}

void add_window(Statement& statement, query::Window window, Dialect const& dialect) {
  statement.add(" LIMIT ");
  dialect.bind(statement, model::Type::integer, window.limit);
  statement.add(" OFFSET ");
  dialect.bind(statement, model::Type::integer, window.offset);
}

/// Behind what is selected of one object.
void add_found(Statement& statement, query::ObjectPlan const& plan, Dialect const& dialect) {
  statement.add(" FROM ").add(plan.source.bound->resource->table);
  Conjunction where(statement);
  add_object(where, plan, dialect);
  statement.add(" LIMIT 2");
}

Fragment column_of(query::DocumentKind kind) {
  switch (kind) {
    case query::DocumentKind::attributes:
      return "n.attributes";
    case query::DocumentKind::extras:
      return "n.extras";
  }
  return {};
}

// Sorting and passing over rows is done with ids alone where that spares reading what is wide: the page's rows are
// looked up afterwards. PostgreSQL takes the attributes apart for every row that it passes over otherwise.
bool is_better_by_id(query::ListPlan const& plan, std::int64_t passed_over) {
  constexpr std::int64_t many = 100, too_many = 10'000;
  return plan.source.bound->resource->is_node && plan.window.limit < too_many &&
         (!is_ordered_by_id(plan) || passed_over >= many);
}

/// Of what is read behind a position: whether rows without a value in the first term are among it (add_behind()).
enum class Nulls { with, without };

/// Of the rows of a list.
std::size_t width_of(query::ListPlan const& plan) {
  auto const shown = plan.projection->fields.size();
  return plan.after ? shown + query::order_terms(plan.order, *plan.source.bound).size() : shown;
}

/// `before`: columns in front of those of the list.
Statement list_statement(Fragment name, std::size_t before, query::ListPlan const& plan) {
  Statement statement(name, before + width_of(plan));
  bool const has_json = std::ranges::any_of(plan.projection->fields, [](auto const& field) { return !field.type; });
  if (has_json) statement.reads_document();
  return statement;
}

/// What is behind SELECT.
void add_list(Statement& statement, query::ListPlan const& plan, std::optional<Start> start, Nulls nulls,
              Dialect const& dialect) {
  auto const& resource = *plan.source.bound->resource;
  query::Window const window{plan.window.limit + (plan.reads_one_more() ? 1 : 0),
                             start ? start->rows_after : plan.window.offset};
  add_fields(statement, *plan.projection, *plan.source.bound, dialect);
  if (plan.after) add_position(statement, plan, dialect);
  auto const add_page = [&] {
    statement.add(" FROM ").add(resource.table);
    Conjunction where(statement);
    if (start) {
      bool const descending = !plan.order.empty() && plan.order.front().descending;
      where.next().add(resource.id).add(descending ? Fragment(" <= ") : Fragment(" >= "));
      dialect.bind(statement, model::Type::integer, start->id);
    }
    if (plan.after && !plan.after->empty()) add_behind(where.next(), plan, nulls == Nulls::with, dialect);
    add_conditions(where, plan, dialect);
    add_order(statement, plan, dialect);
    add_window(statement, window, dialect);
  };
  if (is_better_by_id(plan, window.offset)) {
    statement.add(" FROM ").add(resource.table).add(" WHERE ").add(resource.id).add(" IN (SELECT ").add(resource.id);
    add_page();
    statement.add(")");
    add_order(statement, plan, dialect);
  } else {
    add_page();
  }
}

void add_neighbours_of_object(Statement& statement, query::NeighboursPlan const& plan, Dialect const& dialect) {
  auto const from = from_neighbours(plan.direction, *plan.list.source.view);
  statement.add(from.from);
  Conjunction where(statement);
  where.next().add(from.begin).add("(SELECT id FROM object)").add(from.end);
  add_conditions(where, plan.list, dialect);
}

void add_neighbour_count(Statement& statement, query::NeighboursPlan const& plan, Dialect const& dialect) {
  statement.add("(SELECT count(*)");
  add_neighbours_of_object(statement, plan, dialect);
  statement.add(")");
}

void add_neighbours(Statement& statement, query::NeighboursPlan const& plan, Dialect const& dialect) {
  add_fields(statement, *plan.list.projection, *plan.list.source.bound, dialect);
  add_neighbours_of_object(statement, plan, dialect);
  add_order(statement, plan.list, dialect);
  if (plan.list.source.view->has_link) statement.add(", l.id");
  add_window(statement, plan.list.window, dialect);
}

}  // namespace

bool is_ordered_by_id(query::ListPlan const& plan) {
  using Kind = query::OrderTerm::Kind;
  return plan.order.empty() || query::order_terms(plan.order, *plan.source.bound).front().kind == Kind::id;
}

Statement compile_list(query::ListPlan const& plan, std::optional<Start> start, Dialect const& dialect) {
  auto statement = list_statement("list", 0, plan);
  add_list(statement.add("SELECT "), plan, start, Nulls::with, dialect);
  return statement;
}

Statement compile_list_without_nulls(query::ListPlan const& plan, Dialect const& dialect) {
  auto statement = list_statement("list", 0, plan);
  add_list(statement.add("SELECT "), plan, std::nullopt, Nulls::without, dialect);
  return statement;
}

Statement compile_counted_list(query::ListPlan const& plan, Dialect const& dialect) {
  auto statement = list_statement("counted", 1, plan);
  statement.add("SELECT (SELECT count(*)");
  add_from(statement, plan, std::nullopt, dialect);
  add_list(statement.add("), "), plan, std::nullopt, Nulls::with, dialect);
  return statement;
}

Statement compile_neighbours(query::NeighboursPlan const& plan, Dialect const& dialect) {
  Statement statement("neighbours", 2 + plan.list.projection->fields.size());
  add_object_cte(statement.add("WITH "), plan.of, dialect);
  statement.add(" SELECT (SELECT id FROM object), (SELECT last FROM object), ");
  add_neighbours(statement, plan, dialect);
  return statement;
}

Statement compile_counted_neighbours(query::NeighboursPlan const& plan, Dialect const& dialect) {
  Statement statement("counted", 3 + plan.list.projection->fields.size());
  add_object_cte(statement.add("WITH "), plan.of, dialect);
  statement.add(" SELECT (SELECT id FROM object), (SELECT last FROM object), ");
  add_neighbour_count(statement, plan, dialect);
  add_neighbours(statement.add(", "), plan, dialect);
  return statement;
}

Statement compile_neighbour_count(query::NeighboursPlan const& plan, Dialect const& dialect) {
  Statement statement("counted", 3);
  add_object_cte(statement.add("WITH "), plan.of, dialect);
  statement.add(" SELECT (SELECT id FROM object), (SELECT last FROM object), ");
  add_neighbour_count(statement, plan, dialect);
  return statement;
}

Statement compile_count(query::ListPlan const& plan, std::optional<NeighboursOf> neighbours, Dialect const& dialect) {
  Statement statement("count", 1);
  statement.add("SELECT count(*)");
  add_from(statement, plan, neighbours, dialect);
  return statement;
}

std::optional<Statement> compile_estimate(query::ListPlan const& plan, Dialect const& dialect) {
  auto const explain = dialect.explain();
  if (!explain) return std::nullopt;
  Statement statement("estimate", 1);
  statement.add(*explain).add("SELECT 1");
  add_from(statement, plan, std::nullopt, dialect);
  return statement;
}

Statement compile_buckets(query::ListPlan const& plan, Dialect const& dialect) {
  Statement statement("buckets", 2);
  static_assert(ids_a_bucket == 1 << 10);
  statement.add("SELECT ").add(plan.source.bound->resource->id).add(" >> 10, count(*)");
  add_from(statement, plan, std::nullopt, dialect);
  statement.add(" GROUP BY 1");
  return statement;
}

Statement compile_list_and_changes(query::ListPlan const& plan, std::optional<Start> start, feed::Since const& since,
                                   std::int64_t most_buckets, Dialect const& dialect) {
  auto statement = list_statement("counted", 1, plan);
  statement.add("SELECT ");
  feed::add_changed_buckets(statement, since, most_buckets, [&](Statement& counted) {
    auto const& resource = *plan.source.bound->resource;
    counted.add("SELECT count(*) FROM ").add(resource.table);
    Conjunction where(counted);
    where.next().add(resource.id).add(" >= CAST(b.bucket AS bigint) << 10");
    where.next().add(resource.id).add(" < (CAST(b.bucket AS bigint) + 1) << 10");
    add_conditions(where, plan, dialect);
  });
  add_list(statement.add(", "), plan, start, Nulls::with, dialect);
  return statement;
}

Statement compile_pk(query::ObjectPlan const& plan, Dialect const& dialect) {
  Statement statement("object", 1);
  statement.add("SELECT ").add(plan.source.bound->resource->id);
  add_found(statement, plan, dialect);
  return statement;
}

Statement compile_object(query::ObjectPlan const& plan, Dialect const& dialect) {
  Statement statement("object", 1 + plan.projection->fields.size());
  statement.add("SELECT ").add(plan.source.bound->resource->id).add(", ");
  add_fields(statement, *plan.projection, *plan.source.bound, dialect);
  add_found(statement, plan, dialect);
  return statement;
}

Statement compile_document(query::DocumentPlan const& plan, Dialect const& dialect) {
  Statement statement("object", 2);
  dialect.begin_document(statement.reads_document(), plan.of.source.bound->resource->id, column_of(plan.kind));
  add_found(statement, plan.of, dialect);
  dialect.end_document(statement);
  return statement;
}

Statement compile_facets(query::FacetsPlan const& plan, Dialect const& dialect) {
  static constexpr std::array<Fragment, query::max_facets> names{"k0", "k1", "k2",  "k3",  "k4",  "k5",  "k6",  "k7",
                                                                 "k8", "k9", "k10", "k11", "k12", "k13", "k14", "k15"};
  auto const& fields = plan.keys->fields;
  Statement statement("facets", 4);
  statement.add("WITH f(");
  for (std::size_t i = 0; i < fields.size(); ++i) statement.add(i == 0 ? Fragment("") : Fragment(", ")).add(names[i]);
  statement.add(") AS MATERIALIZED (SELECT ");
  add_facets(statement, *plan.keys, *plan.source.bound, dialect);
  statement.add(" FROM ").add(plan.source.bound->resource->table);
  Conjunction where(statement);
  if (!plan.source.bound->kind.empty()) where.next().add(plan.source.bound->kind);
  for (auto const& predicate : plan.predicates) add_predicate(where.next(), predicate, dialect);
  statement.add(
      ") SELECT key, value, number, rows_of_list FROM (SELECT key, value, number, sum(number) OVER (PARTITION BY key) "
      "AS "
      "rows_of_list, row_number() OVER (PARTITION BY key ORDER BY number DESC, value");
  statement.add(dialect.byte_order()).add(" NULLS LAST) AS place, is_day FROM (");
  for (std::size_t i = 0; i < fields.size(); ++i) {
    statement.add(i == 0 ? Fragment("SELECT ") : Fragment(" UNION ALL SELECT "));
    dialect.bind(statement, model::Type::integer, static_cast<std::int64_t>(i));
    statement.add(" AS key, ").add(names[i]).add(" AS value, count(*) AS number, ");
    statement.add(fields[i].type == model::Type::datetime ? Fragment("1") : Fragment("0"))
        .add(" AS is_day FROM f GROUP BY ");
    statement.add(names[i]);
  }
  statement.add(") AS counted) AS placed WHERE is_day = 1 OR place <= ");
  dialect.bind(statement, model::Type::integer, most_of_facet);
  return statement.add(" ORDER BY key, place");
}

Statement compile_statistics(query::StatisticsPlan const& plan, Dialect const& dialect) {
  auto const& nodes = *plan.nodes;
  auto const& resource = *nodes.resource;
  auto const sql_of = [&](std::string_view name) {
    return nodes.columns[static_cast<std::size_t>(model::find_column(resource, name) - resource.columns.data())];
  };
  Statement statement("statistics", 3);
  statement.add("SELECT ").add(sql_of("node_type")).add(", ");
  dialect.day(statement, sql_of("ctime"));
  statement.add(", count(*) FROM ").add(resource.table);
  if (plan.owner) {
    statement.add(" WHERE n.user_id = ");
    dialect.bind(statement, model::Type::integer, *plan.owner);
  }
  statement.add(" GROUP BY 1, 2");
  return statement;
}

}  // namespace restapi::sql
