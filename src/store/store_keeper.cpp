// SPDX-License-Identifier: MIT
#include "store/store_keeper.hpp"

#include <spdlog/spdlog.h>

#include <thread>
#include <utility>

namespace restapi::store {
namespace {

using Clock = LazyStore::Clock;

// Stores are closed somewhat later than they could be: so many looks in the time that they stay open.
constexpr int looks = 4;

constexpr std::chrono::milliseconds between_looks{5};

}  // namespace

StoreKeeper::StoreKeeper(KeeperOptions options) : options_(options) {
  if (options_.close_after.count() > 0) thread_ = std::thread([this] { run(); });
}

StoreKeeper::~StoreKeeper() {
  {
    std::lock_guard const lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

LazyStore& StoreKeeper::add(std::string name, LazyStore::Open open, std::shared_ptr<Store> opened,
                            std::optional<Error> const& broken) {
  std::lock_guard const lock(mutex_);
  return *stores_.emplace_back(std::make_unique<LazyStore>(std::move(name), std::move(open), std::move(opened), broken,
                                                           [this](Room room) { return make_room(room); }));
}

std::optional<Error> StoreKeeper::make_room(Room room) {
  ++waiting_;
  std::lock_guard const one_at_a_time(making_room_);
  auto error = wait_for_room(room);
  --waiting_;
  return error;
}

/// For one that counts as waiting. Requires the lock.
std::optional<Error> StoreKeeper::wait_for_room(Room room) {
  bool const may_displace = room == Room::in_use;
  auto const until = Clock::now() + (may_displace ? options_.room_within : std::chrono::milliseconds(0));
  bool has_one_given_way = !may_displace;
  for (;;) {
    auto const now = Clock::now();
    std::size_t taken = 0;
    LazyStore *unused = nullptr, *longest = nullptr;
    auto used_at = Clock::time_point::max(), stays_until = now;
    for (auto const& store : stores_) {
      auto const state = store->state();
      taken += std::size_t{state.is_open || state.is_opening} + std::size_t{state.is_leaving};
      if (!state.is_open) continue;
      if (!state.is_used && state.used_at < used_at && (may_displace || state.stays_until < now)) {
        unused = store.get();
        used_at = state.used_at;
      }
      if (!state.is_leaving && state.stays_until < stays_until) {
        longest = store.get();
        stays_until = state.stays_until;
      }
    }
    if (taken < options_.max_open + waiting_) return std::nullopt;
    if (unused) {
      // Somebody may have begun to use it: then look again.
      if (unused->close_unused(used_at)) spdlog::debug("{}: closed, to make room for another", unused->name());
      continue;
    }
    if (longest && !std::exchange(has_one_given_way, true)) {
      longest->give_way();
      spdlog::debug("{}: gives way to another", longest->name());
      continue;
    }
    if (now >= until)
      return Error{may_displace ? Code::store_unavailable : Code::overloaded, "too many other profiles are in use"};
    std::this_thread::sleep_for(between_looks);  // for the requests that use it
  }
}

void StoreKeeper::run() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, options_.close_after / looks, [this] { return is_ending_; })) {
    for (auto const& store : stores_)
      if (store->close_unused(Clock::now() - options_.close_after))
        spdlog::debug("{}: closed, as nobody has asked for a while", store->name());
  }
}

}  // namespace restapi::store
