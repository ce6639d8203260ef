// SPDX-License-Identifier: MIT
#include "api/feed/events/stream.hpp"

#include <utility>

namespace restapi::api::feed::events {
namespace {

using Clock = net::Connection::Clock;

/// Proxies and clients take a connection that is silent for long for a dead one.
constexpr std::chrono::seconds between_signs{15};

/// Bytes that may wait for a reader before it is given more.
constexpr std::size_t most_unread = 64 * 1024;

}  // namespace

/// What the feed's thread has read for it.
struct Stream::Page final : net::Event {
  std::shared_ptr<Entry const> entry;
  Position position;
  bool has_failed = false;
  bool is_settled = false;  ///< nothing was read: it is given a cursor
};

Stream::Stream(net::Connection& connection, Feed& feed, std::shared_ptr<Feed::Listener> listener, Filter filter,
               Feed::Desk::Begin begin, std::function<bool()> admits)
    : connection_(connection),
      feed_(feed),
      listener_(std::move(listener)),
      filter_(std::move(filter)),
      key_("events " + filter_.letters),
      admits_(std::move(admits)),
      position_(std::move(begin.position)),
      settled_at_(Clock::now()) {
  feed_.wake(connection_.weak_from_this());
  connection_.set_deadline(Clock::now() + between_signs);
  auto const* const first = begin.is_resnapshot ? "resnapshot" : "settled";
  connection_.send({"retry: 1000\n" + stream_text(first, "{}", position_.cursor), {}});
}

void Stream::on_event(net::Event& event) {
  if (auto* page = dynamic_cast<Page*>(&event)) {
    // The database cannot be read now: whoever comes back then is told so, or goes on.
    if (page->has_failed) return connection_.finish(false);
    waits_for_page_ = false;
    position_ = std::move(page->position);
    if (page->entry) send(*page->entry, {});
    if (page->is_settled) connection_.send({stream_text("settled", "{}", position_.cursor), {}});
  }
  go_on();
}

void Stream::on_deadline() {
  if (!admits_()) return connection_.finish(false);  // it is told why when it comes back
  connection_.set_deadline(Clock::now() + between_signs);
  // A cursor of somebody to whom nothing happens would get too old.
  if (position_.place && Clock::now() - settled_at_ >= feed_.options().settled_every) {
    settled_at_ = Clock::now();
    feed_.ask([connection = connection_.weak_from_this(), position = position_](Feed::Desk& desk) mutable {
      auto const begin = desk.begin(std::nullopt);
      if (!begin || begin->position.place != position.place) return;  // the next entry brings one
      auto page = std::make_unique<Page>();
      page->position = begin->position;
      page->position.skip = position.skip;
      page->is_settled = true;
      net::Connection::post(connection, std::move(page));
    });
  }
  if (connection_.unread() < most_unread) connection_.send({": \n\n", {}});
}

void Stream::send(Entry const& entry, std::optional<store::Cursor> const& skip) {
  auto const write = [&] {
    std::string text;
    for_each_event(entry, filter_, skip, [&](Event const& event) {
      text += stream_text(event.name, event.data, event.after);
      return true;
    });
    return text;
  };
  // Whoever has caught up with the log may have had some of it; everybody else shares what is sent.
  auto body = skip ? net::Body(write()) : entry.written(key_, write);
  if (!body.empty()) connection_.send({"\n", std::move(body)});
}

void Stream::go_on() {
  if (connection_.unread() >= most_unread) return;  // on_sent() comes
  if (!position_.place) return ask_for_page();
  auto const entries = feed_.log().from(*position_.place);
  if (!entries) return connection_.finish(false);  // too slow: it comes back with the last cursor that it has got
  for (auto const& entry : *entries) {
    send(*entry, position_.skip);
    ++*position_.place;
    position_.cursor = entry->batch().after;
    if (position_.skip && (entry->is_resnapshot() || entry->batch().before.delivered.covers(position_.skip->delivered)))
      position_.skip.reset();
  }
}

void Stream::ask_for_page() {
  if (std::exchange(waits_for_page_, true)) return;
  feed_.ask([connection = connection_.weak_from_this(), position = position_](Feed::Desk& desk) mutable {
    if (connection.expired()) return;
    auto entry = desk.catch_up(position);
    auto page = std::make_unique<Page>();
    page->has_failed = !entry;
    if (entry) page->entry = *std::move(entry);
    page->position = std::move(position);
    net::Connection::post(connection, std::move(page));
  });
}

}  // namespace restapi::api::feed::events
