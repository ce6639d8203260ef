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

#include "api/link.hpp"
#include "api/mailbox.hpp"
#include "api/transport.hpp"

namespace restapi::api {

/// What the threads of one Transport have in common.
struct ThreadsInCommon {
  TransportOptions options;
  Transport::LinkFactory factory;
  std::mutex mutex;
  std::condition_variable all_gone;
  bool hurrying = false;                // guarded by the mutex: nobody waits for all_gone any more
  std::atomic<std::size_t> links{0};    // also those that wait in a mailbox
  std::atomic<bool> is_full{false};     // somebody waits for a place: say when there is one
  std::atomic<bool> wants_room{false};  // one connection is to give its place up
  std::atomic<std::size_t> unread{0};   // bytes that wait for readers, as of each thread's last look
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

  template <class Call>
  void with(std::shared_ptr<Link> const& link, Call call);
  template <class Call>
  void with_all(Call call);
  void drive(Link& link);
  bool write(Link& link);
  bool read(Link& link);
  void close_or_linger(Link& link);
  void notice_reset(Link& link);
  void note_idleness(Link& link);
  void drop(Link& link);

  std::shared_ptr<ThreadsInCommon> shared_;
  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  Letters letters_;
  std::unordered_map<int, std::shared_ptr<Link>> links_;
  std::list<Link*> idle_;  // those that may be closed without loss, the longest idle first
  std::list<Link*> busy_;  // the others, in any order
  std::array<char, 16 * 1024> buffer_;
  std::size_t const takes_well_;  // bytes between two looks
  std::size_t held_ = 0;          // what this thread has added to ThreadsInCommon::unread
  int timer_ = -1;
  bool draining_ = false;
  bool closes_idle_ = false;  // draining, and those who had nothing to ask had time to say so
  Link::Clock::time_point idle_until_ = Link::Clock::time_point::max();
};

}  // namespace restapi::api
