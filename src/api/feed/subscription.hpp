// SPDX-License-Identifier: MIT
/// Somebody's way through the changes of a profile: first from the database, until the log has been reached, then from
/// the log. Doors give what comes the shape of their protocol (Reader).
///
/// Used in the turn of its owner only: on the I/O thread of a connection, or in the turn of a session.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/feed/feed.hpp"

namespace restapi::api::feed {

class Subscription : public std::enable_shared_from_this<Subscription> {
 public:
  enum class End {
    unreadable,  ///< the database cannot be read now
    crowded,    ///< too many are catching up, and this one has no turn (any more): to be continued a little later, with
                ///< the same cursor
    too_slow,   ///< what comes next is not in the log any more: to be continued with a cursor
    displaced,  ///< another client has got the place: to be continued a little later
  };

  /// Whoever it is for. Called in its turn.
  class Reader {
   public:
    virtual ~Reader() = default;

    /// The first: from here on changes are told. `is_resnapshot`: what came after the cursor cannot be told.
    virtual void on_begun(store::Cursor const&, bool /*is_resnapshot*/) {}

    /// Whether it takes more now. Once it does again, Subscription::go_on() is to be called.
    virtual bool has_room() const = 0;

    virtual void on_entry(Entry const& entry) = 0;

    /// Nothing has happened for long, so the cursor would get too old.
    virtual void on_settled(store::Cursor const& cursor) = 0;

    /// The last.
    virtual void on_ended(End why) = 0;
  };

  /// Runs a task in the turn of the owner, later, or drops it if that one has gone. Any thread.
  using Post = std::function<void(std::function<void()> task)>;

  /// The feed and the reader must outlive it; `post` is kept, too. `client`: http::Request::client.
  Subscription(Feed& feed, Reader& reader, std::uint64_t client, Post post);

  /// Goes on behind a cursor, as a client has sent it; nothing: from now on. Once. on_begun() or on_ended() comes.
  void begin(std::optional<std::string> cursor);
  /// The same where the feed has been asked already: on_begun() is not called.
  void begin_at(Position position);

  /// Takes what there is. To be called when the feed has grown, and when the reader has room again.
  void go_on();

  /// Ends it in the turn of its owner, when the listener has lost its place.
  void end_with(Feed::Listener& listener);

  /// To be called now and then, at most some minutes apart.
  void keep_fresh();

  /// What the reader has.
  store::Cursor const& cursor() const { return position_.cursor; }

 private:
  using Clock = std::chrono::steady_clock;

  void ask(std::function<std::function<void(Subscription&)>(Feed::Desk&)> question);
  void begin_with(Result<Feed::Desk::Begin> const& begin);
  void ask_for_page();
  void lose_turn();
  void observe_lag(Entry const& entry);
  void end(End why);

  Feed& feed_;
  Reader& reader_;
  std::uint64_t const client_;
  Post const post_;
  Position position_;
  bool is_reading_ = false;  // it has begun, and has not ended
  bool waits_for_page_ = false;
  Clock::time_point settled_at_;
};

/// A task for a connection's protocol or endpoint, which is to call it.
struct Call final : net::Event {
  explicit Call(std::function<void()> wanted) : task(std::move(wanted)) {}
  std::function<void()> task;
};

/// Of whoever is on a connection.
Subscription::Post post_to(std::weak_ptr<net::Connection> connection);

}  // namespace restapi::api::feed
