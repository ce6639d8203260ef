// SPDX-License-Identifier: MIT
#include "net/io_thread.hpp"

#include <netinet/in.h>
#include <spdlog/spdlog.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include "net/address.hpp"

namespace restapi::net {
namespace {

using Pistache::Polling::Mode;
using Pistache::Polling::NotifyOn;
using Pistache::Polling::Tag;

/// Who takes so many bytes of an answer in a second is not in the way of others.
constexpr std::size_t well_taken_per_second = 512 * 1024;

/// EPOLLRDHUP, for which Pistache's event has no question. Its base class, which knows, is private; only this form of
/// cast may go there ([expr.cast] p4).
bool says_end(Pistache::Aio::FdSet::Entry const& event) {
  using Base = Pistache::Polling::Event const&;
  return Base(event).flags.hasFlag(NotifyOn::Shutdown);
}

/// Pistache's Transport wants one; our IoThread reads the sockets itself and never calls it.
class NoHandler final : public Pistache::Tcp::Handler {
  void onInput(char const*, std::size_t, std::shared_ptr<Pistache::Tcp::Peer> const&) override {}
  std::shared_ptr<Pistache::Tcp::Handler> clone() const override { return std::make_shared<NoHandler>(); }
};

}  // namespace

void ThreadsInCommon::forget_one() {
  if (connections.fetch_sub(1) == 1) {
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
  for (auto const& entry : connections_) ::close(entry.first);
}

void IoThread::registerPoller(Pistache::Polling::Epoll& poller) {
  Pistache::Tcp::Transport::registerPoller(poller);
  timer_ = FileDescriptor(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!timer_.is_open()) throw std::system_error(errno, std::generic_category(), "timerfd");
  auto const tick = shared_->options.tick;
  timespec const interval{tick.count() / 1000, tick.count() % 1000 * 1'000'000};
  itimerspec const schedule{interval, interval};
  timerfd_settime(timer_.number(), 0, &schedule, nullptr);
  auto const watch = [&poller](int descriptor) {
    poller.addFd(descriptor, Pistache::Flags<NotifyOn>(NotifyOn::Read), Tag(static_cast<std::uint64_t>(descriptor)),
                 Mode::Edge);
  };
  watch(timer_.number());
  watch(mailbox_->descriptor());
}

void IoThread::onReady(Pistache::Aio::FdSet const& events) {
  // An event is a hint and nothing more: within one batch its descriptor may have been closed and given to a new
  // client.
  for (auto const& event : events) {
    auto const descriptor = static_cast<int>(event.getTag().value());
    if (descriptor == mailbox_->descriptor()) {
      read_mail();
    } else if (descriptor == timer_.number()) {
      try {
        sweep();
      } catch (std::bad_alloc const&) {  // there is another tick
      }
    } else if (auto const found = connections_.find(descriptor); found != connections_.end()) {
      with(found->second, [&](Connection& connection) {
        connection.notice_readiness(says_end(event));
        if (event.isHangup() && connection.is_broken()) drop(connection);
      });
    }
    // Pistache's own queues are never used here, so nothing is left for the base class to do.
  }
}

/// Calls, then moves what there is to move. An exception (out of memory) costs this connection only. Afterwards the
/// entry may be gone.
template <class Call>
void IoThread::with(Entry& entry, Call call) {
  auto const connection = entry.connection;  // stays alive when the map forgets it
  try {
    call(*connection);
    if (!connection->is_closed()) move_bytes(*connection);
    if (connection->is_closed()) return;
    note_standing(entry);
    if (closes_idle_ && entry.standing == Standing::idle) drop(*connection);
  } catch (std::exception const& error) {
    spdlog::error("connection closed: {}", error.what());
    drop(*connection);
  }
}

/// Nothing where it has gone, even if its descriptor is another one's by now.
IoThread::Entry* IoThread::find(std::weak_ptr<Connection> const& sought) {
  auto const connection = sought.lock();
  if (!connection) return nullptr;
  auto const found = connections_.find(connection->descriptor());
  return found != connections_.end() && found->second.connection == connection ? &found->second : nullptr;
}

/// On those connections of a list that are still there when it is their turn.
template <class Call>
void IoThread::with_all(std::vector<std::weak_ptr<Connection>> const& connections, Call call) {
  for (auto const& connection : connections)
    if (auto* const entry = find(connection)) with(*entry, call);
}

std::vector<std::weak_ptr<Connection>> IoThread::all() const {
  std::vector<std::weak_ptr<Connection>> connections;
  connections.reserve(connections_.size());
  for (auto const& [descriptor, entry] : connections_) connections.push_back(entry.connection);
  return connections;
}

void IoThread::read_mail() {
  mailbox_->take(events_);
  for (auto const& posted : events_.events) {
    auto* const entry = find(posted.connection);
    if (!entry) continue;
    with(*entry, [&](Connection& connection) {
      connection.tell([&](Protocol& protocol) {
        // Somebody waits for a place: better one connection ends with a word than another without.
        if (shared_->wants_room.load(std::memory_order_relaxed) && protocol.gives_way() &&
            shared_->wants_room.exchange(false))
          protocol.on_drain();
        protocol.on_event(*posted.event);
      });
    });
  }
  with_all(events_.resumed, [](Connection&) {});
  for (auto const& socket : events_.sockets) welcome(socket);
  if (events_.drain) begin_drain();
  if (events_.make_room) make_room();
  events_.events.clear();
  events_.resumed.clear();
  events_.sockets.clear();
  events_.drain.reset();
  events_.make_room = false;
}

void IoThread::begin_drain() {
  draining_ = true;
  idle_until_ = *events_.drain;
  with_all(all(), [](Connection& connection) { connection.tell([](Protocol& protocol) { protocol.on_drain(); }); });
  if (idle_until_ <= Connection::Clock::now()) close_idle();
}

void IoThread::close_idle() {
  closes_idle_ = true;
  // A request may wait unread in the kernel: look before closing.
  with_all(all(), [](Connection& connection) { connection.notice_readiness(); });
}

void IoThread::make_room() {
  auto const& options = shared_->options;
  if (make_room(Standing::idle, options.least_idle) || make_room(Standing::asking, options.least_asking) ||
      make_room_of_dawdler())
    return;
  make_room(Standing::waiting, options.least_waiting);
}

/// Closes the connection that has stood like this longest, if none gave its place up meanwhile. Not before it has had a
/// chance: in a flood, new ones would otherwise be closed before their requests can arrive. False: there is none.
bool IoThread::make_room(Standing standing, std::chrono::milliseconds least) {
  auto const long_enough = Connection::Clock::now() - least;
  auto const& candidates = listed(standing);
  while (!candidates.empty() && candidates.front()->since <= long_enough && shared_->wants_room) {
    auto const longest = candidates.front()->connection;
    // Its request may wait unread in the kernel.
    with(*candidates.front(), [](Connection& connection) { connection.notice_readiness(); });
    auto* const entry = find(longest);
    if (entry && entry->standing != standing) continue;
    if (!shared_->wants_room.exchange(false) || !entry) return true;
    ++shared_->evicted;
    if (standing == Standing::waiting)
      with(*entry,
           [](Connection& connection) { connection.tell([](Protocol& protocol) { protocol.on_displaced(); }); });
    else
      drop(*longest);
    return true;
  }
  return !shared_->wants_room;
}

/// Closes the connection whose answer has waited longest for its reader, of those that take little of it.
bool IoThread::make_room_of_dawdler() {
  auto const long_enough = Connection::Clock::now() - shared_->options.least_waiting;
  for (auto const* entry : listed(Standing::unread)) {
    if (entry->since > long_enough) break;
    if (!entry->dawdles) continue;
    if (shared_->wants_room.exchange(false)) {
      ++shared_->evicted;
      drop(*entry->connection);
    }
    return true;
  }
  return !shared_->wants_room;
}

void IoThread::welcome(NewSocket const& socket) {
  bool is_known = false;
  try {
    auto const connection = std::make_shared<Connection>(socket.descriptor, numeric_host(socket.peer), mailbox_,
                                                         shared_->options.send_limits, shared_->factory);
    auto address = socket.peer;
    // On this thread handleNewPeer() registers at once, past Pistache's queue.
    handleNewPeer(Pistache::Tcp::Peer::Create(socket.descriptor,
                                              Pistache::Address::fromUnix(reinterpret_cast<sockaddr*>(&address))));
    auto& entry = connections_.emplace(socket.descriptor, Entry{connection}).first->second;
    auto& among = listed(entry.standing);
    entry.place = among.insert(among.end(), &entry);
    is_known = true;
    with(entry, [&](Connection& welcomed) {
      welcomed.notice_readiness();  // the first request has often arrived already
      if (draining_) welcomed.tell([](Protocol& protocol) { protocol.on_drain(); });
    });
  } catch (std::exception const& error) {
    spdlog::error("connection refused: {}", error.what());
    if (is_known) return;
    ++shared_->refused;
    connections_.erase(socket.descriptor);
    peers.erase(socket.descriptor);
    ::close(socket.descriptor);
    shared_->forget_one();
  }
}

void IoThread::sweep() {
  std::uint64_t expirations = 0;
  [[maybe_unused]] auto const size = ::read(timer_.number(), &expirations, sizeof expirations);
  auto const now = Connection::Clock::now();
  std::vector<std::weak_ptr<Connection>> expired;
  for (auto const& [descriptor, entry] : connections_)
    if (entry.connection->is_overdue(now) || entry.connection->is_too_slow(now) || entry.connection->is_abandoned())
      expired.push_back(entry.connection);
  with_all(expired, [&](Connection& connection) {
    if (connection.is_too_slow(now)) ++shared_->too_slow;
    if (connection.is_too_slow(now) || connection.is_finished() || connection.is_abandoned()) return drop(connection);
    connection.clear_deadline();
    connection.tell([](Protocol& protocol) { protocol.on_deadline(); });
  });
  bound_unread();
  if (draining_ && !closes_idle_ && idle_until_ <= now) close_idle();
}

/// The threads share a limit on what waits for readers. Beyond it each closes some of its own connections, those that
/// hold most first; but none that takes its answer well, which would be cut in the middle for the sake of others.
void IoThread::bound_unread() {
  struct Reader {
    std::shared_ptr<Connection> connection;
    std::size_t unread;
  };
  std::size_t held = 0;
  std::vector<Reader> dawdling;
  for (auto const standing : {Standing::unread, Standing::busy})
    for (auto* entry : listed(standing)) {
      auto const& connection = entry->connection;
      if (!connection->waits_for_reader()) continue;
      auto const unread = connection->unread();
      held += unread;
      entry->dawdles = connection->taken_since_last() < takes_well_;
      if (entry->dawdles) dawdling.push_back({connection, unread});
    }
  shared_->unread += held - std::exchange(held_, held);
  auto const all = shared_->unread.load();
  if (all <= shared_->options.max_unread) return;
  auto excess = all - shared_->options.max_unread;
  std::ranges::sort(dawdling, [](Reader const& one, Reader const& other) {
    return one.unread != other.unread ? one.unread > other.unread
                                      : one.connection->send_deadline() < other.connection->send_deadline();
  });
  for (auto const& [connection, unread] : dawdling) {
    held_ -= unread;
    shared_->unread -= unread;
    ++shared_->too_slow;
    drop(*connection);
    if (unread >= excess) return;
    excess -= unread;
  }
}

void IoThread::move_bytes(Connection& connection) {
  auto const turn = connection.take_turn(buffer_);
  // Edge-triggered: a socket reports that it has room only after it was full.
  if (connection.begins_to_watch_writable())
    reactor()->modifyFd(key(), connection.descriptor(), NotifyOn::Read | NotifyOn::Write | NotifyOn::Shutdown,
                        Mode::Edge);
  if (turn == Connection::Turn::closes) drop(connection);
  if (turn == Connection::Turn::resumes) mailbox_->put_resumed(connection.weak_from_this());
}

void IoThread::note_standing(Entry& entry) {
  auto const standing = entry.connection->standing();
  if (standing == entry.standing) return;
  auto& to = listed(standing);
  to.splice(to.end(), listed(entry.standing), entry.place);
  entry.standing = standing;
  entry.dawdles = false;
  entry.since = Connection::Clock::now();
}

void IoThread::drop(Connection& connection) {
  if (!connection.close()) return;
  auto const descriptor = connection.descriptor();
  auto const found = connections_.find(descriptor);
  listed(found->second.standing).erase(found->second.place);
  connections_.erase(found);
  try {
    if (auto const peer = peers.find(descriptor); peer != peers.end()) {
      removePeer(std::shared_ptr<Pistache::Tcp::Peer>(peer->second));  // closes the descriptor
    }
  } catch (std::exception const&) {  // epoll did not know it: then it is not closed yet
    ::close(descriptor);
  }
  shared_->forget_one();
}

}  // namespace restapi::net
