// SPDX-License-Identifier: MIT
#include "api/io_thread.hpp"

#include <netinet/in.h>
#include <spdlog/spdlog.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include "api/address.hpp"

namespace restapi::api {
namespace {

using Pistache::Polling::Mode;
using Pistache::Polling::NotifyOn;
using Pistache::Polling::Tag;

/// Reads of one connection before the others of its thread have their turn.
constexpr int reads_per_turn = 16;

/// How long, and for how many bytes, a closed connection listens to a client that is still sending.
constexpr std::chrono::milliseconds linger_time{2'000};
constexpr std::size_t linger_bytes = 1024 * 1024;

/// Who takes so many bytes of an answer in a second is not in the way of others.
constexpr std::size_t well_taken_per_second = 512 * 1024;

/// EPOLLRDHUP, for which Pistache's event has no question. Its base class, which knows, is private; only this form of
/// cast may go there ([expr.cast] p4).
bool says_end(Pistache::Aio::FdSet::Entry const& event) {
  using Base = Pistache::Polling::Event const&;
  return Base(event).flags.hasFlag(NotifyOn::Shutdown);
}

/// Gives the memory back, which assigning an empty string does not.
void release(Outgoing& output) { static_cast<void>(std::exchange(output, Outgoing{})); }

/// Pistache's Transport wants one; our IoThread reads the sockets itself and never calls it.
class NoHandler final : public Pistache::Tcp::Handler {
  void onInput(char const*, std::size_t, std::shared_ptr<Pistache::Tcp::Peer> const&) override {}
  std::shared_ptr<Pistache::Tcp::Handler> clone() const override { return std::make_shared<NoHandler>(); }
};

/// What this answer takes of our memory, and would not take if it were sent: a body that others hold as well (the
/// cache, other readers) is theirs, too.
std::size_t memory_of(Outgoing const& output) {
  return output.head.size() + output.body.size() / std::max<std::size_t>(1, output.body.owners());
}

}  // namespace

void ThreadsInCommon::forget_one() {
  if (links.fetch_sub(1) == 1) {
    std::lock_guard const lock(mutex);
    all_gone.notify_all();
  }
  if (is_full) options.on_room();
}

IoThread::IoThread(std::shared_ptr<ThreadsInCommon> shared)
    : Pistache::Tcp::Transport(std::make_shared<NoHandler>()),
      shared_(std::move(shared)),
      takes_well_(well_taken_per_second * static_cast<std::size_t>(shared_->options.tick.count()) / 1000) {}

IoThread::~IoThread() {
  // Pistache's peers do not own their descriptors.
  for (auto const& entry : links_) ::close(entry.first);
  if (timer_ >= 0) ::close(timer_);
}

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
        if (says_end(event)) link.is_ending_ = true;
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
    if (!link->closed_) note_idleness(*link);
    if (!link->closed_ && closes_idle_ && link->is_listed_idle_) drop(*link);
  } catch (std::exception const& error) {
    spdlog::error("connection closed: {}", error.what());
    drop(*link);
  }
}

/// On every connection there is, some of which may go meanwhile.
template <class Call>
void IoThread::with_all(Call call) {
  std::vector<std::shared_ptr<Link>> all;
  all.reserve(links_.size());
  for (auto const& entry : links_) all.push_back(entry.second);
  for (auto const& link : all) with(link, call);
}

void IoThread::read_mail() {
  mailbox_->take(letters_);
  for (auto& answer : letters_.answers) {
    if (auto const link = answer.link.lock()) {
      with(link, [&](Link& alive) {
        // Somebody waits for a place: better one connection ends with a word than another without.
        if (shared_->wants_room.load(std::memory_order_relaxed) && shared_->wants_room.exchange(false)) {
          alive.on_drain();
        }
        alive.on_answer(answer.reply);
      });
    }
  }
  for (auto const& resumed : letters_.resumed) {
    if (auto const link = resumed.lock()) with(link, [](Link&) {});
  }
  for (auto const& socket : letters_.sockets) welcome(socket);
  if (letters_.drain) begin_drain();
  if (letters_.make_room) make_room();
  letters_.answers.clear();
  letters_.resumed.clear();
  letters_.sockets.clear();
  letters_.drain.reset();
  letters_.make_room = false;
}

void IoThread::begin_drain() {
  draining_ = true;
  idle_until_ = *letters_.drain;
  with_all([](Link& link) { link.on_drain(); });
  if (idle_until_ <= Link::Clock::now()) close_idle();
}

void IoThread::close_idle() {
  closes_idle_ = true;
  // A request may wait unread in the kernel: look before closing.
  with_all([](Link& link) { link.readable_ = true; });
}

/// Closes the connection that has been idle longest, if none gave its place up meanwhile. Not before it has had a
/// chance: in a flood, new ones would otherwise be closed before their requests can arrive.
void IoThread::make_room() {
  auto const long_enough = Link::Clock::now() - shared_->options.least_idle;
  while (!idle_.empty() && idle_.front()->idle_since_ <= long_enough && shared_->wants_room) {
    auto const link = idle_.front()->shared_from_this();
    with(link, [](Link& longest) { longest.readable_ = true; });  // its request may wait unread in the kernel
    if (!link->closed_ && !link->is_listed_idle_) continue;
    if (!shared_->wants_room.exchange(false) || link->closed_) return;
    ++shared_->evicted;
    return drop(*link);
  }
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
    link->place_ = busy_.insert(busy_.end(), link.get());
    is_known = links_.emplace(socket.descriptor, link).second;
    with(link, [&](Link& alive) {
      alive.readable_ = true;  // the first request has often arrived already
      if (draining_) alive.on_drain();
    });
  } catch (std::exception const& error) {
    spdlog::error("connection refused: {}", error.what());
    if (is_known) return;
    ++shared_->refused;
    busy_.remove_if([&](Link const* link) { return link->descriptor_ == socket.descriptor; });
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
      if (alive.write_deadline_ <= now) ++shared_->too_slow;
      if (alive.write_deadline_ <= now || alive.finished_) return drop(alive);
      alive.clear_deadline();
      alive.on_deadline();
    });
  }
  bound_unread();
  if (draining_ && !closes_idle_ && idle_until_ <= now) close_idle();
}

/// The threads share a limit on what waits for readers. Beyond it each closes some of its own connections, those that
/// hold most first; but none that takes its answer well, which would be cut in the middle for the sake of others.
void IoThread::bound_unread() {
  std::size_t held = 0;
  std::vector<Link*> dawdling;
  for (auto* link : busy_) {
    if (link->write_deadline_ == Link::Clock::time_point::max()) continue;
    held += memory_of(link->output_);
    auto const before = std::exchange(link->written_before_, link->written_);
    if (link->written_ >= before && link->written_ - before < takes_well_) dawdling.push_back(link);
  }
  shared_->unread += held - std::exchange(held_, held);
  auto const all = shared_->unread.load();
  if (all <= shared_->options.max_unread) return;
  auto excess = all - shared_->options.max_unread;
  std::ranges::sort(dawdling, [](Link const* one, Link const* other) {
    auto const of_one = memory_of(one->output_), of_other = memory_of(other->output_);
    return of_one != of_other ? of_one > of_other : one->send_deadline_ < other->send_deadline_;
  });
  for (auto* link : dawdling) {
    auto const size = memory_of(link->output_);
    held_ -= size;
    shared_->unread -= size;
    ++shared_->too_slow;
    drop(*link->shared_from_this());
    if (size >= excess) return;
    excess -= size;
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
        link.write_deadline_ = std::min(Link::Clock::now() + shared_->options.write_timeout, link.send_deadline_);
      }
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (link.write_deadline_ == Link::Clock::time_point::max()) {
        auto const now = Link::Clock::now();
        link.write_deadline_ = now + shared_->options.write_timeout;
        // Progress alone is not enough: a byte a second would hold the answer for days.
        link.send_deadline_ =
            link.write_deadline_ + std::chrono::milliseconds(size * 1000 / shared_->options.least_bytes_per_second);
      }
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
  link.written_ = link.written_before_ = 0;
  link.write_deadline_ = Link::Clock::time_point::max();
  return true;
}

/// Reads once. False: the connection is gone.
bool IoThread::read(Link& link) {
  auto const size = ::recv(link.descriptor_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (size > 0) {
    // Less than asked for: nothing is left, and the next bytes, or the end, make a new event (epoll(7), Q9). Unless the
    // end came together with these bytes: then it has been announced already and waits behind them.
    if (static_cast<std::size_t>(size) < buffer_.size() && !link.is_ending_) link.readable_ = false;
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

void IoThread::note_idleness(Link& link) {
  bool const is_idle = link.is_idle() && link.output_.head.empty() && !link.finished_;
  if (is_idle == link.is_listed_idle_) return;
  auto& from = is_idle ? busy_ : idle_;
  auto& to = is_idle ? idle_ : busy_;
  to.splice(to.end(), from, link.place_);
  link.is_listed_idle_ = is_idle;
  if (is_idle) link.idle_since_ = Link::Clock::now();
}

void IoThread::drop(Link& link) {
  if (std::exchange(link.closed_, true)) return;
  release(link.output_);
  link.on_closed();
  (link.is_listed_idle_ ? idle_ : busy_).erase(link.place_);
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

}  // namespace restapi::api
