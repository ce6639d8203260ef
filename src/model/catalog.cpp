// SPDX-License-Identifier: MIT
#include "model/catalog.hpp"

#include <algorithm>
#include <iterator>

#include "model/resources/tables.hpp"

namespace restapi::model {
namespace {

// What statements and relations read beside the columns of resources. Every generation has it.
constexpr std::string_view indispensable[] = {
    "db_dbnode.attributes",    "db_dbnode.extras",   "db_dbnode.user_id",
    "db_dbnode.dbcomputer_id", "db_dblink.input_id", "db_dblink.output_id",
};

/// Where some of the tables are there, the others may come: a migration may be under way.
Error no_column(std::string_view column, Schema const& schema) {
  bool const has_any = std::ranges::any_of(schema, [](auto const& one) { return one.starts_with("db_db"); });
  return {Code::source_refused,
          "this is no AiiDA database: it has no column " + std::string(column),
          "AiiDA's tables are called db_dbnode, db_dblink, db_dbcomputer, db_dbuser and db_dbgroup",
          {},
          {},
          has_any ? "" : "it has no tables of AiiDA that this server may read"};
}

/// Names with blanks between them.
bool has_all(Schema const& schema, std::string_view names) {
  while (!names.empty()) {
    auto const name = names.substr(0, names.find(' '));
    if (!schema.contains(name)) return false;
    names.remove_prefix(std::min(names.size(), name.size() + 1));
  }
  return true;
}

sql::Fragment choose(Expressions const& expressions, Schema const& schema) {
  for (auto const& expression : expressions)
    if (!expression.sql.empty() && has_all(schema, expression.needs)) return expression.sql;
  return {};
}

// "db_dbgroup.label" of "g.label", where "@db_dbgroup AS g" is the table; empty: the expression is more than a column.
std::string column_of(sql::Fragment expression, sql::Fragment table) {
  auto const sql = expression.text(), from = table.text();
  auto const alias = from.substr(from.rfind(' ') + 1);
  auto const is_name = [](char byte) { return byte == '_' || (byte >= 'a' && byte <= 'z'); };
  if (!sql.starts_with(alias) || !sql.substr(alias.size()).starts_with('.')) return {};
  auto const name = sql.substr(alias.size() + 1);
  if (!std::ranges::all_of(name, is_name)) return {};
  return std::string(from.substr(1, from.find(' ') - 1)) + "." + std::string(name);
}

// The expression that needs nothing is a column in every database, or, where it was renamed, in those that lack the
// newer one. The name of the column that is missing; empty: none.
std::string missing_column(Resource const& resource, Schema const& schema) {
  auto const lacks = [&](std::string const& column) { return !column.empty() && !schema.contains(column); };
  if (auto id = column_of(resource.id, resource.table); lacks(id)) return id;
  for (auto const& column : resource.columns)
    if (auto read = column_of(choose(column.expressions, schema), resource.table); lacks(read)) {
      auto const newest = column.expressions.front().needs;
      return newest.empty() ? read : std::string(newest);
    }
  return {};
}

/// Columns of tables that only some relations read; each table by its mark.
struct NeededBy {
  std::string_view text;    // in the SQL of a relation
  std::string_view column;  // then this must be there
};
constexpr NeededBy needed[] = {
    {"@db_dbgroup_dbnodes", "db_dbgroup_dbnodes.dbgroup_id"},
    {"@db_dbgroup_dbnodes", "db_dbgroup_dbnodes.dbnode_id"},
    {"l.type", "db_dblink.type"},
    {"k.dbnode_id", "db_dbcomment.dbnode_id"},
    {"o.dbnode_id", "db_dblog.dbnode_id"},
};

bool is_there(Relation const& relation, Schema const& schema) {
  return std::ranges::all_of(needed, [&](auto const& row) {
    return relation.begin.text().find(row.text) == std::string_view::npos || schema.contains(row.column);
  });
}

BoundResource bind(Resource const& resource, Schema const& schema) {
  BoundResource bound{&resource, {}, choose(resource.kind, schema)};
  auto const is_there = [&](Document const& document) {
    return document.needs.empty() || schema.contains(document.needs);
  };
  for (auto const& document : resource.documents)
    if (is_there(document)) bound.documents.push_back(&document);
  for (auto const& document : resource.further_documents)
    if (is_there(document)) bound.further_documents.push_back(&document);
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

std::vector<Resource const*> related_resources() { return {&links(), &comments(), &logs()}; }

Resource const* find_resource(std::string_view name) {
  auto all = all_resources();
  std::ranges::copy(related_resources(), std::back_inserter(all));
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
    return Error{Code::source_refused,
                 "this is a database of AiiDA 0.x with the Django backend, which cannot be read",
                 "migrate it with AiiDA 1.x (`verdi database migrate`)",
                 {},
                 {},
                 "it is a database of AiiDA 0.x with the Django backend, which cannot be read"};
  for (auto const* resource : all_resources())
    if (auto const missing = missing_column(*resource, schema); !missing.empty()) return no_column(missing, schema);
  for (auto const column : indispensable)
    if (!schema.contains(column)) return no_column(column, schema);
  Catalog catalog;
  for (auto const* resource : all_resources()) catalog.resources_.push_back(bind(*resource, schema));
  catalog.listed_ = catalog.resources_.size();
  for (auto const* resource : related_resources())
    if (missing_column(*resource, schema).empty()) catalog.resources_.push_back(bind(*resource, schema));
  for (auto const& relation : relations())
    if (!is_there(relation, schema) || catalog.find(relation.to) == nullptr) catalog.missing_.insert(&relation);
  return catalog;
}

Document const* BoundResource::find_document(std::string_view wanted) const {
  auto const found = std::ranges::find(documents, wanted, &Document::name);
  return found == documents.end() ? nullptr : *found;
}

Document const* BoundResource::find_any_document(std::string_view wanted) const {
  auto const found = std::ranges::find(further_documents, wanted, &Document::name);
  return found == further_documents.end() ? find_document(wanted) : *found;
}

bool Catalog::has(Relation const& relation) const { return !missing_.contains(&relation); }

BoundResource const* Catalog::find(std::string_view name) const {
  auto const found = std::ranges::find_if(resources_, [&](auto const& bound) { return bound.name() == name; });
  return found == resources_.end() ? nullptr : &*found;
}

}  // namespace restapi::model
