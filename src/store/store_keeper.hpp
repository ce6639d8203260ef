// SPDX-License-Identifier: MIT
/// All stores of a server. Only those that somebody needs are open.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "store/lazy_store.hpp"

namespace restapi::store {

struct KeeperOptions {
  /// Stores. The one unused for longest makes room for another; where all are in use, the one that is open for longest
  /// does, once it has been open for a second and ten times as long as opening it took.
  std::size_t max_open = 64;
  std::chrono::milliseconds room_within{1'000};  ///< whoever wants to open one waits so long for room
  std::chrono::milliseconds close_after{0};      ///< without a use; 0: never
};

/// Any thread may call, but for add().
class StoreKeeper {
 public:
  explicit StoreKeeper(KeeperOptions options);
  ~StoreKeeper();  ///< closes all that nobody holds
  StoreKeeper(StoreKeeper const&) = delete;
  StoreKeeper& operator=(StoreKeeper const&) = delete;

  /// One more (LazyStore). The reference stays good as long as the keeper. Requires: nobody else calls meanwhile.
  LazyStore& add(std::string name, LazyStore::Open open, std::shared_ptr<Store> opened = {},
                 std::optional<Error> const& broken = std::nullopt);

  std::vector<std::unique_ptr<LazyStore>> const& stores() const { return stores_; }

 private:
  std::optional<Error> make_room(Room room);
  std::optional<Error> wait_for_room(Room room);
  void run();

  KeeperOptions const options_;
  std::vector<std::unique_ptr<LazyStore>> stores_;
  std::mutex making_room_;
  std::atomic<std::size_t> waiting_ = 0;  // for room: they count as opening already, and have none
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_ending_ = false;
  std::thread thread_;  // last: uses the others
};

}  // namespace restapi::store
