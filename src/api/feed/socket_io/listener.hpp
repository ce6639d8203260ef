// SPDX-License-Identifier: MIT
/// A client of Socket.IO in the namespace of a profile: selects a workspace, is told of its changes, and comes back.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "api/engine_io/session.hpp"
#include "api/feed/feed.hpp"
#include "api/feed/socket_io/messages.hpp"
#include "api/feed/socket_io/workspace.hpp"
#include "api/feed/subscription.hpp"
#include "api/socket_io/application.hpp"

namespace restapi::api::feed::socket_io {

/// Used in the turn of its session only.
class Listener final : public api::socket_io::Listener, public Subscription::Reader {
 public:
  /// Why the client may not read; nothing: it may. Any thread.
  using Refusal = std::function<std::optional<Error>()>;

  /// The socket and the session must outlive it. `profile`: its name. `client`: http::Request::client.
  Listener(api::socket_io::Socket& socket, engine_io::Session& session, std::shared_ptr<Feed> feed, std::string profile,
           std::uint64_t client, Refusal refusal);

  /// Accepts the client, now or later: as the one that it was, if it comes back and can be told what it lacks.
  void connect(Auth const& auth);

  void on_event(api::socket_io::Event event) override;
  void on_sent() override;
  void on_tick() override;
  void on_disconnected() override;

 private:
  /// What has been found out about a workspace, on the feed's thread.
  struct Selected {
    Workspace workspace;
    Feed::Desk::Begin begin;
  };
  struct Unknown {};
  struct Unreadable {};
  using Outcome = std::variant<Selected, Unknown, Unreadable>;

  /// To select a workspace, or (empty) none.
  struct Wish {
    std::string workspace;
    std::optional<std::uint64_t> ack;
  };

  bool has_room() const override;
  void on_entry(Entry const& entry) override;
  void on_settled(store::Cursor const& cursor) override;
  void on_ended(Subscription::End why) override;

  void accept();
  void recover(std::string const& pid, Outcome const& outcome);
  void fulfil(Wish wish);
  void take(Wish const& wish, Outcome const& outcome);
  void begin(Selected const& selected);
  void deselect();

  /// What the workspace is; where it is told from is still to be asked.
  static Outcome look(Feed::Desk& desk, std::string const& id, std::string const& profile);
  /// False: the server stops.
  bool ask(std::string const& workspace, std::optional<std::string> const& cursor,
           std::function<void(Listener&, Outcome const&)> then);
  bool listen();
  void acknowledge(std::optional<std::uint64_t> ack, std::string_view error = {});
  void send_pending();
  void emit(std::string const& data);

  api::socket_io::Socket& socket_;
  engine_io::Session& session_;
  std::shared_ptr<Feed> const feed_;
  std::string const profile_;
  std::uint64_t const client_;
  Refusal const refusal_;
  std::shared_ptr<Listener*> const self_;  // for what comes later, to whoever is still there
  bool is_gone_ = false;

  Workspace workspace_;
  std::string key_;  // of what is written for it
  std::shared_ptr<Feed::Listener> listener_;
  std::shared_ptr<Subscription> subscription_;
  bool is_selecting_ = false;
  std::optional<Wish> next_;  // while one is being fulfilled

  struct Pending {
    std::shared_ptr<Messages const> messages;
    std::size_t sent = 0;
  };
  std::list<Pending> pending_;  // takes no memory while it is empty
  bool is_sending_ = false;
};

}  // namespace restapi::api::feed::socket_io
