// SPDX-License-Identifier: MIT
#include "api/feed/events/stream.hpp"

#include <fmt/format.h>

#include <utility>

namespace restapi::api::feed::events {
namespace {

using Clock = net::Connection::Clock;

/// Proxies and clients take a connection that is silent for long for a dead one.
constexpr std::chrono::seconds between_signs{15};

/// Bytes that may wait for a reader before it is given more.
constexpr std::size_t most_unread = 64 * 1024;

/// What all with the same filter are sent.
struct Written {
  net::Body text;
  std::size_t events;
};

}  // namespace

Stream::Stream(net::Connection& connection, Feed& feed, std::shared_ptr<Feed::Listener> listener, Filter filter,
               Feed::Desk::Begin begin, std::function<bool()> admits)
    : connection_(connection),
      listener_(std::move(listener)),
      filter_(std::move(filter)),
      key_("events " + filter_.letters),
      admits_(std::move(admits)),
      subscription_(
          std::make_shared<Subscription>(feed, *this, listener_->client(), post_to(connection.weak_from_this()))) {
  listener_->on_grown(connection_.weak_from_this());
  subscription_->end_with(*listener_);
  connection_.set_deadline(Clock::now() + between_signs);
  auto const* const first = begin.is_resnapshot ? "resnapshot" : "settled";
  auto const data = fmt::format(R"({{"source":"{}"}})", name_of(feed.source_in_use().kind));
  connection_.send({"retry: 1000\n" + stream_text(first, data, begin.position.cursor), {}});
  count(1);
  subscription_->begin_at(std::move(begin.position));
}

EndingStream::EndingStream(net::Connection& connection) {
  connection.send({"retry: 5000\n\n", {}});
  connection.finish(false);
}

void Stream::on_event(net::Event& event) {
  if (auto const* call = dynamic_cast<Call*>(&event)) return call->task();
  subscription_->go_on();
}

void Stream::on_deadline() {
  if (!admits_()) return connection_.finish(false);  // it is told why when it comes back
  connection_.set_deadline(Clock::now() + between_signs);
  subscription_->keep_fresh();
  if (has_room()) connection_.send({": \n\n", {}});
}

bool Stream::has_room() const { return connection_.unread() < most_unread; }

void Stream::on_entry(Entry const& entry) {
  auto const write = [&] {
    std::string text;
    std::size_t events = 0;
    for_each_event(entry, filter_, [&](Event const& event) {
      text += stream_text(event.name, event.data, event.after);
      ++events;
      return true;
    });
    return Written{net::Body(std::move(text)), events};
  };
  auto const written = *entry.written<Written>(key_, write);
  if (written.events == 0) return;
  connection_.send({"\n", written.text});
  count(written.events);
}

void Stream::count(std::size_t events) {
  events_ += events;
  listener_->count_messages(events);
}

void Stream::on_settled(store::Cursor const& cursor) {
  connection_.send({stream_text("settled", "{}", cursor), {}});
  count(1);
}

// It comes back with the last cursor that it has got, and goes on there, or is told why that is impossible.
void Stream::on_ended(Subscription::End) { connection_.finish(false); }

}  // namespace restapi::api::feed::events
