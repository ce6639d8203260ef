// SPDX-License-Identifier: MIT
/// The columns of vertices and edges: one row for each.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/catalog.hpp"
#include "query/builder/place.hpp"
#include "query/builder/plan.hpp"
#include "query/policy.hpp"

namespace restapi::query::builder {

/// The column of a walk with the nodes that it passes.
inline constexpr std::string_view path_of_walk = "path";

struct ColumnRow {
  std::string_view name;   ///< what clients write
  std::string_view model;  ///< the column or the document of the model that it is; empty: `sql`
  sql::Fragment sql = {};
  std::optional<model::Type> type = {};  ///< of `sql`; nothing: JSON
  bool is_synonym = false;               ///< `*` does not show it
};

struct EntityRow {
  Kind kind;
  std::string_view spoken;    ///< "a node"
  std::string_view resource;  ///< the model's; empty: none
  sql::Fragment table;        ///< "@db_dbnode AS n"; empty: of a walk
  sql::Fragment id;           ///< "n.id"
  std::span<ColumnRow const> columns;
};

EntityRow const& row_of(Kind kind);

/// What a query may read, and who asks.
struct Reading {
  model::Catalog const& catalog;
  Policy const& policy;
};

/// The column of that name, or what is at a path of it: "attributes.cell.0". Errors at the place: there is no such
/// column, it is private, it is no JSON.
Result<Column> find_column(Kind kind, std::string_view name, Reading const& reading, Place const& place);

/// The names of all columns that `*` shows: not the private ones.
std::vector<std::string_view> column_names(Kind kind);

/// Whether this database keeps what is between the vertices.
bool is_there(Kind edge, model::Catalog const& catalog);

}  // namespace restapi::query::builder
