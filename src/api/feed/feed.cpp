// SPDX-License-Identifier: MIT
#include "api/feed/feed.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "base/database_message.hpp"
#include "base/printable.hpp"

namespace restapi::api::feed {
namespace {

using Clock = std::chrono::steady_clock;

/// Objects that are read and kept as one entry; one change may have half as many.
constexpr std::size_t objects_of_entry = 2000;

/// Of what is said in the log.
constexpr std::size_t longest_reason = 300;

std::string reason_of(Error const& error) {
  return printable(without_values(error.detail.empty() ? error.message : error.detail), longest_reason);
}

/// A bulk import is one batch, and would be too much for one entry.
std::vector<store::Batch> parts_of(store::Batch const& batch) {
  std::vector<store::Batch> parts;
  std::size_t objects = objects_of_entry;
  for (std::size_t i = 0; i < batch.changes.size(); ++i) {
    auto const& change = batch.changes[i];
    if (objects >= objects_of_entry) {
      auto before = parts.empty() ? batch.before : parts.back().after;
      parts.push_back({.before = std::move(before), .shown = batch.shown, .is_whole = false});
      objects = 0;
    }
    auto& part = parts.back();
    part.changes.push_back(change);
    part.after = batch.after_object(i, change.ids.empty() ? 0 : change.ids.size() - 1);
    objects += change.ids.size();
  }
  if (!parts.empty()) {
    parts.back().after = batch.after;
    parts.back().is_whole = batch.is_whole;
  }
  return parts;
}

}  // namespace

std::shared_ptr<Entry const> take(Position& position, std::shared_ptr<Entry const> const& entry) {
  if (position.skip && is_behind(*entry, *position.skip)) position.skip.reset();
  auto lacked = position.skip ? rest_of(entry, *position.skip) : entry;
  ++*position.place;
  position.cursor = lacked->batch().after;
  return lacked;
}

/// What the thread has while it follows.
struct Feed::Following final : Desk {
  explicit Following(Feed& owner) : feed(owner), totals(no_totals) {}

  /// Opens what is closed. Nothing: it is open, until rest().
  std::optional<Error> open(store::Room room = store::Room::in_use) {
    if (!opened) opened = feed.store_.use();
    if (opened && opened->store->is_outdated()) {
      feed.store_.retire(*opened);
      close();
    }
    if (source && opened && opened->id == opening) return std::nullopt;
    close();
    auto found = feed.store_.open(room);
    if (!found) return found.error();
    auto made = (*found)->store->changes();
    if (!made) {
      if (made.error().code != Code::source_refused) return made.error();
      return Error{Code::store_unavailable, made.error().message, made.error().hint, {}, made.error().detail};
    }
    auto const now = (*made)->now();
    feed.note_source((*made)->in_use());
    if (!now) return now.error();
    bool const is_first = cursor.epoch.empty();
    auto const lost = is_first ? Result<std::optional<store::Lost>>(std::nullopt) : (*made)->examine(cursor);
    if (!lost) return lost.error();
    opened = *std::move(found);
    opening = opened->id;
    source = *std::move(made);
    if (!is_first && !*lost) return std::nullopt;
    // Of what came since the log ended nothing is in it, or the database is another one.
    auto const former = std::exchange(cursor, *now);
    if (*lost) feed.tally_.count_resnapshot(**lost);
    if (feed.log_.end() > 0) say_resnapshot(is_first ? cursor : former);
    return std::nullopt;
  }

  void close() {
    source.reset();
    opened.reset();
  }

  /// Between two looks others may have its place.
  void rest() { opened.reset(); }

  void say_resnapshot(store::Cursor const& before) {
    append(std::make_shared<Entry>(store::Batch{.before = before, .after = cursor}, std::vector<ToldObjects>(), true));
  }

  void append(std::shared_ptr<Entry const> entry) {
    bool const lacks_details = !entry->details() && !entry->is_resnapshot();
    bool const lacks_items = !entry->items() && !entry->is_resnapshot();
    feed.log_.append(std::move(entry));
    if (lacks_details) without_details_until = feed.log_.end();
    if (lacks_items) without_items_until = feed.log_.end();
    std::vector<std::shared_ptr<std::function<void()> const>> wakes;
    {
      std::lock_guard const lock(feed.mutex_);
      wakes.reserve(feed.wakes_.size());
      for (auto const& [listener, wake] : feed.wakes_) wakes.push_back(wake);
    }
    for (auto const& wake : wakes) (*wake)();
  }

  Result<std::shared_ptr<Entry const>> entry_of(store::Batch batch) {
    // What the server's role may not read is told to nobody, and stops nothing else.
    std::erase_if(batch.changes,
                  [&](store::Change const& change) { return !opened->store->has_table(change.entity->table); });
    std::vector<ToldObjects> objects;
    objects.reserve(batch.changes.size());
    for (auto const& change : batch.changes) {
      auto read = read_objects(change, *opened->store, feed.version_, totals);
      if (!read) return std::move(read).error();
      objects.push_back(*std::move(read));
    }
    Particulars particulars;
    if (feed.needing_details_ > 0) {
      auto read = read_details(batch, objects, *opened->store);
      if (!read) return std::move(read).error();
      particulars.details = std::make_shared<Details const>(*std::move(read));
    }
    if (feed.needing_items_ > 0) {
      auto read = read_items(batch, objects, *opened->store);
      if (!read) return std::move(read).error();
      particulars.items = std::make_shared<Items const>(*std::move(read));
    }
    return std::shared_ptr<Entry const>(
        std::make_shared<Entry>(std::move(batch), std::move(objects), false, std::move(particulars)));
  }

  /// Whoever needs more than has been told from that place of the log on takes it from the database.
  bool lacks_what_is_needed(std::uint64_t place) const {
    return (feed.needing_details_ > 0 && place < without_details_until) ||
           (feed.needing_items_ > 0 && place < without_items_until);
  }

  /// One look at the database. True: there is more, now.
  Result<bool> look() {
    auto const started = Clock::now();
    auto read = source->read(cursor);
    feed.note_source(source->in_use());
    if (!read) return std::move(read).error();
    if (auto const* lost = std::get_if<store::Lost>(&*read)) {
      feed.tally_.count_resnapshot(*lost);
      auto const now = source->now();
      if (!now) return now.error();
      auto const former = std::exchange(cursor, *now);
      say_resnapshot(former);
      return false;
    }
    auto& batch = std::get<store::Batch>(*read);
    for (auto& part : parts_of(batch)) {
      auto const after = part.after;
      feed.count_changes(part);
      auto entry = entry_of(std::move(part));
      if (!entry) return std::move(entry).error();
      cursor = after;
      append(*std::move(entry));
    }
    if (!batch.changes.empty()) feed.tally_.batch.observe(Clock::now() - started);
    auto const former = std::exchange(cursor, batch.after);
    return !batch.is_whole && cursor != former;  // a standby may have to come so far first
  }

  // ---- For the doors ----

  void begin(std::optional<std::string> text, std::uint64_t client, Begun then) override {
    auto const begun = begin_now(text, client);
    if (!is_behind_standby(begun)) return then(*this, begun);
    // Each is asked for again with every look.
    std::shared_ptr<Places::Place> place = feed.waiting_for_standby_->take(client);
    if (!place) return then(*this, begun);
    wait(
        [this, text = std::move(text), client, place = std::move(place), then = std::move(then)](Desk&, bool is_over) {
          auto const again = begin_now(text, client);
          if (is_behind_standby(again) && !is_over && !place->is_displaced()) return false;
          then(*this, again);
          return true;
        },
        Clock::now() + feed.options_.until_standby);
  }

  Result<Position> now() override {
    if (auto const error = open()) return *error;
    return Position{.place = feed.log_.end(), .cursor = cursor};
  }

  static bool is_behind_standby(Result<Begin> const& begun) {
    return !begun && begun.error().code == Code::standby_behind;
  }

  Result<Begin> begin_now(std::optional<std::string> const& text, std::uint64_t client) {
    auto position = now();
    if (!position) return std::move(position).error();
    Begin begin{*std::move(position)};
    if (!text) return begin;
    auto const wanted = store::Cursor::parse(*text);
    if (wanted) {
      auto const lost = source->examine(*wanted);
      if (!lost) return lost.error();
      if (*lost) {
        feed.tally_.count_resnapshot(**lost);
      } else {
        begin.position = {feed.log_.place_of(*wanted), *wanted, *wanted};
        if (auto& place = begin.position.place; place && lacks_what_is_needed(*place)) place.reset();
        if (wanted->text() == cursor.text()) begin.position.place = feed.log_.end();
        if (begin.position.place) return begin;
        // One page after the other is read here, and the others would be told late.
        auto place = feed.turns_->take(client);
        if (!place) return Error{Code::overloaded, "too many come back at once", "try again in a moment"};
        begin.position.turn = std::make_shared<Turn>(feed.tally_.catching_up, std::move(place));
        return begin;
      }
    } else {
      ++feed.tally_.resnapshots[no_cursor];
    }
    begin.is_resnapshot = true;
    return begin;
  }

  Result<std::shared_ptr<Entry const>> catch_up(Position& position) override {
    if (auto const error = open()) return *error;
    auto const end = feed.log_.end();
    bool const is_of_now = !position.cursor.within;  // otherwise the rest of what an earlier page has begun
    auto read = source->read(position.cursor);
    if (!read) return std::move(read).error();
    if (auto const* lost = std::get_if<store::Lost>(&*read)) {
      feed.tally_.count_resnapshot(*lost);
      auto entry = std::make_shared<Entry>(store::Batch{.before = position.cursor, .after = cursor},
                                           std::vector<ToldObjects>(), true);
      position = {end, cursor, {}};
      return std::shared_ptr<Entry const>(std::move(entry));
    }
    auto batch = std::get<store::Batch>(*std::move(read));
    if (!batch.is_whole && batch.after == position.cursor)
      return Error{Code::standby_behind, "the standby that is asked has not come as far as the cursor"};
    if (auto parts = parts_of(batch); !parts.empty()) batch = std::move(parts.front());  // the rest with the next page
    // What the log tells from `end` on was read before this page, or will be read after it.
    Position next{.cursor = batch.after, .turn = position.turn};
    if (batch.is_whole && is_of_now) next = {end, batch.after, batch.after};
    if (batch.changes.empty()) {
      position = next;
      return std::shared_ptr<Entry const>();
    }
    auto entry = entry_of(std::move(batch));
    if (entry) position = next;
    return entry;
  }

  Result<std::shared_ptr<store::Store>> store() override {
    if (auto const error = open()) return *error;
    return opened->store;
  }

  struct Waiting {
    Wait wait;
    Clock::time_point until;
  };
  void wait(Wait wait, Clock::time_point until) override { waiting.push_back({std::move(wait), until}); }

  /// Who waits may wait for something else then.
  void call_waiting(bool is_ending) {
    auto const now = Clock::now();
    auto called = std::exchange(waiting, {});
    std::erase_if(called, [&](Waiting& one) {
      bool const is_over = is_ending || one.until <= now;
      return one.wait(*this, is_over) || is_over;
    });
    waiting.insert(waiting.end(), std::move_iterator(called.begin()), std::move_iterator(called.end()));
  }

  Feed& feed;
  KnownTotals no_totals{0};
  Totals totals;
  std::shared_ptr<store::OpenedStore const> opened;  // while the thread has something to do
  std::string opening;                               // of which one the source is (OpenedStore::id)
  std::unique_ptr<store::ChangeSource> source;
  store::Cursor cursor;
  std::uint64_t without_details_until = 0, without_items_until = 0;  // places in the log: what follows has them
  std::vector<Waiting> waiting;
};

Feed::Feed(store::LazyStore& store, ApiVersion const& version, FeedOptions options)
    : store_(store),
      version_(version),
      options_(options),
      log_(options.log),
      places_(std::make_shared<Places>(options.max_listeners)),
      turns_(std::make_shared<Places>(options.max_catching_up)),
      waiting_for_standby_(std::make_shared<Places>(options.max_catching_up)) {}

Feed::~Feed() { stop(); }

bool Feed::ask(Task task) {
  {
    std::lock_guard const lock(mutex_);
    if (is_stopping_) return false;
    tasks_.push_back(std::move(task));
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

void Feed::note_source(store::SourceInUse const& in_use) {
  store::SourceInUse before;
  {
    std::lock_guard const lock(mutex_);
    if (source_in_use_ == in_use) return;
    before = std::exchange(source_in_use_, in_use);
  }
  auto const reason = printable(in_use.why, longest_reason);
  using Kind = store::SourceKind;
  if (in_use.kind == Kind::installed)
    spdlog::info("{}: changes are told as the database writes them down", store_.name());
  else if (in_use.kind == Kind::following)
    spdlog::log(before.kind == Kind::installed ? spdlog::level::warn : spdlog::level::info,
                "{}: changes are found by looking at the tables; what the database writes down is not used: {}",
                store_.name(), reason);
  else if (in_use.kind == Kind::unknown && !reason.empty())
    spdlog::warn("{}: changes cannot be told: {}", store_.name(), reason);
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

void Feed::run() {
  Following following(*this);
  auto wanted_at = Clock::now();
  auto next_look = Clock::now();
  auto look_took = Clock::duration::zero();
  std::string said;  // why the database cannot be read
  int failures = 0;  // one after the other
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait_until(lock, next_look, [this] { return is_stopping_ || !tasks_.empty(); });
    if (is_stopping_) break;
    auto const now = Clock::now();
    if (listeners_ > 0 || !tasks_.empty() || !following.waiting.empty()) wanted_at = now;
    if (now - wanted_at > options_.goes_on) {
      is_running_ = false;
      source_in_use_ = {};
      return;
    }
    // Looks and tasks take turns, each for as long as the other, so that nobody is told late because many come back.
    auto const look_at = std::max(next_look, now + look_took);
    try {
      for (; !tasks_.empty() && !is_stopping_ && Clock::now() < look_at; lock.lock()) {
        auto const task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task(following);
      }
      lock.unlock();
      auto const looked = Clock::now();
      if (looked >= next_look) {
        auto const error = following.open(store::Room::at_rest);
        auto const more = error ? Result<bool>(*error) : following.look();
        following.call_waiting(false);
        failures = more ? 0 : failures + 1;
        bool const fails = failures > 1;  // once: a file may just be in its writer's hands
        auto const pause = fails           ? options_.between_tries
                           : more && *more ? options_.interval.zero()
                                           : options_.interval;
        look_took = Clock::now() - looked;
        next_look = Clock::now() + pause;
        auto const why = fails ? reason_of(more.error()) : std::string();
        if (why != said && !why.empty()) spdlog::warn("{}: changes cannot be told for now: {}", store_.name(), why);
        said = why;
      }
    } catch (std::exception const& failure) {
      if (lock.owns_lock()) lock.unlock();
      spdlog::error("{}: the live feed: {}", store_.name(), failure.what());
      next_look = Clock::now() + options_.between_tries;
    }
    following.rest();
    lock.lock();
  }
  auto const tasks = std::exchange(tasks_, {});
  lock.unlock();
  for (auto const& task : tasks) task(following);
  while (!following.waiting.empty()) following.call_waiting(true);
}

}  // namespace restapi::api::feed
