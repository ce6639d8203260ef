// SPDX-License-Identifier: MIT
/// A session with its lock and whoever waits for it, and all sessions of a server. A part of server.cpp; nobody else
/// needs it.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "api/engine_io/server.hpp"
#include "api/engine_io/timers.hpp"
#include "base/keyed_hash.hpp"
#include "base/memory_budget.hpp"
#include "base/places.hpp"

namespace restapi::api::engine_io {

/// Given to connections: the session has something for its WebSocket.
struct Wake final : net::Event {};

struct Server::Common {
  explicit Common(ServerOptions what) : options(what) {}

  /// Null: the server stops.
  std::shared_ptr<Entry> open(Transport transport, Time asked, std::shared_ptr<Places::Place> place,
                              HandlerFactory const& factory, std::shared_ptr<Common> const& self);
  std::shared_ptr<Entry> find(std::string_view id) const;
  void forget(std::string const& id);

  ServerOptions const options;
  std::shared_ptr<Places> const places = std::make_shared<Places>(options.max_sessions);
  std::shared_ptr<MemoryBudget> const memory = std::make_shared<MemoryBudget>(options.max_memory);
  mutable std::mutex mutex;
  std::unordered_map<std::string, std::shared_ptr<Entry>, KeyedHash, std::equal_to<>> entries;
  std::atomic<bool> is_stopping = false;
  Timers timers;  // last: its tasks need the rest
};

/// Locks are taken in this order: an entry's, the timers' or a mailbox's.
struct SessionHandle::Entry final : Output, std::enable_shared_from_this<Entry> {
  Entry(std::string id, Transport transport, Time now, std::shared_ptr<Server::Common> what);

  /// A poll that waits.
  struct Poll {
    Poll(http::LateAnswer who, Server::Finish how, std::uint64_t which)
        : answer(std::move(who)), finish(std::move(how)), number(which) {}
    http::LateAnswer answer;
    Server::Finish finish;
    std::uint64_t number;
    std::optional<std::stop_callback<std::function<void()>>> left = {};
  };

  /// A WebSocket: by address, to know it again, and the connection that it is on.
  struct Socket {
    Server::Carrier const* carrier = nullptr;
    std::weak_ptr<net::Connection> connection = {};
  };

  /// Everything is done in turns.
  template <class Call>
  void turn(Call call) {
    bool is_gone = false;
    {
      std::lock_guard const lock(mutex);
      call(std::chrono::steady_clock::now());
      keep_time();
      is_gone = session.is_gone();
    }
    if (is_gone) common->forget(session.id());
  }

  /// In a turn: answered as soon as there is something, unless its client leaves before.
  void wait(http::LateAnswer answer, Server::Finish finish, std::stop_token const& gone);

  // Output: in a turn.
  void answer_poll(std::string payload) override;
  void refuse_poll() override;
  void wake_web_socket() override;
  void answer_probe(Message packet) override { to_probe.push_back(std::move(packet)); }
  void adopt_probe() override { carrier = std::exchange(probe, {}); }
  void drop_probe() override;
  void received(Kind kind, std::string data) override;
  void sent() override;
  void deadline_passed() override;
  void closed() override;

  std::shared_ptr<Server::Common> const common;
  std::mutex mutex;  // of what follows
  Session session;
  std::unique_ptr<Handler> handler;
  std::shared_ptr<Places::Place> place;
  std::optional<Poll> poll;
  std::uint64_t polls = 0;
  Socket carrier;
  Socket probe;
  std::vector<Message> to_probe;
  bool is_woken = false;
  Time ticks_at = Time::max();

 private:
  void keep_time();
  void answer(http::Response response);
};

}  // namespace restapi::api::engine_io
