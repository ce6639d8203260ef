// SPDX-License-Identifier: MIT
/// Server-sent events on a connection, behind the head of their response.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "api/feed/events/event.hpp"
#include "api/feed/subscription.hpp"
#include "net/connection.hpp"
#include "net/protocol.hpp"

namespace restapi::api::feed::events {

class Stream final : public net::Protocol, public Subscription::Reader {
 public:
  /// The connection and the feed must outlive it.
  Stream(net::Connection& connection, Feed& feed, std::shared_ptr<Feed::Listener> listener, Filter filter,
         Feed::Desk::Begin begin, std::function<bool()> admits);

  void on_bytes(std::string_view) override {}
  void on_end() override { connection_.finish(false); }
  void on_event(net::Event& event) override;
  void on_sent() override { subscription_->go_on(); }
  void on_deadline() override;
  void on_drain() override { connection_.finish(false); }
  void on_closed() override {}
  bool wants_bytes() const override { return true; }
  net::Standing standing() const override { return net::Standing::busy; }
  bool gives_way() const override { return false; }
  std::uint64_t messages() const override { return events_; }

 private:
  bool has_room() const override;
  void on_entry(Entry const& entry) override;
  void on_settled(store::Cursor const& cursor) override;
  void on_ended(Subscription::End why) override;

  void count(std::size_t events);

  net::Connection& connection_;
  std::shared_ptr<Feed::Listener> const listener_;
  Filter const filter_;
  std::string const key_;
  std::function<bool()> const admits_;
  std::shared_ptr<Subscription> const subscription_;
  std::uint64_t events_ = 0;  // sent
};

/// A stream that ends at once, and to which a client comes back a little later.
class EndingStream final : public net::Protocol {
 public:
  explicit EndingStream(net::Connection& connection);

  void on_bytes(std::string_view) override {}
  void on_end() override {}
  void on_event(net::Event&) override {}
  void on_sent() override {}
  void on_deadline() override {}
  void on_drain() override {}
  void on_closed() override {}
  bool wants_bytes() const override { return true; }
  net::Standing standing() const override { return net::Standing::busy; }
  bool gives_way() const override { return false; }
};

}  // namespace restapi::api::feed::events
