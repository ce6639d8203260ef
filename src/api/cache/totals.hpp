// SPDX-License-Identifier: MIT
/// How many rows lists have, and where in them a page begins: counted once for each version of the data, and exact as
/// long as the data have this version.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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
};

using KnownTotals = VersionedCache<IdHistogram>;

/// Any thread may call.
class Totals {
 public:
  /// `known` may be shared with other profiles and must outlive it; `profile` tells them apart.
  explicit Totals(KnownTotals& known, std::string profile = {}) : known_(known), profile_(std::move(profile)) {}

  /// How many rows the list has without its window, where that is known of this version.
  std::optional<std::int64_t> find(sql::Dialect const& dialect, query::ListPlan const& plan,
                                   std::optional<sql::NeighboursOf> neighbours,
                                   std::optional<store::Version> const& version);

  /// `total`: read since the data had the version, as all that is kept under it. Without a version nothing is kept.
  void keep(store::Reader const& store, query::ListPlan const& plan, std::optional<sql::NeighboursOf> neighbours,
            std::optional<store::Version> const& version, std::int64_t total);

  /// The spread of a list that is ordered by id; costs about what counting it costs.
  Result<std::shared_ptr<IdHistogram const>> histogram(store::Reader& store, query::ListPlan const& plan,
                                                       store::Version const& version);

 private:
  std::string key_of(sql::Statement const& statement, sql::Dialect const& dialect) const;

  KnownTotals& known_;
  std::string const profile_;
};

/// Where the window begins. Nothing where it lies behind the end of the list.
std::optional<sql::Start> find_start(IdHistogram const& histogram, query::Window window, bool descending);

}  // namespace restapi::api
