// SPDX-License-Identifier: MIT
/// Server-sent events on a connection, behind the head of their response.
#pragma once

#include <memory>
#include <string>

#include "api/feed/events/event.hpp"
#include "net/connection.hpp"
#include "net/protocol.hpp"

namespace restapi::api::feed::events {

class Stream final : public net::Protocol {
 public:
  /// The connection and the feed must outlive it.
  Stream(net::Connection& connection, Feed& feed, std::shared_ptr<Feed::Listener> listener, Filter filter,
         Feed::Desk::Begin begin, std::function<bool()> admits);

  void on_bytes(std::string_view) override {}
  void on_end() override { connection_.finish(false); }
  void on_event(net::Event& event) override;
  void on_sent() override { go_on(); }
  void on_deadline() override;
  void on_drain() override { connection_.finish(false); }
  void on_closed() override {}
  bool wants_bytes() const override { return true; }
  bool is_idle() const override { return false; }
  bool gives_way() const override { return false; }

 private:
  struct Page;

  void go_on();
  void send(Entry const& entry, std::optional<store::Cursor> const& skip);
  void ask_for_page();

  net::Connection& connection_;
  Feed& feed_;
  std::shared_ptr<Feed::Listener> const listener_;
  Filter const filter_;
  std::string const key_;
  std::function<bool()> const admits_;
  Position position_;
  bool waits_for_page_ = false;
  net::Connection::Clock::time_point settled_at_;
};

}  // namespace restapi::api::feed::events
