// SPDX-License-Identifier: MIT
#include "model/catalog.hpp"

#include <algorithm>

#include "model/resources/tables.hpp"

namespace restapi::model {
namespace {

// What every generation has, so that the expressions without a condition, and the statements, may rely on it.
constexpr std::string_view indispensable[] = {
    "db_dbnode.id",
    "db_dbnode.uuid",
    "db_dbnode.label",
    "db_dbnode.ctime",
    "db_dbnode.mtime",
    "db_dbnode.attributes",
    "db_dbnode.extras",
    "db_dbnode.user_id",
    "db_dbnode.dbcomputer_id",
    "db_dblink.input_id",
    "db_dblink.output_id",
    "db_dbcomputer.id",
    "db_dbcomputer.uuid",
    "db_dbcomputer.description",
    "db_dbcomputer.hostname",
    "db_dbcomputer.scheduler_type",
    "db_dbcomputer.transport_type",
    "db_dbuser.id",
    "db_dbuser.first_name",
    "db_dbuser.last_name",
    "db_dbuser.institution",
    "db_dbgroup.id",
    "db_dbgroup.uuid",
    "db_dbgroup.description",
    "db_dbgroup.user_id",
};

// What was renamed: a database has one of the two.
struct Renamed {
  std::string_view newer, older;
};
constexpr Renamed renamed[] = {
    {"db_dbnode.node_type", "db_dbnode.type"},
    {"db_dbcomputer.label", "db_dbcomputer.name"},
    {"db_dbgroup.label", "db_dbgroup.name"},
    {"db_dbgroup.type_string", "db_dbgroup.type"},
};

Error no_column(std::string_view column) {
  return {Code::source_refused, "this is no AiiDA database: it has no column " + std::string(column),
          "AiiDA's tables are called db_dbnode, db_dblink, db_dbcomputer, db_dbuser and db_dbgroup"};
}

sql::Fragment choose(Expressions const& expressions, Schema const& schema) {
  for (auto const& expression : expressions)
    if (!expression.sql.empty() && (expression.needs.empty() || schema.contains(expression.needs)))
      return expression.sql;
  return {};
}

BoundResource bind(Resource const& resource, Schema const& schema) {
  BoundResource bound{&resource, {}, choose(resource.kind, schema)};
  for (auto const& column : resource.columns) bound.columns.push_back(choose(column.expressions, schema));
  return bound;
}

}  // namespace

std::vector<Resource const*> all_resources() {
  std::vector<Resource const*> all;
  for (auto const& resource : node_resources()) all.push_back(&resource);
  for (auto const* resource : {&computers(), &users(), &groups()}) all.push_back(resource);
  return all;
}

Resource const* find_resource(std::string_view name) {
  auto const all = all_resources();
  auto const found = std::ranges::find(all, name, &Resource::name);
  return found == all.end() ? nullptr : *found;
}

Column const* find_column(Resource const& resource, std::string_view name) {
  auto const found = std::ranges::find(resource.columns, name, &Column::name);
  return found == resource.columns.end() ? nullptr : &*found;
}

bool is_of_django(Schema const& schema) {
  return schema.contains("db_dbnode.id") && !schema.contains("db_dbnode.attributes") &&
         schema.contains("db_dbattribute.dbnode_id");
}

Result<Catalog> Catalog::of(Schema const& schema) {
  if (is_of_django(schema))
    return Error{Code::source_refused, "this is a database of AiiDA 0.x with the Django backend, which cannot be read",
                 "migrate it with AiiDA 1.x (`verdi database migrate`)"};
  for (auto const column : indispensable)
    if (!schema.contains(column)) return no_column(column);
  for (auto const& [newer, older] : renamed)
    if (!schema.contains(newer) && !schema.contains(older)) return no_column(newer);
  Catalog catalog;
  for (auto const* resource : all_resources()) catalog.resources_.push_back(bind(*resource, schema));
  catalog.generation_ = schema.contains("db_dbnode.node_type") ? Generation::two : Generation::one;
  return catalog;
}

BoundResource const* Catalog::find(std::string_view name) const {
  auto const found = std::ranges::find_if(resources_, [&](auto const& bound) { return bound.name() == name; });
  return found == resources_.end() ? nullptr : &*found;
}

}  // namespace restapi::model
