#include "api/transport.hpp"

#include <netinet/in.h>
#include <pistache/net.h>
#include <pistache/peer.h>
#include <pistache/reactor.h>
#include <pistache/tcp.h>
#include <pistache/transport.h>
#include <spdlog/spdlog.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

#include "api/address.hpp"
#include "api/mailbox.hpp"

namespace restapi::api {
namespace {

using Pistache::Polling::Mode;
using Pistache::Polling::NotifyOn;
using Pistache::Polling::Tag;

constexpr std::size_t read_size = 16 * 1024;

/// Reads of one connection before the others of its thread have their turn.
constexpr int reads_per_turn = 16;

/// How long, and for how many bytes, a closed connection listens to a client that is still sending.
constexpr std::chrono::milliseconds linger_time{2'000};
constexpr std::size_t linger_bytes = 1024 * 1024;

/// Gives the memory back, which assigning an empty string does not.
void release(Outgoing& output) { static_cast<void>(std::exchange(output, Outgoing{})); }

/// Pistache's Transport wants one; our IoThread reads the sockets itself and never calls it.
class NoHandler final : public Pistache::Tcp::Handler {
  void onInput(char const*, std::size_t, std::shared_ptr<Pistache::Tcp::Peer> const&) override {}
  std::shared_ptr<Pistache::Tcp::Handler> clone() const override { return std::make_shared<NoHandler>(); }
};

}  // namespace

/// What the threads of one Transport have in common.
struct ThreadsInCommon {
  TransportOptions options;
  Transport::LinkFactory factory;
  std::mutex mutex;
  std::condition_variable all_gone;
  std::atomic<std::size_t> links{0};  // also those that wait in a mailbox

  void forget_one() {
    if (links.fetch_sub(1) != 1) return;
    std::lock_guard const lock(mutex);
    all_gone.notify_all();
  }
};

/// One I/O thread: Pistache's epoll loop calls onReady() with what happened.
class IoThread final : public Pistache::Tcp::Transport {
 public:
  explicit IoThread(std::shared_ptr<ThreadsInCommon> shared)
      : Pistache::Tcp::Transport(std::make_shared<NoHandler>()), shared_(std::move(shared)) {}

  ~IoThread() override {
    // Pistache's peers do not own their descriptors.
    for (auto const& entry : links_) ::close(entry.first);
    if (timer_ >= 0) ::close(timer_);
  }

  std::shared_ptr<Mailbox> const& mailbox() const { return mailbox_; }

  /// The reactor works on clones, one for each thread.
  std::shared_ptr<Pistache::Aio::Handler> clone() const override { return std::make_shared<IoThread>(shared_); }

  void registerPoller(Pistache::Polling::Epoll& poller) override;
  void onReady(Pistache::Aio::FdSet const& events) override;

 private:
  void read_mail();
  void welcome(NewSocket const& socket);
  void sweep();

  template <class Call>
  void with(std::shared_ptr<Link> const& link, Call call);
  void drive(Link& link);
  bool write(Link& link);
  bool read(Link& link);
  void close_or_linger(Link& link);
  void notice_reset(Link& link);
  void drop(Link& link);

  std::shared_ptr<ThreadsInCommon> shared_;
  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  Letters letters_;
  std::unordered_map<int, std::shared_ptr<Link>> links_;
  std::array<char, read_size> buffer_;
  int timer_ = -1;
  bool draining_ = false;
};

void IoThread::registerPoller(Pistache::Polling::Epoll& poller) {
  Pistache::Tcp::Transport::registerPoller(poller);
  timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (timer_ < 0) throw std::system_error(errno, std::generic_category(), "timerfd");
  auto const tick = shared_->options.tick;
  timespec const interval{tick.count() / 1000, tick.count() % 1000 * 1'000'000};
  itimerspec const schedule{interval, interval};
  timerfd_settime(timer_, 0, &schedule, nullptr);
  auto const watch = [&poller](int descriptor) {
    poller.addFd(descriptor, Pistache::Flags<NotifyOn>(NotifyOn::Read), Tag(static_cast<std::uint64_t>(descriptor)),
                 Mode::Edge);
  };
  watch(timer_);
  watch(mailbox_->descriptor());
}

void IoThread::onReady(Pistache::Aio::FdSet const& events) {
  // An event is a hint and nothing more: within one batch its descriptor may have been closed and given to a new
  // client.
  for (auto const& event : events) {
    auto const descriptor = static_cast<int>(event.getTag().value());
    if (descriptor == mailbox_->descriptor()) {
      read_mail();
    } else if (descriptor == timer_) {
      sweep();
    } else if (auto const found = links_.find(descriptor); found != links_.end()) {
      with(found->second, [&](Link& link) {
        link.readable_ = true;
        if (event.isHangup()) notice_reset(link);
      });
    }
    // Pistache's own queues are never used here, so nothing is left for the base class to do.
  }
}

/// Calls, then moves what there is to move. An exception (out of memory) costs this connection only.
template <class Call>
void IoThread::with(std::shared_ptr<Link> const& found, Call call) {
  auto const link = found;  // stays alive when the map forgets it
  try {
    if (!link->closed_) call(*link);
    if (!link->closed_) drive(*link);
    if (!link->closed_ && draining_ && link->is_idle() && link->output_.head.empty()) drop(*link);
  } catch (std::exception const& error) {
    spdlog::error("connection closed: {}", error.what());
    drop(*link);
  }
}

void IoThread::read_mail() {
  mailbox_->take(letters_);
  for (auto& answer : letters_.answers) {
    if (auto const link = answer.link.lock()) {
      with(link, [&](Link& alive) { alive.on_answer(answer.reply); });
    }
  }
  for (auto const& resumed : letters_.resumed) {
    if (auto const link = resumed.lock()) with(link, [](Link&) {});
  }
  for (auto const& socket : letters_.sockets) welcome(socket);
  if (letters_.drain) {
    draining_ = true;
    std::vector<std::shared_ptr<Link>> all;
    for (auto const& entry : links_) all.push_back(entry.second);
    // A request may wait unread in the kernel: look before closing.
    for (auto const& link : all) {
      with(link, [](Link& alive) {
        alive.readable_ = true;
        alive.on_drain();
      });
    }
  }
  letters_.answers.clear();
  letters_.resumed.clear();
  letters_.sockets.clear();
  letters_.drain = false;
}

void IoThread::welcome(NewSocket const& socket) {
  bool is_known = false;
  try {
    auto const link = shared_->factory(numeric_host(socket.peer));
    link->descriptor_ = socket.descriptor;
    link->mailbox_ = mailbox_;
    auto address = socket.peer;
    // On this thread handleNewPeer() registers at once, past Pistache's queue.
    handleNewPeer(Pistache::Tcp::Peer::Create(socket.descriptor,
                                              Pistache::Address::fromUnix(reinterpret_cast<sockaddr*>(&address))));
    is_known = links_.emplace(socket.descriptor, link).second;
    with(link, [&](Link& alive) {
      alive.readable_ = true;  // the first request has often arrived already
      if (draining_) alive.on_drain();
    });
  } catch (std::exception const& error) {
    spdlog::error("connection refused: {}", error.what());
    if (is_known) return;
    peers.erase(socket.descriptor);
    ::close(socket.descriptor);
    shared_->forget_one();
  }
}

void IoThread::sweep() {
  std::uint64_t expirations = 0;
  [[maybe_unused]] auto const size = ::read(timer_, &expirations, sizeof expirations);
  auto const now = Link::Clock::now();
  std::vector<std::shared_ptr<Link>> expired;
  for (auto const& entry : links_) {
    auto const& link = *entry.second;
    if (link.deadline_ <= now || link.write_deadline_ <= now) expired.push_back(entry.second);
  }
  for (auto const& link : expired) {
    with(link, [&](Link& alive) {
      if (alive.write_deadline_ <= now || alive.finished_) return drop(alive);
      alive.clear_deadline();
      alive.on_deadline();
    });
  }
}

void IoThread::drive(Link& link) {
  for (int turn = 0;;) {
    if (!link.output_.head.empty()) {
      if (!write(link)) return;
      if (!link.finished_) link.on_sent();
    } else if (link.finished_) {
      return close_or_linger(link);
    } else if (link.readable_ && !link.ended_ && link.wants_bytes()) {
      if (++turn > reads_per_turn) return mailbox_->put_resumed(link.weak_from_this());
      if (!read(link)) return;
    } else {
      return;
    }
    if (link.closed_) return;
  }
}

/// Writes what the socket takes. True: all of it.
bool IoThread::write(Link& link) {
  auto const& [head, body] = link.output_;
  auto const size = head.size() + body.size();
  while (link.written_ < size) {
    auto const of_head = std::min(link.written_, head.size());
    auto const of_body = link.written_ - of_head;
    // sendmsg() does not change what iov_base points to.
    iovec pieces[] = {{const_cast<char*>(head.data()) + of_head, head.size() - of_head},
                      {const_cast<char*>(body.data()) + of_body, body.size() - of_body}};
    msghdr message{};
    message.msg_iov = pieces;
    message.msg_iovlen = 2;
    auto const sent = ::sendmsg(link.descriptor_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      link.written_ += static_cast<std::size_t>(sent);
      if (link.write_deadline_ != Link::Clock::time_point::max()) {
        link.write_deadline_ = Link::Clock::now() + shared_->options.write_timeout;
      }
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      link.write_deadline_ = std::min(link.write_deadline_, Link::Clock::now() + shared_->options.write_timeout);
      if (!link.watches_writable_) {
        // Never taken back: an edge-triggered socket reports writability only after it was full.
        link.watches_writable_ = true;
        reactor()->modifyFd(key(), link.descriptor_, NotifyOn::Read | NotifyOn::Write | NotifyOn::Shutdown, Mode::Edge);
      }
      return false;
    } else if (errno != EINTR) {
      drop(link);
      return false;
    }
  }
  release(link.output_);
  link.written_ = 0;
  link.write_deadline_ = Link::Clock::time_point::max();
  return true;
}

/// Reads once. False: the connection is gone.
bool IoThread::read(Link& link) {
  auto const size = ::recv(link.descriptor_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (size > 0) {
    // Less than asked for: nothing is left, and the next bytes, or the end, make a new event (epoll(7), Q9).
    if (static_cast<std::size_t>(size) < buffer_.size()) link.readable_ = false;
    link.on_bytes({buffer_.data(), static_cast<std::size_t>(size)});
  } else if (size == 0) {
    link.ended_ = true;
    link.on_end();
  } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
    link.readable_ = false;
  } else if (errno != EINTR) {
    drop(link);
    return false;
  }
  return true;
}

void IoThread::close_or_linger(Link& link) {
  if (link.ended_ || !(link.lingers_ || link.readable_)) return drop(link);
  while (link.readable_) {
    auto const size = ::recv(link.descriptor_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (size > 0) {
      link.lingers_ = true;  // it was still sending
      link.dropped_ += static_cast<std::size_t>(size);
      if (link.dropped_ > linger_bytes) return drop(link);
    } else if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      link.readable_ = false;
    } else if (size == 0 || errno != EINTR) {
      return drop(link);
    }
  }
  if (!link.lingers_) return drop(link);
  if (link.deadline_ == Link::Clock::time_point::max()) {
    ::shutdown(link.descriptor_, SHUT_WR);
    link.set_deadline(Link::Clock::now() + linger_time);
  }
}

/// The client is gone altogether, not just silent: nobody waits for the answer that is being made.
void IoThread::notice_reset(Link& link) {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(link.descriptor_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error != 0) drop(link);
}

void IoThread::drop(Link& link) {
  if (std::exchange(link.closed_, true)) return;
  release(link.output_);
  link.on_closed();
  auto const descriptor = link.descriptor_;
  links_.erase(descriptor);
  try {
    if (auto const peer = peers.find(descriptor); peer != peers.end()) {
      removePeer(std::shared_ptr<Pistache::Tcp::Peer>(peer->second));  // closes the descriptor
    }
  } catch (std::exception const&) {  // epoll did not know it: then it is not closed yet
    ::close(descriptor);
  }
  shared_->forget_one();
}

class Transport::Implementation {
 public:
  Implementation(TransportOptions options, LinkFactory factory) : shared_(std::make_shared<ThreadsInCommon>()) {
    shared_->options = options;
    shared_->factory = std::move(factory);
    reactor_->init(Pistache::Aio::AsyncContext(options.io_threads, "restapi-io"));
    auto const key = reactor_->addHandler(std::make_shared<IoThread>(shared_));
    for (auto const& handler : reactor_->handlers(key)) {
      mailboxes_.push_back(std::static_pointer_cast<IoThread>(handler)->mailbox());
    }
    reactor_->run();
  }

  ~Implementation() { reactor_->shutdown(); }

  void adopt(int descriptor, sockaddr_storage const& peer) {
    shared_->links.fetch_add(1);
    // In turn: Pistache's listener takes the descriptor modulo threads, which can load one thread alone.
    mailboxes_[next_.fetch_add(1) % mailboxes_.size()]->put(NewSocket{descriptor, peer});
  }

  bool drain(std::chrono::milliseconds limit) {
    for (auto const& mailbox : mailboxes_) mailbox->put_drain();
    std::unique_lock lock(shared_->mutex);
    return shared_->all_gone.wait_for(lock, limit, [this] { return shared_->links == 0; });
  }

 private:
  std::shared_ptr<ThreadsInCommon> shared_;
  std::vector<std::shared_ptr<Mailbox>> mailboxes_;
  std::atomic<std::size_t> next_{0};
  std::shared_ptr<Pistache::Aio::Reactor> reactor_ = Pistache::Aio::Reactor::create();  // last: joins its threads
};

Transport::Transport(TransportOptions options, LinkFactory factory)
    : implementation_(std::make_unique<Implementation>(options, std::move(factory))) {}
Transport::~Transport() = default;
void Transport::adopt(int descriptor, sockaddr_storage const& peer) { implementation_->adopt(descriptor, peer); }
bool Transport::drain(std::chrono::milliseconds limit) { return implementation_->drain(limit); }

}  // namespace restapi::api
