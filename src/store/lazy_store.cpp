// SPDX-License-Identifier: MIT
#include "store/lazy_store.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <utility>

#include "base/passwords.hpp"
#include "base/printable.hpp"
#include "store/connection_stream.hpp"
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

/// Opening speaks to whoever starts the server, of paths and hosts; a client only learns what lasts.
Error refused(std::string const& name, Error const& error) {
  return unavailable(name, error.detail.empty() ? error.message : error.message + ": " + error.detail, error.lasting);
}

/// Of all stores together: those that have given their place to another one have theirs still open.
std::atomic<unsigned> all_streams = 0;
constexpr unsigned most_of_all_streams = 16;

class StreamOfStore final : public RowStream {
 public:
  StreamOfStore(std::unique_ptr<StreamPlace> place, std::shared_ptr<Store> store, std::unique_ptr<RowStream> rows)
      : place_(std::move(place)), store_(std::move(store)), rows_(std::move(rows)) {}

  Result<Rows> next() override { return rows_->next(); }
  void look() override { rows_->look(); }

 private:
  std::unique_ptr<StreamPlace> const place_;
  std::shared_ptr<Store> const store_;  // outlives the rows
  std::unique_ptr<RowStream> const rows_;
};

}  // namespace

Result<std::unique_ptr<RowStream>> stream(std::shared_ptr<Store> store, sql::Statement const& statement,
                                          std::stop_token const& gone) {
  auto place = StreamPlace::take(all_streams, most_of_all_streams);
  if (!place) return too_many_streams();
  auto rows = store->stream(statement, gone);
  if (!rows) return std::move(rows).error();
  return std::unique_ptr<RowStream>(
      std::make_unique<StreamOfStore>(std::move(place), std::move(store), *std::move(rows)));
}

Result<std::optional<Version>> OpenedStore::version() const {
  auto version = store->version();
  if (version && *version) (*version)->state += ' ' + id;
  return version;
}

LazyStore::LazyStore(std::string name, Open open, std::shared_ptr<Store> opened, std::optional<Error> const& broken,
                     MakeRoom make_room)
    : name_(std::move(name)), open_(std::move(open)), make_room_(std::move(make_room)) {
  if (opened) take(std::move(opened), {});
  if (broken) refuse(*broken);
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

Result<std::shared_ptr<OpenedStore const>> LazyStore::open(Room room) {
  std::lock_guard const one_at_a_time(opening_);
  if (auto opened = use()) return opened;
  if (auto error = refusal()) return *std::move(error);
  {
    std::lock_guard const lock(mutex_);
    is_opening_ = true;
  }
  auto const no_room = make_room_ ? make_room_(room) : std::nullopt;
  auto const begin = Clock::now();
  auto store = no_room ? Result<std::shared_ptr<Store>>(*no_room) : open_();
  auto const now = Clock::now();
  std::shared_ptr<OpenedStore const> retired;  // goes after the lock: closing takes time
  std::unique_lock lock(mutex_);
  retired = std::move(retired_);
  is_opening_ = false;
  if (store) {
    take(*std::move(store), now - begin);
    return opened_;
  }
  // Whoever asks for more finds room, maybe.
  if (no_room && room == Room::at_rest) return *no_room;
  ++times_refused_;
  next_try_ = now + std::max<Clock::duration>(shortest_pause, pause_per_try * (now - begin));
  bool const is_new = refuse(store.error());
  auto error = *refusal_;
  auto const line = is_new ? broken_->to_keeper : std::string();
  lock.unlock();
  if (is_new) spdlog::warn("{} cannot be served: {}", printable(name_), line);
  return error;
}

/// Whether it is a reason that lasts, and was another one before. Requires the lock.
bool LazyStore::refuse(Error const& error) {
  refusal_ = refused(name_, error);
  if (error.code == Code::store_unavailable) return false;  // there was no room to try
  auto const before = std::exchange(broken_, std::nullopt);
  if (error.lasting.empty()) return false;
  broken_ = {error.lasting,
             printable(without_passwords(error.message + (error.hint.empty() ? "" : "; " + error.hint)))};
  return !before || before->to_keeper != broken_->to_keeper;
}

/// Requires the lock.
void LazyStore::take(std::shared_ptr<Store> opened, Clock::duration took) {
  ++times_opened_;
  refusal_.reset();
  broken_.reset();
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

std::optional<LazyStore::Broken> LazyStore::broken() const {
  std::lock_guard const lock(mutex_);
  return broken_;
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
