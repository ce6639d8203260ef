// SPDX-License-Identifier: MIT
/// Every resource by name, as one particular database stores it: the columns that exist decide which of a
/// column's expressions is read. Made once when a database is opened; immutable, shared by all threads.
#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/relation.hpp"
#include "model/resource.hpp"

namespace restapi::model {

/// What a database has, as "table.column": "db_dbnode.node_type".
using Schema = std::set<std::string, std::less<>>;

/// Whether it is that of AiiDA 0.x with its Django backend, whose attributes are rows of a table of their own: no right
/// to read would make it one that can be served.
bool is_of_django(Schema const& schema);

/// A resource with its expressions chosen.
struct BoundResource {
  Resource const* resource;
  std::vector<sql::Fragment> columns;                   ///< the expression of resource->columns[i]
  sql::Fragment kind;                                   ///< the condition all rows fulfil; empty: none
  std::vector<Document const*> documents = {};          ///< those of the resource that this database has
  std::vector<Document const*> further_documents = {};  ///< likewise

  std::string_view name() const { return resource->name; }
  Document const* find_document(std::string_view name) const;  ///< or nullptr

  /// Likewise, and one of the further documents of the resource.
  Document const* find_any_document(std::string_view name) const;
};

class Catalog {
 public:
  /// Error source_refused where a table or column that no generation lacks is missing: not an AiiDA database. It has
  /// Error::lasting where no table of AiiDA is there.
  static Result<Catalog> of(Schema const& schema);

  /// Or nullptr: there is no such resource, or only relations lead to it, and this database does not have it.
  BoundResource const* find(std::string_view name) const;
  BoundResource const& nodes() const { return resources_.front(); }
  std::span<BoundResource const> resources() const { return {resources_.data(), listed_}; }  ///< all_resources()

  /// Whether all tables of the relation, and what it leads to, are AiiDA's own and may be read.
  bool has(Relation const& relation) const;

 private:
  std::vector<BoundResource> resources_;
  std::size_t listed_ = 0;  // of them; those that relations lead to follow
  std::set<Relation const*> missing_;
};

/// Every resource that is listed, in the order of documents: nodes, their kinds, computers, users, groups.
std::vector<Resource const*> all_resources();

/// Those that only relations lead to: links, comments, logs.
std::vector<Resource const*> related_resources();

/// The resource, or the column, of that name; or nullptr.
Resource const* find_resource(std::string_view name);
Column const* find_column(Resource const& resource, std::string_view name);

}  // namespace restapi::model
