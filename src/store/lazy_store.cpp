// SPDX-License-Identifier: MIT
#include "store/lazy_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <utility>

#include "store/failures.hpp"

namespace restapi::store {
namespace {

// What cannot be opened is not tried again at once, however many ask for it. Where it takes long to fail, it is left in
// peace for longer: each try keeps a thread.
constexpr std::chrono::seconds shortest_pause{1};
constexpr int pause_per_try = 2;

// Where many want few places, at most a tenth of the time goes into opening.
constexpr std::chrono::seconds shortest_stay{1};
constexpr int stay_per_opening = 10;

std::string next_id() {
  static std::string const process = fmt::format("{:08x}", std::random_device{}());
  static std::atomic<std::uint64_t> openings = 0;
  return fmt::format("{}-{}", process, ++openings);
}

/// Opening speaks to whoever starts the server, of paths and hosts; a client only learns that there is no database.
Error refused(std::string const& name, Error const& error) {
  return unavailable(name, error.detail.empty() ? error.message : error.message + ": " + error.detail);
}

}  // namespace

LazyStore::LazyStore(std::string name, Open open, std::shared_ptr<Store> opened)
    : name_(std::move(name)), open_(std::move(open)) {
  if (opened) take(std::move(opened), {});
}

std::shared_ptr<OpenedStore const> LazyStore::use() {
  std::lock_guard const lock(mutex_);
  if (opened_) used_at_ = Clock::now();
  return opened_;
}

std::shared_ptr<OpenedStore const> LazyStore::look() const {
  std::lock_guard const lock(mutex_);
  return opened_;
}

std::optional<Error> LazyStore::refusal() const {
  std::lock_guard const lock(mutex_);
  return refusal_ && Clock::now() < next_try_ ? refusal_ : std::nullopt;
}

Result<std::shared_ptr<OpenedStore const>> LazyStore::open() {
  std::lock_guard const one_at_a_time(opening_);
  if (auto opened = use()) return opened;
  if (auto error = refusal()) return *std::move(error);
  {
    std::lock_guard const lock(mutex_);
    is_opening_ = true;
  }
  auto const begin = Clock::now();
  auto store = open_();
  auto const now = Clock::now();
  std::shared_ptr<OpenedStore const> retired;  // goes after the lock: closing takes time
  std::lock_guard const lock(mutex_);
  retired = std::move(retired_);
  is_opening_ = false;
  if (!store) {
    ++times_refused_;
    refusal_ = refused(name_, store.error());
    next_try_ = now + std::max<Clock::duration>(shortest_pause, pause_per_try * (now - begin));
    return *refusal_;
  }
  take(*std::move(store), now - begin);
  return opened_;
}

/// Requires the lock.
void LazyStore::take(std::shared_ptr<Store> opened, Clock::duration took) {
  ++times_opened_;
  refusal_.reset();
  used_at_ = Clock::now();
  stays_until_ = used_at_ + std::max<Clock::duration>(shortest_stay, stay_per_opening * took);
  opened_ = std::make_shared<OpenedStore const>(OpenedStore{std::move(opened), next_id()});
}

bool LazyStore::close_unused(Clock::time_point since) {
  std::shared_ptr<OpenedStore const> closed;  // goes after the lock: closing takes time
  std::lock_guard const lock(mutex_);
  if (!opened_ || opened_.use_count() > 1 || used_at_ > since) return false;
  closed = std::move(opened_);
  return true;
}

void LazyStore::give_way() {
  std::shared_ptr<OpenedStore const> given;  // goes after the lock: closing takes time
  std::lock_guard const lock(mutex_);
  if (!opened_) return;
  leaving_ = opened_;
  given = std::move(opened_);
}

void LazyStore::retire(OpenedStore const& outdated) {
  std::lock_guard const lock(mutex_);
  auto const now = Clock::now();
  if (opened_.get() != &outdated || now < next_retirement_) return;
  next_retirement_ = now + shortest_pause;
  retired_ = std::move(opened_);
}

bool LazyStore::is_refused() const {
  std::lock_guard const lock(mutex_);
  return refusal_.has_value();
}

LazyStore::State LazyStore::state() const {
  std::shared_ptr<OpenedStore const> opened;
  std::unique_lock lock(mutex_);
  State state{.is_open = opened_ != nullptr,
              .is_opening = is_opening_,
              .is_leaving = !leaving_.expired(),
              .is_used = opened_.use_count() > 1,
              .used_at = used_at_,
              .stays_until = stays_until_,
              .opened = times_opened_,
              .refused = times_refused_};
  opened = opened_;
  lock.unlock();
  if (opened) state.counts = opened->store->counts();
  return state;
}

}  // namespace restapi::store
