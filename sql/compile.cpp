// SPDX-License-Identifier: MIT
#include "sql/compile.hpp"

#include <algorithm>

#include "sql/condition.hpp"

namespace restapi::sql {
namespace {

/// Writes " WHERE " before the first condition and " AND " before the others.
class Conjunction {
 public:
  explicit Conjunction(Statement& statement) : statement_(statement) {}

  Statement& next() {
    if (first_)
      statement_.add(" WHERE ");
    else
      statement_.add(" AND ");
    first_ = false;
    return statement_;
  }

 private:
  Statement& statement_;
  bool first_ = true;
};

std::size_t shown_columns(model::Layout const& layout) {
  return static_cast<std::size_t>(std::ranges::count_if(layout.resource->columns, model::is_shown));
}

void add_shown_columns(Statement& statement, model::Layout const& layout) {
  bool first = true;
  for (std::size_t i = 0; i < layout.columns.size(); ++i) {
    if (!model::is_shown(layout.resource->columns[i])) continue;
    if (!first) statement.add(", ");
    statement.add(layout.columns[i]);
    first = false;
  }
}

// Which end of the links a node's neighbours are at. IN lists a neighbour once, also where several links join the two.
Fragment neighbours_begin(query::Scope direction) {
  return direction == query::Scope::inputs
             ? Fragment(" IN (SELECT l.input_id FROM @db_dblink AS l WHERE l.output_id = ")
             : Fragment(" IN (SELECT l.output_id FROM @db_dblink AS l WHERE l.input_id = ");
}

void add_conditions(Conjunction& where, query::ListPlan const& plan, Dialect const& dialect) {
  if (!plan.layout->kind.empty()) where.next().add(plan.layout->kind);
  for (auto const& condition : plan.conditions) add_condition(where.next(), condition, *plan.layout, dialect);
}

void add_from(Statement& statement, query::ListPlan const& plan, std::optional<NeighboursOf> const& neighbours,
              Dialect const& dialect) {
  auto const& resource = *plan.layout->resource;
  statement.add(" FROM ").add(resource.table);
  Conjunction where(statement);
  if (neighbours) {
    where.next().add(resource.id).add(neighbours_begin(neighbours->direction));
    dialect.bind(statement, model::Type::integer, neighbours->pk);
    statement.add(")");
  }
  add_conditions(where, plan, dialect);
}

void add_window(Statement& statement, query::Window window, Dialect const& dialect) {
  statement.add(" LIMIT ");
  dialect.bind(statement, model::Type::integer, window.limit);
  statement.add(" OFFSET ");
  dialect.bind(statement, model::Type::integer, window.offset);
}

void add_object(Conjunction& where, model::Layout const& layout, query::ObjectId const& object,
                Dialect const& dialect) {
  auto const& resource = *layout.resource;
  if (resource.identity == model::Identity::pk) {
    dialect.bind(where.next().add(resource.id).add(" = "), model::Type::integer, object.pk);
  } else {
    // A range, not a cast and LIKE: the unique index answers it for a start of any length.
    dialect.bind(where.next().add(resource.uuid).add(" >= "), model::Type::uuid, object.first_uuid);
    dialect.bind(where.next().add(resource.uuid).add(" <= "), model::Type::uuid, object.last_uuid);
  }
  if (!layout.kind.empty()) where.next().add(layout.kind);
}

// Sorting and passing over rows is done with ids alone where that spares reading what is wide: the page's rows are
// looked up afterwards. PostgreSQL takes the attributes apart for every row that it passes over otherwise.
bool is_better_by_id(query::ListPlan const& plan, std::int64_t passed_over) {
  constexpr std::int64_t many = 100;
  return plan.layout->resource->is_node && (!is_ordered_by_id(plan) || passed_over >= many);
}

void add_order(Statement& statement, query::ListPlan const& plan, Dialect const& dialect) {
  auto const& resource = *plan.layout->resource;
  statement.add(" ORDER BY ");
  for (auto const& key : plan.order) {
    auto const& column = resource.columns[key.column];
    auto const sql = plan.layout->columns[key.column];
    if (column.name == "id") {  // unique: nothing after it can matter, and plain text lets every planner use the index
      statement.add(sql);
      if (key.descending) statement.add(" DESC");
      return;
    }
    if (column.type == model::Type::text)
      dialect.folded(statement, {sql, column.type});
    else if (column.type == model::Type::datetime)
      dialect.instant(statement, sql);
    else
      statement.add(sql);
    // Said aloud because SQLite would put NULLs the other way round.
    if (key.descending)
      statement.add(" DESC NULLS FIRST, ");
    else
      statement.add(" NULLS LAST, ");
  }
  statement.add(resource.id);
}

}  // namespace

bool is_ordered_by_id(query::ListPlan const& plan) {
  return plan.order.empty() || plan.layout->resource->columns[plan.order.front().column].name == "id";
}

Statement compile_list(query::ListPlan const& plan, std::optional<Start> start, Dialect const& dialect) {
  auto const& resource = *plan.layout->resource;
  query::Window const window{plan.window.limit, start ? start->rows_after : plan.window.offset};
  Statement statement("list", shown_columns(*plan.layout));
  statement.add("SELECT ");
  add_shown_columns(statement, *plan.layout);
  auto const add_page = [&] {
    statement.add(" FROM ").add(resource.table);
    Conjunction where(statement);
    if (start) {
      bool const descending = !plan.order.empty() && plan.order.front().descending;
      where.next().add(resource.id).add(descending ? Fragment(" <= ") : Fragment(" >= "));
      dialect.bind(statement, model::Type::integer, start->id);
    }
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
  return statement;
}

Statement compile_neighbours(query::ReadPlan const& plan, Dialect const& dialect) {
  auto const& list = plan.list;
  auto const& nodes = *list.layout->resource;
  Statement statement("neighbours", 2 + shown_columns(*list.layout));
  // LIMIT 2: a start of one character would otherwise read a sixteenth of the table.
  statement.add("WITH object AS MATERIALIZED (SELECT min(id) AS id, max(id) AS last FROM (SELECT ").add(nodes.id);
  statement.add(" AS id FROM ").add(nodes.table);
  Conjunction where_object(statement);
  add_object(where_object, *plan.layout, *plan.object, dialect);
  statement.add(" LIMIT 2) AS found) SELECT (SELECT id FROM object), (SELECT last FROM object), ");
  add_shown_columns(statement, *list.layout);
  statement.add(" FROM ").add(nodes.table);
  Conjunction where(statement);
  where.next().add(nodes.id).add(neighbours_begin(plan.scope)).add("(SELECT id FROM object))");
  add_conditions(where, list, dialect);
  add_order(statement, list, dialect);
  add_window(statement, list.window, dialect);
  return statement;
}

Statement compile_count(query::ListPlan const& plan, std::optional<NeighboursOf> neighbours, Dialect const& dialect) {
  Statement statement("count", 1);
  statement.add("SELECT count(*)");
  add_from(statement, plan, neighbours, dialect);
  return statement;
}

Statement compile_buckets(query::ListPlan const& plan, Dialect const& dialect) {
  Statement statement("buckets", 2);
  static_assert(ids_a_bucket == 1 << 10);
  statement.add("SELECT ").add(plan.layout->resource->id).add(" >> 10, count(*)");
  add_from(statement, plan, std::nullopt, dialect);
  statement.add(" GROUP BY 1");
  return statement;
}

Statement compile_object(model::Layout const& layout, query::ObjectId const& object, Part part,
                         Dialect const& dialect) {
  auto const& resource = *layout.resource;
  auto const width = part == Part::pk ? 1 : part == Part::row ? 1 + shown_columns(layout) : 2;
  Statement statement("object", width);
  bool const is_document = part == Part::attributes || part == Part::extras;
  if (is_document) {
    dialect.begin_document(statement.reads_document(), resource.id,
                           part == Part::attributes ? Fragment("n.attributes") : Fragment("n.extras"));
  } else {
    statement.add("SELECT ").add(resource.id);
    if (part == Part::row) add_shown_columns(statement.add(", "), layout);
  }
  statement.add(" FROM ").add(resource.table);
  Conjunction where(statement);
  add_object(where, layout, object, dialect);
  statement.add(" LIMIT 2");
  if (is_document) dialect.end_document(statement);
  return statement;
}

Statement compile_statistics(model::Layout const& nodes, std::optional<std::int64_t> owner, Dialect const& dialect) {
  auto const& resource = *nodes.resource;
  auto const sql_of = [&](std::string_view name) {
    return nodes.columns[static_cast<std::size_t>(model::find_column(resource, name) - resource.columns.data())];
  };
  Statement statement("statistics", 3);
  statement.add("SELECT ").add(sql_of("type")).add(", ");
  dialect.day(statement, sql_of("ctime"));
  statement.add(", count(*) FROM ").add(resource.table);
  if (owner) {
    statement.add(" WHERE n.user_id = ");
    dialect.bind(statement, model::Type::integer, *owner);
  }
  statement.add(" GROUP BY 1, 2");
  return statement;
}

}  // namespace restapi::sql
