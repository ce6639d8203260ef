// SPDX-License-Identifier: MIT
/// The changes of a PostgreSQL database in which nothing is installed, primary or standby.
///
/// Rows bear the id of the transaction or subtransaction that wrote them. Snapshots do not list subtransactions, so
/// whether a snapshot shows a row is not known afterwards; that its id is not below the snapshot's xmin is. So of rows
/// found that way those are told that have not been told yet.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/changes/change_connection.hpp"
#include "store/changes/following_source.hpp"
#include "store/changes/known_tables.hpp"
#include "store/changes/pace.hpp"
#include "store/changes/row_versions.hpp"

namespace restapi::store {

class FollowingPostgreSql final : public FollowingSource {
 public:
  /// The connection must outlive it, have postgresql_settings(), and know where AiiDA's tables are.
  FollowingPostgreSql(ChangeConnection& connection, FollowingOptions const& options = {});

  void doubt(model::Entity const& entity, std::span<std::int64_t const> ids) override {
    if (state_) state_->tables.doubt(entity, ids);
  }

 private:
  /// When rows were read: which transactions had ended.
  struct Moment {
    Xid xmin = 0, xmax = 0;
    Xid next = 0;  // no transaction had that id
    std::int64_t at = 0;
  };
  using Ranges = std::vector<std::vector<std::int64_t>>;
  /// Of all ids with those known, under way: a part with each look, so that changes are not told late. What is told of
  /// it is told at once, at the end. Nodes come first: with a node that is missed its memberships are.
  struct Comparison {
    std::string snapshot;         // when it began
    std::size_t table = 0;        // which is next
    std::int64_t next_range = 0;  // of that table
    Ranges different;             // of each table
    Pace::Clock::duration took = {};
  };
  struct State {
    unsigned connection;
    std::string server;  // and its life
    KnownTables tables;
    ToldVersions versions = {};
    LowMarks marks = LowMarks({});
    Moment shown = {};  // all that had been committed by then has been told
    /// The same of rows of transactions that were running when it began: nobody knows where these are.
    std::optional<Moment> shown_of_old = {};
    Xid no_longer_old = 0;
    std::string looked = {}, compared = {};  // the snapshots then
    std::optional<Comparison> comparison = {};
  };
  enum class Where { everywhere, recent };

  Result<Done> look() override;
  Result<Done> begin();
  Result<Done> learn();
  Result<Done> learn(KnownTables::Table& table);
  Result<Done> look_for_changes();
  Result<Done> look_for_old_ones();
  Ranges doubtful_ranges() const;
  Result<Done> go_on_comparing();
  Result<Done> compare_some();
  /// Returns how many ranges it has compared.
  Result<std::size_t> find_different(KnownTables::Table& table, std::size_t most, std::int64_t& next_range,
                                     std::vector<std::int64_t>& different);
  Result<Done> tell_differences(Comparison const& comparison);
  Result<Done> compare(KnownTables::Table& table, std::span<std::int64_t const> ranges, Findings& findings);

  static Moment moment_of(Rows const& rows);
  static ChangeTime time_of(Moment const& moment) { return ChangeTime(std::chrono::microseconds(moment.at)); }

  /// Rows of transactions from `xmin` on. What has been read is in the findings also where it fails.
  Result<Moment> find(Where where, Xid xmin, Findings& findings);
  void found(Rows const& rows, std::size_t row, Xid xmin, Findings& findings);
  Result<Rows> rows_of(sql::Statement const& statement);

  ChangeConnection& connection_;
  std::optional<State> state_;
  Pace changes_, comparisons_;
};

}  // namespace restapi::store
