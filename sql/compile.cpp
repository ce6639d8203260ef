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

void add_from(Statement& statement, query::ListPlan const& plan, std::optional<NeighboursOf> const& neighbours,
              Dialect const& dialect) {
  auto const& resource = *plan.layout->resource;
  statement.add(" FROM ").add(resource.table);
  Conjunction where(statement);
  if (neighbours) {
    // IN lists a neighbour once, also where several links join the two.
    where.next().add(resource.id);
    if (neighbours->direction == query::Scope::inputs)
      statement.add(" IN (SELECT l.input_id FROM db_dblink AS l WHERE l.output_id = ");
    else
      statement.add(" IN (SELECT l.output_id FROM db_dblink AS l WHERE l.input_id = ");
    dialect.bind(statement, model::Type::integer, neighbours->pk);
    statement.add(")");
  }
  if (!plan.layout->kind.empty()) where.next().add(plan.layout->kind);
  for (auto const& condition : plan.conditions) add_condition(where.next(), condition, *plan.layout, dialect);
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

Statement compile_list(query::ListPlan const& plan, std::optional<NeighboursOf> neighbours, Dialect const& dialect) {
  Statement statement(neighbours ? Fragment("neighbours") : Fragment("list"), shown_columns(*plan.layout));
  statement.add("SELECT ");
  add_shown_columns(statement, *plan.layout);
  add_from(statement, plan, neighbours, dialect);
  add_order(statement, plan, dialect);
  statement.add(" LIMIT ");
  dialect.bind(statement, model::Type::integer, plan.window.limit);
  statement.add(" OFFSET ");
  dialect.bind(statement, model::Type::integer, plan.window.offset);
  return statement;
}

Statement compile_count(query::ListPlan const& plan, std::optional<NeighboursOf> neighbours, Dialect const& dialect) {
  Statement statement("count", 1);
  statement.add("SELECT count(*)");
  add_from(statement, plan, neighbours, dialect);
  return statement;
}

Statement compile_object(model::Layout const& layout, query::ObjectId const& object, Part part,
                         Dialect const& dialect) {
  auto const& resource = *layout.resource;
  auto const width = part == Part::pk ? 1 : part == Part::row ? 1 + shown_columns(layout) : 2;
  Statement statement("object", width);
  statement.add("SELECT ").add(resource.id);
  switch (part) {
    case Part::row:
      statement.add(", ");
      add_shown_columns(statement, layout);
      break;
    case Part::attributes:
      statement.add(", n.attributes");
      break;
    case Part::extras:
      statement.add(", n.extras");
      break;
    case Part::pk:
      break;
  }
  statement.add(" FROM ").add(resource.table).add(" WHERE ");
  if (resource.identity == model::Identity::pk) {
    statement.add(resource.id).add(" = ");
    dialect.bind(statement, model::Type::integer, object.pk);
  } else {
    // A range, not a cast and LIKE: the unique index answers it for a start of any length.
    statement.add(resource.uuid).add(" >= ");
    dialect.bind(statement, model::Type::uuid, object.first_uuid);
    statement.add(" AND ").add(resource.uuid).add(" <= ");
    dialect.bind(statement, model::Type::uuid, object.last_uuid);
  }
  if (!layout.kind.empty()) statement.add(" AND ").add(layout.kind);
  statement.add(" LIMIT 2");
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
