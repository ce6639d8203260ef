// SPDX-License-Identifier: MIT
#include "api/feed/following.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <mutex>
#include <utility>
#include <variant>

#include "api/feed/details.hpp"
#include "api/feed/items.hpp"
#include "api/feed/objects.hpp"

namespace restapi::api::feed {
namespace {

using Clock = std::chrono::steady_clock;

/// Objects that are read and kept as one entry; one change may have half as many.
constexpr std::size_t objects_of_entry = 2000;

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

bool is_behind_standby(Result<Feed::Desk::Begin> const& begun) {
  return !begun && begun.error().code == Code::standby_behind;
}

}  // namespace

std::optional<Error> Feed::Following::open(store::Room room) {
  if (!opened_) opened_ = feed_.store_.use();
  if (opened_ && opened_->store->is_outdated()) {
    feed_.store_.retire(*opened_);
    close();
  }
  if (source_ && opened_ && opened_->id == opening_) return std::nullopt;
  close();
  auto found = feed_.store_.open(room);
  if (!found) return found.error();
  auto made = (*found)->store->changes();
  if (!made) {
    if (made.error().code != Code::source_refused) return made.error();
    return Error{Code::store_unavailable, made.error().message, made.error().hint, {}, made.error().detail};
  }
  auto const now = (*made)->now();
  feed_.note_source((*made)->in_use());
  if (!now) return now.error();
  bool const is_first = cursor_.epoch.empty();
  auto const lost = is_first ? Result<std::optional<store::Lost>>(std::nullopt) : (*made)->examine(cursor_);
  if (!lost) return lost.error();
  opened_ = *std::move(found);
  opening_ = opened_->id;
  source_ = *std::move(made);
  if (!is_first && !*lost) return std::nullopt;
  // Of what came since the log ended nothing is in it, or the database is another one.
  auto const former = std::exchange(cursor_, *now);
  if (*lost) feed_.tally_.count_resnapshot(**lost);
  if (!is_first || feed_.log_.end() > 0) say_resnapshot(is_first ? cursor_ : former);
  return std::nullopt;
}

bool Feed::Following::stays() {
  opened_ = feed_.store_.look();
  return source_ && opened_ && opened_->id == opening_;
}

void Feed::Following::close() {
  source_.reset();
  opened_.reset();
}

void Feed::Following::say_resnapshot(store::Cursor const& before) {
  Particulars const particulars{.source = name_of(feed_.source_in_use().kind)};
  append(std::make_shared<Entry>(store::Batch{.before = before, .after = cursor_}, std::vector<ToldObjects>(), true,
                                 particulars));
}

void Feed::Following::append(std::shared_ptr<Entry const> entry) {
  bool const lacks_details = !entry->details() && !entry->is_resnapshot();
  bool const lacks_items = !entry->items() && !entry->is_resnapshot();
  feed_.log_.append(std::move(entry));
  if (lacks_details) without_details_until_ = feed_.log_.end();
  if (lacks_items) without_items_until_ = feed_.log_.end();
  std::vector<std::shared_ptr<std::function<void()> const>> wakes;
  {
    std::lock_guard const lock(feed_.mutex_);
    wakes.reserve(feed_.wakes_.size());
    for (auto const& [listener, wake] : feed_.wakes_) wakes.push_back(wake);
  }
  for (auto const& wake : wakes) (*wake)();
}

Result<std::shared_ptr<Entry const>> Feed::Following::entry_of(store::Batch batch) {
  // What the server's role may not read is told to nobody, and stops nothing else.
  std::erase_if(batch.changes,
                [&](store::Change const& change) { return !opened_->store->has_table(change.entity->table); });
  std::vector<ToldObjects> objects;
  objects.reserve(batch.changes.size());
  for (auto const& change : batch.changes) {
    auto read = read_objects(change, *opened_->store, feed_.version_, totals_);
    if (!read) return std::move(read).error();
    if (!read->gone.empty()) source_->doubt(*change.entity, read->gone);
    objects.push_back(std::move(read->told));
  }
  Particulars particulars;
  if (feed_.needing_details_ > 0) {
    auto read = read_details(batch, objects, *opened_->store);
    if (!read) return std::move(read).error();
    particulars.details = std::make_shared<Details const>(*std::move(read));
  }
  if (feed_.needing_items_ > 0) {
    auto read = read_items(batch, objects, *opened_->store);
    if (!read) return std::move(read).error();
    particulars.items = std::make_shared<Items const>(*std::move(read));
  }
  return std::shared_ptr<Entry const>(
      std::make_shared<Entry>(std::move(batch), std::move(objects), false, std::move(particulars)));
}

/// Whoever needs more than has been told from that place of the log on takes it from the database.
bool Feed::Following::lacks_what_is_needed(std::uint64_t place) const {
  return (feed_.needing_details_ > 0 && place < without_details_until_) ||
         (feed_.needing_items_ > 0 && place < without_items_until_);
}

Result<bool> Feed::Following::look() {
  auto const error = open(store::Room::at_rest);
  auto more = error ? Result<bool>(*error) : read_more();
  failures_ = more ? 0 : failures_ + 1;
  failure_ = more ? std::nullopt : std::optional(more.error());
  return more;
}

// Once: a file may just be in its writer's hands.
std::optional<Error> Feed::Following::trouble() const { return failures_ > 1 ? failure_ : std::nullopt; }

/// Requires: open() has succeeded.
Result<bool> Feed::Following::read_more() {
  auto const started = Clock::now();
  auto const former = cursor_;
  auto read = source_->read(cursor_);
  feed_.note_source(source_->in_use());
  if (!read) return std::move(read).error();
  if (auto const* lost = std::get_if<store::Lost>(&*read)) {
    feed_.tally_.count_resnapshot(*lost);
    auto const now = source_->now();
    if (!now) return now.error();
    cursor_ = *now;
    say_resnapshot(former);
    return false;
  }
  auto& batch = std::get<store::Batch>(*read);
  for (auto& part : parts_of(batch)) {
    auto const after = part.after;
    feed_.count_changes(part);
    auto entry = entry_of(std::move(part));
    if (!entry) return std::move(entry).error();
    cursor_ = after;
    append(*std::move(entry));
  }
  if (!batch.changes.empty()) feed_.tally_.batch.observe(Clock::now() - started);
  cursor_ = batch.after;
  return !batch.is_whole && cursor_ != former;  // a standby may have to come so far first
}

// ---- For the doors ----

void Feed::Following::begin(std::optional<std::string> text, std::uint64_t client, Begun then) {
  auto const begun = begin_now(text, client);
  if (!is_behind_standby(begun)) return then(*this, begun);
  // Each is asked for again with every look.
  std::shared_ptr<Places::Place> place = feed_.waiting_for_standby_->take(client);
  if (!place) return then(*this, begun);
  wait(
      [this, text = std::move(text), client, place = std::move(place), then = std::move(then)](Desk&, bool is_over) {
        auto const again = begin_now(text, client);
        if (is_behind_standby(again) && !is_over && !place->is_displaced()) return false;
        then(*this, again);
        return true;
      },
      Clock::now() + feed_.options_.until_standby);
}

Result<Position> Feed::Following::now() {
  if (auto const error = open()) return *error;
  return Position{.place = feed_.log_.end(), .cursor = cursor_};
}

Result<Feed::Desk::Begin> Feed::Following::begin_now(std::optional<std::string> const& text, std::uint64_t client) {
  auto position = now();
  if (!position) return std::move(position).error();
  Begin begin{*std::move(position)};
  if (!text) return begin;
  auto const wanted = store::Cursor::parse(*text);
  if (wanted) {
    auto const lost = source_->examine(*wanted);
    if (!lost) return lost.error();
    if (*lost) {
      feed_.tally_.count_resnapshot(**lost);
    } else {
      begin.position = {feed_.log_.place_of(*wanted), *wanted, *wanted};
      if (auto& place = begin.position.place; place && lacks_what_is_needed(*place)) place.reset();
      if (wanted->text() == cursor_.text()) begin.position.place = feed_.log_.end();
      if (begin.position.place) return begin;
      // One page after the other is read here, and the others would be told late.
      auto place = feed_.turns_->take(client);
      if (!place) return Error{Code::overloaded, "too many come back at once", "try again in a moment"};
      begin.position.turn = std::make_shared<Turn>(feed_.tally_.catching_up, std::move(place));
      return begin;
    }
  } else {
    ++feed_.tally_.resnapshots[no_cursor];
  }
  begin.is_resnapshot = true;
  return begin;
}

Result<std::shared_ptr<Entry const>> Feed::Following::catch_up(Position& position) {
  if (auto const error = open()) return *error;
  auto const end = feed_.log_.end();
  bool const is_of_now = !position.cursor.within;  // otherwise the rest of what an earlier page has begun
  auto read = source_->read(position.cursor);
  if (!read) return std::move(read).error();
  if (auto const* lost = std::get_if<store::Lost>(&*read)) {
    feed_.tally_.count_resnapshot(*lost);
    auto entry = std::make_shared<Entry>(store::Batch{.before = position.cursor, .after = cursor_},
                                         std::vector<ToldObjects>(), true);
    position = {end, cursor_, {}};
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

Result<std::shared_ptr<store::Store>> Feed::Following::store() {
  if (auto const error = open()) return *error;
  return opened_->store;
}

/// Who waits may wait for something else then.
void Feed::Following::call_waiting(bool is_ending) {
  auto const now = Clock::now();
  auto called = std::exchange(waiting_, {});
  std::erase_if(called, [&](Waiting& one) {
    bool const is_over = is_ending || one.until <= now;
    return one.wait(*this, is_over) || is_over;
  });
  waiting_.insert(waiting_.end(), std::move_iterator(called.begin()), std::move_iterator(called.end()));
}

}  // namespace restapi::api::feed
