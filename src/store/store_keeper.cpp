#include "store/store_keeper.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace restapi::store {
namespace {

using Clock = LazyStore::Clock;

// Stores are closed somewhat later than they could be: so many looks in the time that they stay open.
constexpr int looks = 4;

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

LazyStore& StoreKeeper::add(std::string name, LazyStore::Open open, std::unique_ptr<Store> opened) {
  auto with_room = [this, open = std::move(open)]() -> Result<std::unique_ptr<Store>> {
    if (auto error = make_room()) return *std::move(error);
    return open();
  };
  std::lock_guard const lock(mutex_);
  return *stores_.emplace_back(std::make_unique<LazyStore>(std::move(name), std::move(with_room), std::move(opened)));
}

/// For one that counts as opening already.
std::optional<Error> StoreKeeper::make_room() {
  std::lock_guard const one_at_a_time(making_room_);
  for (;;) {
    std::size_t count = 0;
    LazyStore* oldest = nullptr;
    auto used_at = Clock::time_point::max();
    for (auto const& store : stores_) {
      auto const state = store->state();
      if (state.is_open || state.is_opening) ++count;
      if (!state.is_open || state.is_used || state.used_at >= used_at) continue;
      oldest = store.get();
      used_at = state.used_at;
    }
    if (count <= options_.max_open) return std::nullopt;
    if (!oldest) return Error{Code::store_unavailable, "too many other profiles are in use"};
    // Somebody may have begun to use it: then look again.
    if (oldest->close_unused(used_at)) spdlog::debug("{}: closed, to make room for another", oldest->name());
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
