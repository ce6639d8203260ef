// SPDX-License-Identifier: MIT
/// What is known of the tables that are followed, and what rows that are seen, or are missing, mean for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include "model/catalog.hpp"
#include "sql/feed/following.hpp"
#include "store/changes/findings.hpp"
#include "store/changes/known_rows.hpp"

namespace restapi::store {

class KnownTables {
 public:
  struct Table {
    sql::feed::FollowedTable what;
    model::Entity const* entity;  ///< null: of states of nodes
    KnownRows known;
    std::set<std::int64_t> doubtful = {};  ///< ids that are known and had gone (ChangeSource::doubt)
  };

  /// `columns`: what may be read. `with_versions`: rows are seen that have not been changed, and are compared.
  /// `most_kept`: of tables with more rows only the ids are known.
  KnownTables(model::Schema const& columns, bool with_versions, std::size_t most_kept);

  /// In the order of sql::feed::followed(). Nodes are first, if there are any.
  std::vector<Table>& all() { return tables_; }
  std::vector<Table> const& all() const { return tables_; }
  bool has_nodes() const { return !tables_.empty() && tables_.front().what.what->letter == 'n'; }

  std::vector<std::int64_t> greatest_ids() const;

  /// Knows the row, which is told to nobody.
  void learn(Table& table, KnownRows::Row const& row);

  void see(Table& table, KnownRows::Row const& row, Findings& findings);

  void doubt(model::Entity const& entity, std::span<std::int64_t const> ids);

  /// A row that was known is not there any more.
  void miss(Table& table, KnownRows::Row const& row, Findings& findings);

 private:
  void gone(Table const& table, KnownRows::Row const& row, Findings& findings);

  std::vector<Table> tables_;
  bool with_versions_;
  std::size_t most_kept_;
};

}  // namespace restapi::store
