// SPDX-License-Identifier: MIT
/// How many rows lists have, and where in them a page begins: counted once for each version of the data, and exact as
/// long as the data have this version. Where the database writes its changes down, a list of nodes is counted once:
/// later only the buckets of ids in which nodes have changed since are counted again.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "api/cache/aged_totals.hpp"
#include "api/cache/versioned_cache.hpp"
#include "base/result.hpp"
#include "query/plan.hpp"
#include "sql/compile.hpp"
#include "store/store.hpp"

namespace restapi::api {

/// The histogram of ids of a list.
struct IdHistogram {
  std::int64_t total = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> buckets = {};  ///< bucket, rows in it; by bucket; may be left out
  std::shared_ptr<sql::feed::Since const> since = {};  ///< it has all changes before this; null: nobody can tell others
};

using KnownTotals = VersionedCache<IdHistogram>;

/// Any thread may call.
class Totals {
 public:
  /// Totals of lists that may be older than their rows.
  struct Aged {
    AgedTotals& totals;                     ///< may be shared with other profiles and must outlive it
    AgedTotals::Clock::duration most = {};  ///< how old at most; zero: none is
  };

  /// `known` may be shared with other profiles and must outlive it; `profile` tells them apart.
  explicit Totals(KnownTotals& known, std::optional<Aged> aged = {}, std::string profile = {})
      : known_(known), aged_(aged), profile_(std::move(profile)) {}

  /// How many rows the list has without its window, where that is known of this version.
  std::optional<std::int64_t> find(sql::Dialect const& dialect, query::ListPlan const& plan,
                                   std::optional<sql::NeighboursOf> neighbours,
                                   std::optional<store::Version> const& version);

  /// `total`: read since the data had the version, as all that is kept under it. Without a version nothing is kept.
  void keep(store::Reader const& store, query::ListPlan const& plan, std::optional<sql::NeighboursOf> neighbours,
            std::optional<store::Version> const& version, std::int64_t total);

  /// AgedTotals::ask(); `exact`: it is to be counted in any case. Null: it is, and nobody remembers that. `opening`:
  /// OpenedStore::id.
  std::variant<AgedTotals::Total, std::unique_ptr<AgedTotals::Counting>> ask_aged(sql::Dialect const& dialect,
                                                                                  query::ListPlan const& plan,
                                                                                  std::string_view opening, bool exact,
                                                                                  std::stop_token const& gone) const;

  /// AgedTotals::has().
  bool has_aged(sql::Dialect const& dialect, query::ListPlan const& plan, std::string_view opening) const;

  /// The spread of a list that is ordered by id; costs about what counting it costs.
  Result<std::shared_ptr<IdHistogram const>> histogram(store::Reader& store, query::ListPlan const& plan,
                                                       store::Version const& version);

  /// The spread of a list of nodes in an earlier state, or in that of the version: what has changed since then is still
  /// to be counted (IdHistogram::since). Requires Version::since.
  Result<std::shared_ptr<IdHistogram const>> earlier_histogram(store::Reader& store, query::ListPlan const& plan,
                                                               store::Version const& version);

  /// Whether there is one.
  bool has_histogram(query::ListPlan const& plan, sql::Dialect const& dialect) const {
    return known_.contains(key_of(sql::compile_buckets(plan, dialect), dialect));
  }

  /// With what has been counted since.
  void keep(store::Reader const& store, query::ListPlan const& plan, store::Version const& version,
            std::shared_ptr<IdHistogram const> histogram);

  /// What has changed since cannot be told: it is to be counted anew.
  void forget(store::Reader const& store, query::ListPlan const& plan);

 private:
  std::string key_of(sql::Statement const& statement, sql::Dialect const& dialect) const;

  std::string aged_key_of(sql::Dialect const& dialect, query::ListPlan const& plan, std::string_view opening) const;

  KnownTotals& known_;
  std::optional<Aged> const aged_;
  std::string const profile_;
};

/// The histogram with the buckets that sql::compile_list_and_changes() has counted again. Nothing where they cannot be
/// told. `since`: what was known when they were counted.
std::shared_ptr<IdHistogram const> with_changes(IdHistogram const& histogram, std::string_view changes,
                                                std::shared_ptr<sql::feed::Since const> since);

/// So many buckets may be counted again before it is better to count all of them.
std::int64_t most_buckets(IdHistogram const& histogram);

/// Where the window begins. Nothing where it lies behind the end of the list.
std::optional<sql::Start> find_start(IdHistogram const& histogram, query::Window window, bool descending);

}  // namespace restapi::api
