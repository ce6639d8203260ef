// SPDX-License-Identifier: MIT
#include "net/transport.hpp"

#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <utility>
#include <vector>

#include "net/io_thread.hpp"

namespace restapi::net {

class Transport::Implementation {
 public:
  Implementation(TransportOptions options, Connection::ProtocolFactory factory)
      : shared_(std::make_shared<ThreadsInCommon>()) {
    auto const threads = options.io_threads;
    shared_->options = std::move(options);
    shared_->factory = std::move(factory);
    reactor_->init(Pistache::Aio::AsyncContext(threads, "restapi-io"));
    auto const key = reactor_->addHandler(std::make_shared<IoThread>(shared_));
    for (auto const& handler : reactor_->handlers(key)) {
      mailboxes_.push_back(std::static_pointer_cast<IoThread>(handler)->mailbox());
    }
    // sendfile(2) cannot be asked for an error alone where nobody reads: the threads begin with this one's mask.
    sigset_t pipe, mask;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &mask);
    try {
      reactor_->run();
    } catch (...) {  // no more threads: those that there are would be waited for in vain
      reactor_->shutdown();
      throw;
    }
    pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  }

  ~Implementation() { reactor_->shutdown(); }

  void adopt(int descriptor, sockaddr_storage const& peer) {
    shared_->connections.fetch_add(1);
    shared_->accepted.fetch_add(1, std::memory_order_relaxed);
    // In turn: Pistache's listener takes the descriptor modulo threads, which can load one thread alone.
    mailboxes_[next_.fetch_add(1) % mailboxes_.size()]->put(NewSocket{descriptor, peer});
  }

  bool has_room() {
    auto const has = [this] { return shared_->connections < shared_->options.max_connections; };
    if (has()) {
      if (shared_->is_full.load(std::memory_order_relaxed)) {
        shared_->is_full = false;
        shared_->wants_room = false;
      }
      return true;
    }
    shared_->is_full = true;
    return has();  // asked again: who left before the line above told nobody
  }

  void make_room() {
    shared_->wants_room = true;
    shared_->waited.fetch_add(1, std::memory_order_relaxed);
    // The first that has an idle connection gives its place up. Another one begins each time, so that it is not always
    // the same.
    auto const first = turn_++;
    for (std::size_t i = 0; i < mailboxes_.size(); ++i) mailboxes_[(first + i) % mailboxes_.size()]->put_make_room();
  }

  void begin_drain(std::chrono::milliseconds grace) {
    auto const idle_until = Connection::Clock::now() + grace;
    for (auto const& mailbox : mailboxes_) mailbox->put_drain(idle_until);
  }

  bool drain(std::chrono::milliseconds limit) {
    std::unique_lock lock(shared_->mutex);
    shared_->all_gone.wait_for(lock, limit, [this] { return shared_->connections == 0 || shared_->hurrying; });
    return shared_->connections == 0;
  }

  void hurry() {
    std::lock_guard const lock(shared_->mutex);
    shared_->hurrying = true;
    shared_->all_gone.notify_all();
  }

  TransportCounts counts() const {
    return {shared_->connections, shared_->accepted, shared_->refused,
            shared_->evicted,     shared_->waited,   shared_->too_slow};
  }

 private:
  std::shared_ptr<ThreadsInCommon> shared_;
  std::vector<std::shared_ptr<Mailbox>> mailboxes_;
  std::atomic<std::size_t> next_{0};
  std::size_t turn_ = 0;
  std::shared_ptr<Pistache::Aio::Reactor> reactor_ = Pistache::Aio::Reactor::create();  // last: joins its threads
};

Transport::Transport(TransportOptions options, Connection::ProtocolFactory factory)
    : implementation_(std::make_unique<Implementation>(std::move(options), std::move(factory))) {}
Transport::~Transport() = default;
void Transport::adopt(int descriptor, sockaddr_storage const& peer) { implementation_->adopt(descriptor, peer); }
bool Transport::has_room() { return implementation_->has_room(); }
void Transport::make_room() { implementation_->make_room(); }
void Transport::begin_drain(std::chrono::milliseconds grace) { implementation_->begin_drain(grace); }
bool Transport::drain(std::chrono::milliseconds limit) { return implementation_->drain(limit); }
void Transport::hurry() { implementation_->hurry(); }
TransportCounts Transport::counts() const { return implementation_->counts(); }

}  // namespace restapi::net
