/// What was computed from the database, kept as long as it is proven to be right: every entry carries the version of
/// the data that it was computed under, and is only found by those who have just read the same version
/// (store/store.hpp). There is no clock in it. Bounded in bytes; the least recently used entry makes room.
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
    if (found == by_key_.end() || found->second->version != version) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->value;
  }

  /// Whether there is a value of any version.
  bool contains(std::string_view key) const {
    std::lock_guard const lock(mutex_);
    return by_key_.contains(key);
  }

  /// `bytes`: what the value takes. A value that would drive out a large part of the others is not kept.
  void insert(std::string key, store::Version version, std::shared_ptr<Value const> value, std::size_t bytes) {
    auto const cost = bytes + 2 * key.size() + version.size() + sizeof(Entry) + bookkeeping;
    if (cost > budget_ / 4) return;
    Entries dropped;  // declared before the lock, so freed after it
    std::lock_guard const lock(mutex_);
    if (auto const found = by_key_.find(key); found != by_key_.end()) drop(found->second, dropped);
    while (used_ + cost > budget_) drop(std::prev(entries_.end()), dropped);
    entries_.push_front({std::move(key), std::move(version), std::move(value), cost});
    by_key_.emplace(entries_.front().key, entries_.begin());
    used_ += cost;
  }

  std::size_t used() const {
    std::lock_guard const lock(mutex_);
    return used_;
  }

 private:
  static constexpr std::size_t bookkeeping = 128;  // nodes of the list and the map, about

  struct Entry {
    std::string key;
    store::Version version;
    std::shared_ptr<Value const> value;
    std::size_t cost;
  };
  using Entries = std::list<Entry>;  // most recently used first

  void drop(typename Entries::iterator entry, Entries& dropped) {
    used_ -= entry->cost;
    by_key_.erase(entry->key);
    dropped.splice(dropped.begin(), entries_, entry);
  }

  std::size_t const budget_;
  mutable std::mutex mutex_;
  Entries entries_;
  std::unordered_map<std::string_view, typename Entries::iterator> by_key_;  // views of Entry::key
  std::size_t used_ = 0;
};

}  // namespace restapi::api
