// SPDX-License-Identifier: MIT
/// Single flight: what several want at the same time is made by the first of them, and the others wait for it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace restapi {

/// Any thread may call. Outlives its flights.
template <class Hash = std::hash<std::string>>
class SingleFlight {
 public:
  /// Held by whoever makes the value of the key; ends when it is released.
  class Flight {
   public:
    Flight(SingleFlight& flights, std::string key) : flights_(flights), key_(std::move(key)) {}
    ~Flight() {
      std::lock_guard const lock(flights_.mutex_);
      flights_.under_way_.erase(key_);
    }
    Flight(Flight const&) = delete;
    Flight& operator=(Flight const&) = delete;

   private:
    SingleFlight& flights_;
    std::string const key_;
  };

  /// Null: somebody is making it already.
  std::shared_ptr<Flight> begin(std::string const& key) {
    std::lock_guard const lock(mutex_);
    auto const [entry, is_new] = under_way_.try_emplace(key);
    if (!is_new) return nullptr;
    auto flight = std::make_shared<Flight>(*this, key);
    entry->second = flight;
    return flight;
  }

  /// The flight that is under way; expires when it ends.
  std::weak_ptr<Flight const> find(std::string const& key) const {
    std::lock_guard const lock(mutex_);
    auto const found = under_way_.find(key);
    return found == under_way_.end() ? std::weak_ptr<Flight const>() : found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::weak_ptr<Flight const>, Hash> under_way_;
};

}  // namespace restapi
