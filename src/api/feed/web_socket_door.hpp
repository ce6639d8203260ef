// SPDX-License-Identifier: MIT
/// A door of the live feed that is spoken to over WebSocket: who comes in, and what all who have come in have in
/// common. What is said is the business of each protocol.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/door.hpp"
#include "api/feed/feed.hpp"
#include "api/feed/subscription.hpp"
#include "api/web_socket/web_socket.hpp"

namespace restapi::api::feed {

/// Somebody who has come in.
struct Visit {
  web_socket::WebSocket& socket;  ///< outlives whoever speaks over it, as the feed does
  Feed& feed;
  std::shared_ptr<Feed::Listener> listener;
  std::string query;             ///< of the request, decoded
  bool is_admitted;              ///< false where the door admits itself: to be told, and to leave
  std::function<bool()> admits;  ///< whether the token is still good
};

/// The value of a key in a query, the first if there are several; nothing: there is no such key.
std::optional<std::string_view> parameter(std::string_view query, std::string_view key);

/// As text, of version 4.
std::string random_uuid();

/// Somebody who listens over a WebSocket. On the I/O thread of its connection. Changes begin with begin().
class WebSocketListener : public web_socket::Endpoint, public Subscription::Reader {
 public:
  explicit WebSocketListener(Visit visit);

  void on_event(net::Event& event) final;
  void on_sent() final { subscription_->go_on(); }
  void on_deadline() final;

 protected:
  /// Changes behind the cursor, as the client has sent it; nothing: from now on.
  void begin(std::optional<std::string> cursor) { subscription_->begin(std::move(cursor)); }

  web_socket::WebSocket& socket() { return visit_.socket; }
  Visit const& visit() const { return visit_; }
  store::Cursor const& cursor() const { return subscription_->cursor(); }
  void send(std::string text);
  void send(web_socket::Frames const& frames);

  /// An entry, for somebody who has not been closed.
  virtual void tell(Entry const& entry) = 0;

  /// The token is not good any more. The socket is closed with policy_violation then.
  virtual void on_expired() = 0;

  /// The subscription has ended. The socket is closed with try_again_later then.
  virtual void on_leaving(Subscription::End) {}

  /// A few seconds have passed.
  virtual void on_tick() {}

 private:
  bool has_room() const final;
  void on_entry(Entry const& entry) final;
  void on_ended(Subscription::End why) final;

  Visit const visit_;
  std::shared_ptr<Subscription> const subscription_;
};

struct WebSocketDoorOptions {
  std::string_view path;  ///< a literal
  Way way;
  bool admits_itself = false;
  Feed::Needs needs = {};
};

/// The feed may have other doors.
std::unique_ptr<Door> make_web_socket_door(std::shared_ptr<Feed> feed, WebSocketDoorOptions options,
                                           std::function<std::unique_ptr<web_socket::Endpoint>(Visit)> enter);

}  // namespace restapi::api::feed
