// SPDX-License-Identifier: MIT
#include "sql/named_object.hpp"

namespace restapi::sql {

void add_object(Conjunction& where, query::ObjectPlan const& plan, Dialect const& dialect) {
  auto const& source = plan.source;
  auto const& object = plan.object;
  auto const& resource = *source.bound->resource;
  if (object.pk) {
    dialect.bind(where.next().add(resource.id).add(" = "), model::Type::integer, *object.pk);
  } else {
    // A range, not a cast and LIKE: the unique index answers it for a start of any length.
    dialect.bind(where.next().add(resource.uuid).add(" >= "), model::Type::uuid, object.first_uuid);
    dialect.bind(where.next().add(resource.uuid).add(" <= "), model::Type::uuid, object.last_uuid);
  }
  if (!source.bound->kind.empty()) where.next().add(source.bound->kind);
}

void add_object_cte(Statement& statement, query::ObjectPlan const& plan, Dialect const& dialect) {
  auto const& resource = *plan.source.bound->resource;
  // LIMIT 2: a start of one character would otherwise read a sixteenth of the table.
  statement.add("object AS MATERIALIZED (SELECT min(id) AS id, max(id) AS last FROM (SELECT ").add(resource.id);
  statement.add(" AS id FROM ").add(resource.table);
  Conjunction where(statement);
  add_object(where, plan, dialect);
  statement.add(" LIMIT 2) AS found)");
}

}  // namespace restapi::sql
