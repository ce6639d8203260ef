// SPDX-License-Identifier: MIT
#include "api/feed/feed.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "api/feed/following.hpp"
#include "base/database_message.hpp"
#include "base/printable.hpp"

namespace restapi::api::feed {
namespace {

using Clock = std::chrono::steady_clock;

/// Of what is said in the log.
constexpr std::size_t longest_reason = 300;

std::string reason_of(Error const& error) {
  return printable(without_values(error.detail.empty() ? error.message : error.detail), longest_reason);
}

}  // namespace

std::shared_ptr<Entry const> take(Position& position, std::shared_ptr<Entry const> const& entry) {
  if (position.skip && is_behind(*entry, *position.skip)) position.skip.reset();
  auto lacked = position.skip ? rest_of(entry, *position.skip) : entry;
  ++*position.place;
  position.cursor = lacked->batch().after;
  return lacked;
}

Feed::Feed(store::LazyStore& store, ApiVersion const& version, FeedOptions options)
    : store_(store),
      version_(version),
      options_(options),
      log_(options.log),
      places_(std::make_shared<Places>(options.max_listeners)),
      turns_(std::make_shared<Places>(options.max_catching_up)),
      waiting_for_standby_(std::make_shared<Places>(options.max_catching_up)) {}

Feed::~Feed() { stop(); }

bool Feed::ask(Task task, std::uint64_t client) {
  {
    std::lock_guard const lock(mutex_);
    if (is_stopping_) return false;
    tasks_[client].push_back(std::move(task));
    if (!is_running_) {
      if (thread_.joinable()) thread_.join();  // it has ended of its own accord
      thread_ = std::thread([this] { run(); });
      is_running_ = true;
    }
  }
  changed_.notify_one();
  return true;
}

store::SourceInUse Feed::source_in_use() const {
  std::lock_guard const lock(mutex_);
  return source_in_use_;
}

store::SourceInUse Feed::observed_source() const {
  std::lock_guard const lock(mutex_);
  return trouble_.empty() ? source_in_use_ : store::SourceInUse{.why = trouble_};
}

void Feed::note_trouble(std::optional<Error> const& trouble) {
  auto why = trouble ? reason_of(*trouble) : std::string();
  std::lock_guard const lock(mutex_);
  if (why == trouble_) return;
  trouble_ = std::move(why);
  if (trouble) spdlog::warn("{}: changes cannot be told for now: {}", printable(store_.name()), trouble_);
}

void Feed::note_source(store::SourceInUse const& in_use) {
  store::SourceInUse before;
  {
    std::lock_guard const lock(mutex_);
    if (source_in_use_ == in_use) return;
    before = std::exchange(source_in_use_, in_use);
  }
  auto const name = printable(store_.name());
  auto const reason = printable(in_use.why, longest_reason);
  using Kind = store::SourceKind;
  if (in_use.kind == Kind::installed)
    spdlog::info("{}: changes are told as the database writes them down", name);
  else if (in_use.kind == Kind::following)
    spdlog::log(before.kind == Kind::installed ? spdlog::level::warn : spdlog::level::info,
                "{}: changes are found by looking at the tables; what the database writes down is not used: {}", name,
                reason);
  else if (in_use.kind == Kind::unknown && !reason.empty())
    spdlog::warn("{}: changes cannot be told: {}", name, reason);
}

void Feed::count_changes(store::Batch const& batch) {
  for (auto const& change : batch.changes)
    tally_.changes[static_cast<std::size_t>(change.entity - model::entities().data())] +=
        std::max<std::size_t>(change.ids.size(), 1);
}

std::unique_ptr<Feed::Listener> Feed::listen(Way way, std::uint64_t client, Needs needs) {
  auto place = places_->take(client);
  return place ? std::make_unique<Listener>(*this, way, client, needs, std::move(place)) : nullptr;
}

Feed::Listener::Listener(Feed& feed, Way way, std::uint64_t client, Needs needs, std::unique_ptr<Places::Place> place)
    : feed_(feed), way_(way), client_(client), needs_(needs), place_(std::move(place)) {
  ++feed_.tally_.of(way_).subscribers;
  ++feed_.listeners_;
  if (needs_.details) ++feed_.needing_details_;
  if (needs_.items) ++feed_.needing_items_;
}

Feed::Listener::~Listener() {
  std::lock_guard const lock(feed_.mutex_);
  feed_.wakes_.erase(this);
  --feed_.tally_.of(way_).subscribers;
  --feed_.listeners_;
  if (needs_.details) --feed_.needing_details_;
  if (needs_.items) --feed_.needing_items_;
}

// Who takes the place may be in the turn of another session, and must not wait for that of this one.
void Feed::Listener::on_displaced(std::function<void()> leave) {
  place_->on_displaced([&feed = feed_, leave = std::move(leave)] { feed.ask([leave](Desk&) { leave(); }); });
}

void Feed::Listener::on_grown(std::function<void()> wake) {
  auto shared = std::make_shared<std::function<void()> const>(std::move(wake));
  std::lock_guard const lock(feed_.mutex_);
  feed_.wakes_[this] = std::move(shared);
}

void Feed::Listener::on_grown(std::weak_ptr<net::Connection> connection) {
  on_grown(
      [connection = std::move(connection)] { net::Connection::post_patiently(connection, std::make_unique<Grown>()); });
}

void Feed::stop() {
  {
    std::lock_guard const lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

/// Requires the lock, and that there is one.
Feed::Task Feed::take_task() {
  auto next = tasks_.upper_bound(last_client_);
  if (next == tasks_.end()) next = tasks_.begin();
  auto& [client, tasks] = *next;
  last_client_ = client;
  auto task = std::move(tasks.front());
  tasks.pop_front();
  if (tasks.empty()) tasks_.erase(next);
  return task;
}

void Feed::run() {
  Following following(*this);
  auto wanted_at = Clock::now();
  auto next_look = Clock::now();
  auto look_took = Clock::duration::zero();
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait_until(lock, next_look, [this] { return is_stopping_ || !tasks_.empty(); });
    if (is_stopping_) break;
    auto const now = Clock::now();
    bool const is_wanted = listeners_ > 0 || !tasks_.empty() || following.is_waited_for();
    if (is_wanted) wanted_at = now;
    // Nobody listens: it goes on for a while, if nobody needs the place of the store.
    if (!is_wanted && (now - wanted_at > options_.goes_on || !following.stays())) {
      is_running_ = false;
      source_in_use_ = {};
      trouble_.clear();
      return;
    }
    // Looks and tasks take turns, each for as long as the other, so that nobody is told late because many come back.
    auto const look_at = std::max(next_look, now + look_took);
    try {
      for (; !tasks_.empty() && !is_stopping_ && Clock::now() < look_at; lock.lock()) {
        auto const task = take_task();
        lock.unlock();
        task(following);
      }
      lock.unlock();
      auto const looked = Clock::now();
      if (looked >= next_look) {
        auto const more = following.look();
        following.call_waiting(false);
        auto const trouble = following.trouble();
        auto const pause = trouble         ? options_.between_tries
                           : more && *more ? options_.interval.zero()
                                           : options_.interval;
        look_took = Clock::now() - looked;
        next_look = Clock::now() + pause;
        note_trouble(trouble);
      }
    } catch (std::exception const& failure) {
      if (lock.owns_lock()) lock.unlock();
      spdlog::error("{}: the live feed: {}", printable(store_.name()), failure.what());
      next_look = Clock::now() + options_.between_tries;
    }
    following.rest();
    lock.lock();
  }
  for (; !tasks_.empty(); lock.lock()) {
    auto const task = take_task();
    lock.unlock();
    task(following);
  }
  lock.unlock();
  while (following.is_waited_for()) following.call_waiting(true);
}

}  // namespace restapi::api::feed
