// SPDX-License-Identifier: MIT
/// Values that were computed from the database. Each entry has the version of the data (store/version.hpp) and the
/// tables that it was computed from, and is found under versions that agree about these only; no entry expires by time.
/// Bounded in bytes; the least recently used entries are evicted.
#pragma once

#include <cstddef>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/held_bytes.hpp"
#include "base/keyed_hash.hpp"
#include "store/store.hpp"

namespace restapi::api {

/// Any thread may call.
template <class Value>
class VersionedCache {
 public:
  /// `budget` bytes in all; 0 keeps nothing.
  explicit VersionedCache(std::size_t budget) : budget_(budget) {}

  /// The value of that key under that version, or null.
  std::shared_ptr<Value const> find(std::string_view key, store::Version const& version) {
    std::lock_guard const lock(mutex_);
    auto const found = by_key_.find(key);
    if (found == by_key_.end() || !agree(found->second->version, version, found->second->entities)) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->value;
  }

  /// The value of that key under whatever version it was kept, and the state of this one. Does not count as a use.
  std::pair<std::shared_ptr<Value const>, std::string> find_any(std::string_view key) const {
    std::lock_guard const lock(mutex_);
    auto const found = by_key_.find(key);
    if (found == by_key_.end()) return {};
    return {found->second->value, found->second->version.state};
  }

  /// Whether there is a value of any version.
  bool contains(std::string_view key) const {
    std::lock_guard const lock(mutex_);
    return by_key_.contains(key);
  }

  /// Whether a value of so many bytes would be kept. One that would drive out a large part of the others is not.
  bool keeps(std::size_t bytes) const { return bytes <= budget_ / 4; }

  /// `bytes`: what the value takes, with all that hangs on it.
  void insert(std::string key, store::Version version, model::EntitySet entities, std::shared_ptr<Value const> value,
              std::size_t bytes) {
    key.shrink_to_fit();
    version.state.shrink_to_fit();
    version.since.reset();  // it is not asked for
    auto const cost = bytes + held_bytes(key) + held_bytes(version.state) + bookkeeping;
    if (!keeps(cost)) return;
    Entries dropped;  // declared before the lock, so freed after it
    std::lock_guard const lock(mutex_);
    if (auto const found = by_key_.find(key); found != by_key_.end()) drop(found->second, dropped);
    while (used_ + cost > budget_) drop(std::prev(entries_.end()), dropped);
    entries_.push_front({std::move(key), std::move(version), entities, std::move(value), cost});
    by_key_.emplace(entries_.front().key, entries_.begin());
    used_ += cost;
  }

  void erase(std::string_view key) {
    Entries dropped;
    std::lock_guard const lock(mutex_);
    if (auto const found = by_key_.find(key); found != by_key_.end()) drop(found->second, dropped);
  }

  std::size_t used() const {
    std::lock_guard const lock(mutex_);
    return used_;
  }

 private:
  struct Entry {
    std::string key;
    store::Version version;
    model::EntitySet entities;
    std::shared_ptr<Value const> value;
    std::size_t cost;
  };
  using Entries = std::list<Entry>;  // most recently used first

  // An entry's node in the list and its node in the map, each with its links, and its place in the map's table, which
  // has up to twice as many places as entries.
  static constexpr std::size_t bookkeeping = allocated(sizeof(Entry) + 2 * sizeof(void*)) +
                                             allocated(sizeof(std::string_view) + 3 * sizeof(void*)) +
                                             2 * sizeof(void*);

  void drop(typename Entries::iterator entry, Entries& dropped) {
    used_ -= entry->cost;
    by_key_.erase(entry->key);
    dropped.splice(dropped.begin(), entries_, entry);
  }

  std::size_t const budget_;
  mutable std::mutex mutex_;
  Entries entries_;
  std::unordered_map<std::string_view, typename Entries::iterator, KeyedHash> by_key_;  // views of Entry::key
  std::size_t used_ = 0;
};

}  // namespace restapi::api
