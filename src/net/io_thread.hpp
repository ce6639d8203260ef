// SPDX-License-Identifier: MIT
/// One I/O thread of the Transport: its connections, and what is done when the kernel has news of them.
///
/// Shows Pistache's headers: for transport.cpp and io_thread.cpp alone.
#pragma once

#include <pistache/net.h>
#include <pistache/peer.h>
#include <pistache/reactor.h>
#include <pistache/tcp.h>
#include <pistache/transport.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/file_descriptor.hpp"
#include "net/connection.hpp"
#include "net/mailbox.hpp"
#include "net/transport.hpp"

namespace restapi::net {

/// What the threads of one Transport have in common.
struct ThreadsInCommon {
  TransportOptions options;
  Connection::ProtocolFactory factory;
  std::mutex mutex;
  std::condition_variable all_gone;
  bool hurrying = false;                    // guarded by the mutex: nobody waits for all_gone any more
  std::atomic<std::size_t> connections{0};  // also those that wait in a mailbox
  std::atomic<bool> is_full{false};         // somebody waits for a place: say when there is one
  std::atomic<bool> wants_room{false};      // one connection is to give its place up
  std::atomic<std::size_t> unread{0};       // bytes that wait for readers, as of each thread's last look
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> evicted{0};
  std::atomic<std::uint64_t> waited{0};
  std::atomic<std::uint64_t> too_slow{0};

  void forget_one();
};

/// Pistache's epoll loop calls onReady() with what happened.
class IoThread final : public Pistache::Tcp::Transport {
 public:
  explicit IoThread(std::shared_ptr<ThreadsInCommon> shared);
  ~IoThread() override;

  std::shared_ptr<Mailbox> const& mailbox() const { return mailbox_; }

  /// The reactor works on clones, one for each thread.
  std::shared_ptr<Pistache::Aio::Handler> clone() const override { return std::make_shared<IoThread>(shared_); }

  void registerPoller(Pistache::Polling::Epoll& poller) override;
  void onReady(Pistache::Aio::FdSet const& events) override;

 private:
  void read_mail();
  void begin_drain();
  void welcome(NewSocket const& socket);
  void make_room();
  void sweep();
  void close_idle();
  void bound_unread();

  // A connection of this thread, and its place in one of the lists.
  struct Entry {
    std::shared_ptr<Connection> connection;
    Standing standing = Standing::busy;  // that it is listed with
    std::list<Entry*>::iterator place = {};
    Connection::Clock::time_point since = {};  // it is there
    bool dawdles = false;                      // took little at the last look
  };

  std::list<Entry*>& listed(Standing standing) { return listed_[static_cast<std::size_t>(standing)]; }
  template <class Call>
  void with(Entry& entry, Call call);
  Entry* find(std::weak_ptr<Connection> const& sought);
  template <class Call>
  void with_all(std::vector<std::weak_ptr<Connection>> const& connections, Call call);
  std::vector<std::weak_ptr<Connection>> all() const;
  void move_bytes(Connection& connection);
  void note_standing(Entry& entry);
  bool make_room(Standing standing, std::chrono::milliseconds least);
  bool make_room_of_dawdler();
  void drop(Connection& connection);

  std::shared_ptr<ThreadsInCommon> shared_;
  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  Events events_;
  std::unordered_map<int, Entry> connections_;  // by descriptor
  // By standing; who came first is first.
  std::array<std::list<Entry*>, static_cast<std::size_t>(Standing::busy) + 1> listed_;
  std::array<char, 16 * 1024> buffer_;
  std::size_t const takes_well_;  // bytes between two looks
  std::size_t held_ = 0;          // what this thread has added to ThreadsInCommon::unread
  FileDescriptor timer_;
  bool draining_ = false;
  bool closes_idle_ = false;  // draining, and those who had nothing to ask had time to say so
  Connection::Clock::time_point idle_until_ = Connection::Clock::time_point::max();
};

}  // namespace restapi::net
