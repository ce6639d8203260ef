// SPDX-License-Identifier: MIT
#include "api/feed/subscription.hpp"

#include <utility>

namespace restapi::api::feed {

Subscription::Subscription(Feed& feed, Reader& reader, std::uint64_t client, Post post)
    : feed_(feed), reader_(reader), client_(client), post_(std::move(post)), settled_at_(Clock::now()) {}

/// Asks on the feed's thread, and then does in the owner's turn what the question has given.
void Subscription::ask(std::function<std::function<void(Subscription&)>(Feed::Desk&)> question) {
  auto const task = [self = weak_from_this(), post = post_, question = std::move(question)](Feed::Desk& desk) {
    if (self.expired()) return;
    post([self, then = question(desk)] {
      if (auto const here = self.lock()) then(*here);
    });
  };
  feed_.ask(task, client_);
}

void Subscription::begin(std::optional<std::string> cursor) {
  auto const task = [self = weak_from_this(), post = post_, cursor = std::move(cursor),
                     client = client_](Feed::Desk& desk) {
    if (self.expired()) return;
    desk.begin(cursor, client, [self, post](Feed::Desk&, Result<Feed::Desk::Begin> const& begin) {
      post([self, begin] {
        if (auto const here = self.lock()) here->begin_with(begin);
      });
    });
  };
  feed_.ask(task, client_);
}

void Subscription::begin_with(Result<Feed::Desk::Begin> const& begin) {
  if (!begin) return end(begin.error().code == Code::overloaded ? End::crowded : End::unreadable);
  begin_at(begin->position);
  reader_.on_begun(begin->position.cursor, begin->is_resnapshot);
  go_on();
}

void Subscription::begin_at(Position position) {
  position_ = std::move(position);
  is_reading_ = true;
  if (!position_.turn) return;
  // Not in the turn of another owner, nor in this one.
  position_.turn->place->on_displaced([&feed = feed_, self = weak_from_this(), post = post_] {
    feed.ask([self, post](Feed::Desk&) {
      post([self] {
        if (auto const here = self.lock()) here->lose_turn();
      });
    });
  });
}

void Subscription::lose_turn() {
  if (position_.turn) end(End::crowded);
}

void Subscription::go_on() {
  auto const self = shared_from_this();  // the reader may drop it in the middle
  while (is_reading_ && reader_.has_room()) {
    if (!position_.place) return ask_for_page();
    auto const entries = feed_.log().from(*position_.place);
    if (!entries) return end(End::too_slow);
    if (entries->empty()) return;
    for (auto const& entry : *entries) {
      bool const has_some = position_.skip.has_value();
      auto const lacked = take(position_, entry);
      reader_.on_entry(*lacked);
      if (!has_some) observe_lag(*lacked);
      if (!is_reading_) return;
    }
  }
}

/// Of whoever is told as it happens: those who come back are behind of their own accord.
void Subscription::observe_lag(Entry const& entry) {
  auto const& changes = entry.batch().changes;
  if (!changes.empty()) feed_.tally().lag.observe(std::chrono::system_clock::now() - changes.back().at);
}

void Subscription::ask_for_page() {
  if (std::exchange(waits_for_page_, true)) return;
  ask([position = position_](Feed::Desk& desk) mutable -> std::function<void(Subscription&)> {
    auto entry = desk.catch_up(position);
    if (!entry) return [](Subscription& self) { self.end(End::unreadable); };
    return [entry = *std::move(entry), position = std::move(position)](Subscription& self) {
      self.waits_for_page_ = false;
      if (!self.is_reading_) return;
      self.position_ = position;
      if (entry) self.reader_.on_entry(*entry);
      self.go_on();
    };
  });
}

void Subscription::keep_fresh() {
  if (!is_reading_ || !position_.place || Clock::now() - settled_at_ < feed_.options().settled_every) return;
  settled_at_ = Clock::now();
  ask([place = position_.place](Feed::Desk& desk) -> std::function<void(Subscription&)> {
    auto const now = desk.now();
    if (!now || now->place != place) return [](Subscription&) {};  // the next entry brings one
    return [cursor = now->cursor, place](Subscription& self) {
      if (!self.is_reading_ || self.position_.place != place || !self.reader_.has_room()) return;
      // Who has caught up may have read from the database what the log has not seen yet.
      if (!cursor.delivered.covers(self.position_.cursor.delivered)) return;
      self.position_.cursor = cursor;
      self.reader_.on_settled(cursor);
    };
  });
}

void Subscription::end_with(Feed::Listener& listener) {
  listener.on_displaced([self = weak_from_this(), post = post_] {
    post([self] {
      if (auto const here = self.lock()) here->end(End::displaced);
    });
  });
}

void Subscription::end(End why) {
  if (why == End::too_slow) ++feed_.tally().ring_lost;
  position_.turn.reset();
  if (std::exchange(is_reading_, false) || why != End::too_slow) reader_.on_ended(why);
}

Subscription::Post post_to(std::weak_ptr<net::Connection> connection) {
  return [connection = std::move(connection)](std::function<void()> task) {
    net::Connection::post(connection, std::make_unique<Call>(std::move(task)));
  };
}

}  // namespace restapi::api::feed
