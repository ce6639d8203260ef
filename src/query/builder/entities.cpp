// SPDX-License-Identifier: MIT
#include "query/builder/entities.hpp"

#include <algorithm>
#include <string>

#include "model/relation.hpp"

namespace restapi::query::builder {
namespace {

using model::Type;

constexpr bool is_synonym = true;

constexpr ColumnRow node_columns[] = {
    {"attributes", "attributes"},
    {"computer", "computer_id", {}, {}, is_synonym},
    {"ctime", "ctime"},
    {"dbcomputer_id", "computer_id"},
    {"description", "description"},
    {"extras", "extras"},
    {"id", "id"},
    {"label", "label"},
    {"mtime", "mtime"},
    {"node_type", "node_type"},
    {"pk", "id", {}, {}, is_synonym},
    {"process_type", "process_type"},
    {"repository_metadata", "repository_metadata"},
    {"user", "user_id", {}, {}, is_synonym},
    {"user_id", "user_id"},
    {"uuid", "uuid"},
};
constexpr ColumnRow group_columns[] = {
    {"description", "description"},
    {"extras", "extras"},
    {"id", "id"},
    {"label", "label"},
    {"pk", "id", {}, {}, is_synonym},
    {"time", "time"},
    {"type_string", "type_string"},
    {"user", "user_id", {}, {}, is_synonym},
    {"user_id", "user_id"},
    {"uuid", "uuid"},
};
constexpr ColumnRow computer_columns[] = {
    {"_metadata", "metadata", {}, {}, is_synonym},
    {"description", "description"},
    {"hostname", "hostname"},
    {"id", "id"},
    {"label", "label"},
    {"metadata", "metadata"},
    {"pk", "id", {}, {}, is_synonym},
    {"scheduler_type", "scheduler_type"},
    {"transport_type", "transport_type"},
    {"uuid", "uuid"},
};
constexpr ColumnRow user_columns[] = {
    {"email", "email"},         {"first_name", "first_name"},     {"id", "id"}, {"institution", "institution"},
    {"last_name", "last_name"}, {"pk", "id", {}, {}, is_synonym},
};
constexpr ColumnRow link_columns[] = {
    {"id", "id"},
    {"input_id", "", "l.input_id", Type::integer},
    {"label", "label"},
    {"output_id", "", "l.output_id", Type::integer},
    {"pk", "id", {}, {}, is_synonym},
    {"type", "type"},
};
constexpr ColumnRow member_columns[] = {
    {"dbgroup_id", "", "m.dbgroup_id", Type::integer},
    {"dbnode_id", "", "m.dbnode_id", Type::integer},
    {"id", "", "m.id", Type::integer},
};
constexpr ColumnRow walk_columns[] = {
    {"ancestor_id", "", "w.ancestor_id", Type::integer},
    {"depth", "", "w.depth", Type::integer},
    {"descendant_id", "", "w.descendant_id", Type::integer},
    {path_of_walk, "", "w.path"},
};

constexpr EntityRow rows[] = {
    {Kind::node, "a node", "nodes", "@db_dbnode AS n", "n.id", node_columns},
    {Kind::group, "a group", "groups", "@db_dbgroup AS g", "g.id", group_columns},
    {Kind::computer, "a computer", "computers", "@db_dbcomputer AS c", "c.id", computer_columns},
    {Kind::user, "a user", "users", "@db_dbuser AS u", "u.id", user_columns},
    {Kind::link, "a link", "links", "@db_dblink AS l", "l.id", link_columns},
    {Kind::member, "a member of a group", "", "@db_dbgroup_dbnodes AS m", "m.id", member_columns},
    {Kind::walk, "a way between ancestors and descendants", "", "", "", walk_columns},
};

/// A database that lacks it has it nowhere.
constexpr sql::Fragment no_document = "CAST(NULL AS jsonb)";

struct Found {
  Column column;
  bool is_private = false;
};

Found column_of(ColumnRow const& row, EntityRow const& entity, model::Catalog const& catalog) {
  if (row.model.empty()) return {{row.sql, row.type}};
  auto const& bound = *catalog.find(entity.resource);
  auto const& columns = bound.resource->columns;
  auto const found = std::ranges::find(columns, row.model, &model::Column::name);
  if (found != columns.end()) {
    auto const index = static_cast<std::size_t>(found - columns.begin());
    return {{bound.columns[index], found->type}, found->is_private};
  }
  auto const* const document = bound.find_any_document(row.model);
  return {{document != nullptr ? document->sql : no_document, std::nullopt}};
}

Path path_in(std::string_view name) {
  Path path;
  while (true) {
    auto const end = std::min(name.find('.'), name.size());
    path.push_back({std::string(name.substr(0, end)), false, true});
    if (end == name.size()) return path;
    name.remove_prefix(end + 1);
  }
}

}  // namespace

EntityRow const& row_of(Kind kind) { return *std::ranges::find(rows, kind, &EntityRow::kind); }

std::vector<std::string_view> column_names(Kind kind) {
  std::vector<std::string_view> names;
  auto const& entity = row_of(kind);
  auto const* const resource = model::find_resource(entity.resource);
  for (auto const& row : entity.columns) {
    auto const* const column = resource != nullptr ? model::find_column(*resource, row.model) : nullptr;
    if (!row.is_synonym && (column == nullptr || !column->is_private)) names.push_back(row.name);
  }
  return names;
}

bool is_there(Kind edge, model::Catalog const& catalog) {
  if (edge == Kind::member) return catalog.has(*model::find_relation("groups", "node"));
  return catalog.find("links") != nullptr;
}

Result<Column> find_column(Kind kind, std::string_view name, Reading const& reading, Place const& place) {
  auto const& entity = row_of(kind);
  auto const end = std::min(name.find('.'), name.size());
  auto const row = std::ranges::find(entity.columns, name.substr(0, end), &ColumnRow::name);
  auto const what = "columns of " + std::string(entity.spoken);
  if (row == entity.columns.end())
    return error_at(place, Code::unknown_key,
                    std::string(entity.spoken) + " has no column " + quoted(name.substr(0, end)),
                    known_names(name.substr(0, end), what, column_names(kind)));
  auto [column, is_private] = column_of(*row, entity, reading.catalog);
  if (is_private && !reading.policy.private_filters)
    return error_at(place, Code::private_key, quoted(row->name) + " is private on this server",
                    known_names("", what, column_names(kind)));
  if (end == name.size()) return column;
  if (column.type)
    return error_at(place, Code::unknown_key, quoted(row->name) + " is no JSON, so it has nothing behind a point",
                    "a path goes into attributes, extras, repository_metadata, metadata or path");
  column.path = path_in(name.substr(end + 1));
  if (column.path.size() > max_path_steps)
    return error_at(place, Code::out_of_range, "the path has too many steps",
                    "at most " + std::to_string(max_path_steps));
  return column;
}

}  // namespace restapi::query::builder
