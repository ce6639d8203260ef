// SPDX-License-Identifier: MIT
/// A resource: rows of a table that can be listed, with their columns.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "model/column.hpp"

namespace restapi::model {

/// How the path names one object.
enum class Identity {
  uuid,  ///< the uuid or an unambiguous start of it
  pk,    ///< the integer id: users have no uuid
};

/// A JSON document that is stored with each row.
struct Document {
  std::string_view name;        ///< "attributes"
  sql::Fragment sql;            ///< "n.attributes"
  std::string_view needs = {};  ///< "db_dbgroup.extras": the column that must exist; empty: every database has it
};

struct Resource {
  std::string_view name;  ///< "nodes"
  sql::Fragment table;    ///< "@db_dbnode AS n"
  sql::Fragment id;       ///< "n.id": not null, unique; ends every order
  sql::Fragment uuid;     ///< "n.uuid"; empty where Identity::pk
  Identity identity;
  std::span<Column const> columns;
  bool is_node;  ///< has inputs, outputs, attributes and extras
  std::span<Document const> documents = {};
  std::span<Document const> further_documents = {};  ///< such as only queries of a graph of tables read
  Expressions kind = {};  ///< the condition that every row fulfils; none: all rows of the table
};

constexpr bool is_sorted_by_name(std::span<Column const> columns) {
  return std::is_sorted(columns.begin(), columns.end(), [](auto const& a, auto const& b) { return a.name < b.name; });
}

/// What the tables must fulfil; checked with static_assert beside each.
constexpr bool is_consistent(std::span<Column const> columns) {
  auto const same_name = [](auto const& a, auto const& b) { return a.name == b.name; };
  return is_sorted_by_name(columns) && std::adjacent_find(columns.begin(), columns.end(), same_name) == columns.end() &&
         std::all_of(columns.begin(), columns.end(),
                     [](auto const& column) { return !column.expressions[0].sql.empty(); });
}

}  // namespace restapi::model
