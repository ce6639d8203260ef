#include "model/catalog.hpp"

#include <algorithm>

#include "model/resources/tables.hpp"

namespace restapi::model {
namespace {

// What every generation has and the statements rely on beyond the resource tables.
constexpr std::string_view indispensable[] = {
    "db_dbnode.id",       "db_dbnode.uuid",      "db_dbnode.label",   "db_dbnode.ctime",
    "db_dbnode.mtime",    "db_dbnode.extras",    "db_dbnode.user_id", "db_dbnode.attributes",
    "db_dblink.input_id", "db_dblink.output_id", "db_dbcomputer.id",  "db_dbcomputer.uuid",
    "db_dbuser.id",       "db_dbuser.email",     "db_dbgroup.id",     "db_dbgroup.uuid",
};

sql::Fragment choose(Places const& places, Schema const& schema) {
  for (auto const& place : places)
    if (!place.sql.empty() && (place.needs.empty() || schema.contains(place.needs))) return place.sql;
  return {};
}

Layout layout_of(Resource const& resource, Schema const& schema) {
  Layout layout{&resource, {}, choose(resource.kind, schema)};
  for (auto const& column : resource.columns) layout.columns.push_back(choose(column.places, schema));
  return layout;
}

}  // namespace

std::vector<Resource const*> all_resources() {
  std::vector<Resource const*> all;
  for (auto const& resource : node_resources()) all.push_back(&resource);
  for (auto const* resource : {&computers(), &users(), &groups()}) all.push_back(resource);
  return all;
}

Column const* find_column(Resource const& resource, std::string_view name) {
  auto const found = std::ranges::find(resource.columns, name, &Column::name);
  return found == resource.columns.end() ? nullptr : &*found;
}

Result<Catalog> Catalog::of(Schema const& schema) {
  for (auto const column : indispensable) {
    if (schema.contains(column)) continue;
    return Error{Code::source_refused, "this is no AiiDA database: it has no column " + std::string(column),
                 "AiiDA's tables are called db_dbnode, db_dblink, db_dbcomputer, db_dbuser and db_dbgroup"};
  }
  Catalog catalog;
  for (auto const* resource : all_resources()) catalog.layouts_.push_back(layout_of(*resource, schema));
  catalog.generation_ = schema.contains("db_dbnode.node_type") ? Generation::two : Generation::one;
  return catalog;
}

Layout const* Catalog::find(std::string_view name) const {
  auto const found = std::ranges::find_if(layouts_, [&](auto const& layout) { return layout.name() == name; });
  return found == layouts_.end() ? nullptr : &*found;
}

}  // namespace restapi::model
