// SPDX-License-Identifier: MIT
/// Stores that count, for tests of how often the database is asked.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "store/store.hpp"

namespace restapi::test {

/// Passes everything on to another store, which must outlive it; but reads nothing together, so that each read is
/// counted.
class CountingStore final : public store::Store {
 public:
  explicit CountingStore(store::Store& store) : store_(store) {}

  Result<store::Rows> read(sql::Statement const& statement, std::stop_token gone) override {
    {
      std::lock_guard const lock(mutex_);
      ++reads_[std::string(statement.name())];
    }
    if (before_read) before_read(statement);
    return store_.read(statement, std::move(gone));
  }

  Result<std::optional<store::Version>> version() override {
    ++versions;
    if (!knows_version) return std::optional<store::Version>();
    auto version = store_.version();
    if (version && *version) {
      std::lock_guard const lock(mutex_);
      told_.insert(store::text_of(**version, model::EntitySet().set()));
    }
    return version;
  }

  bool answers(std::chrono::milliseconds within, std::stop_token gone) override {
    return store_.answers(within, std::move(gone));
  }
  bool is_outdated() const override { return store_.is_outdated(); }
  store::StoreCounts counts() const override { return store_.counts(); }
  std::optional<store::Replication> replication() const override { return store_.replication(); }
  bool has_versions() const override { return store_.has_versions(); }
  bool asks_for_version() const override { return store_.asks_for_version(); }
  sql::Dialect const& dialect() const override { return store_.dialect(); }
  model::Catalog const& catalog() const override { return store_.catalog(); }

  /// How often each statement was read since the last call, by name.
  std::map<std::string, int> take_reads() {
    std::lock_guard const lock(mutex_);
    return std::exchange(reads_, {});
  }

  /// How many versions version() has told that differ.
  std::size_t different_versions() {
    std::lock_guard const lock(mutex_);
    return told_.size();
  }

  std::function<void(sql::Statement const&)> before_read = {};  ///< to be set before threads start
  std::atomic<bool> knows_version = true;                       ///< false: as on a standby
  std::atomic<int> versions = 0;                                ///< calls of version()

 private:
  store::Store& store_;
  std::mutex mutex_;
  std::map<std::string, int> reads_;
  std::set<std::string> told_;
};

}  // namespace restapi::test
