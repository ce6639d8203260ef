// SPDX-License-Identifier: MIT
#include "net/connection.hpp"

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "net/mailbox.hpp"

namespace restapi::net {
namespace {

/// Reads and writes of one connection before the others of its thread have their turn.
constexpr int moves_per_turn = 16;

/// How long, and for how many bytes, a closed connection listens to a client that is still sending.
constexpr std::chrono::milliseconds linger_time{2'000};
constexpr std::size_t linger_bytes = 1024 * 1024;

/// Handed to the kernel at once: head and body of half as many.
constexpr std::size_t most_pieces = 32;

/// Of a file, at once: a part that is not in memory is waited for by all connections of the thread.
constexpr std::size_t most_of_file = 256 * 1024;

/// An idle connection keeps room for no more in its queue.
constexpr std::size_t usual_queue = 4;

std::size_t size_of(Outgoing const& outgoing) { return outgoing.head.size() + outgoing.body.size(); }

/// A body that others hold as well (the cache, other readers) is theirs, too; a file is nobody's.
std::size_t memory_of(Outgoing const& outgoing) {
  if (outgoing.body.file()) return outgoing.head.size();
  return outgoing.head.size() + outgoing.body.size() / std::max<std::size_t>(1, outgoing.body.owners());
}

/// What is left of a text of which so many bytes have been written; takes these from `written`.
iovec rest_of(std::string const& text, std::size_t& written) {
  auto const of_this = std::min(written, text.size());
  written -= of_this;
  return {const_cast<char*>(text.data()) + of_this, text.size() - of_this};  // sendmsg() does not change it
}

}  // namespace

Connection::Connection(int descriptor, std::string peer_address, std::shared_ptr<Mailbox> mailbox,
                       SendLimits const& limits, ProtocolFactory const& protocol)
    : peer_address_(std::move(peer_address)), mailbox_(std::move(mailbox)), limits_(limits), descriptor_(descriptor) {
  protocol_ = protocol(*this);  // last: it may call already
}

Connection::~Connection() = default;

void Connection::post(std::weak_ptr<Connection> const& connection, std::unique_ptr<Event> event) {
  if (auto const alive = connection.lock()) alive->mailbox_->put(PostedEvent{connection, std::move(event)});
}

void Connection::post_patiently(std::weak_ptr<Connection> const& connection, std::unique_ptr<Event> event) {
  if (auto const alive = connection.lock()) alive->mailbox_->put_patient(PostedEvent{connection, std::move(event)});
}

void Connection::abandon(std::weak_ptr<Connection> const& connection) noexcept {
  if (auto const alive = connection.lock()) alive->is_abandoned_ = true;
}

void Connection::send(Outgoing outgoing) {
  if (waits_for_reader()) send_deadline_ += time_for(size_of(outgoing));
  output_.push_back(std::move(outgoing));
}

void Connection::finish(bool linger) {
  is_finished_ = true;
  lingers_ = linger;
  clear_deadline();
}

void Connection::reset_on_close(bool resets) {
  linger const now{resets ? 1 : 0, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  resets_ = resets;
}

void Connection::upgrade(std::unique_ptr<Protocol> protocol, std::string received) {
  next_protocol_ = std::move(protocol);
  received_ = std::move(received);
}

void Connection::begin_next_protocol() {
  protocol_ = std::move(next_protocol_);
  if (auto const received = std::exchange(received_, {}); !received.empty())
    tell([&](Protocol& protocol) { protocol.on_bytes(received); });
}

void Connection::notice_readiness(bool is_ending) {
  is_readable_ = true;
  if (is_ending) is_ending_ = true;
}

// Whoever sends more as soon as all is sent is read from as well, and leaves the thread to others.
Connection::Turn Connection::take_turn(Bytes buffer) {
  for (int moves = 0; moves < moves_per_turn; ++moves) {
    if (!output_.empty()) {
      auto const written = write();
      if (written == Written::failed) return Turn::closes;
      if (written == Written::full) return Turn::waits;
      if (written == Written::some) continue;
      if (!is_finished_) tell([](Protocol& protocol) { protocol.on_sent(); });
    }
    if (!is_finished_ && is_readable_ && !has_ended_ && protocol_->wants_bytes()) {
      if (!read(buffer)) return Turn::closes;
    } else if (output_.empty()) {
      return is_finished_ ? end(buffer) : Turn::waits;
    }
  }
  return Turn::resumes;
}

/// Once.
Connection::Written Connection::write() {
  auto const sent = hand_over();
  if (sent >= 0) {
    taken(static_cast<std::size_t>(sent));
  } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
    has_been_full_ = true;
    if (!waits_for_reader()) begin_to_wait_for_reader();
    return Written::full;
  } else if (errno != EINTR) {
    return Written::failed;
  }
  if (first_ < output_.size()) return Written::some;
  output_.clear();
  if (output_.capacity() > usual_queue) output_.shrink_to_fit();
  first_ = 0;
  write_deadline_ = Clock::time_point::max();
  return Written::all;
}

/// Hands what comes first to the kernel, as send(2) does: texts up to a file, or a piece of a file.
ssize_t Connection::hand_over() {
  auto const& first = output_[first_];
  if (auto const* range = first.body.file(); range && written_ >= first.head.size()) {
    auto const done = written_ - first.head.size();
    auto offset = static_cast<off_t>(range->offset + done);
    auto const sent = ::sendfile(descriptor_, range->file.number(), &offset,
                                 std::min<std::size_t>(range->length - done, most_of_file));
    if (sent != 0) return sent;
    errno = EIO;  // it has become shorter
    return -1;
  }
  std::array<iovec, most_pieces> pieces;
  msghdr message{};
  message.msg_iov = pieces.data();
  int more = 0;
  auto before = written_;
  for (auto i = first_; i < output_.size() && message.msg_iovlen + 2 <= most_pieces && more == 0; ++i) {
    auto const& [head, body] = output_[i];
    pieces[message.msg_iovlen++] = rest_of(head, before);
    pieces[message.msg_iovlen++] = rest_of(body.text(), before);
    if (body.file() && !body.empty()) more = MSG_MORE;
  }
  return ::sendmsg(descriptor_, &message, MSG_NOSIGNAL | MSG_DONTWAIT | more);
}

/// So many bytes have been handed to the kernel: what is written whole is given back at once.
void Connection::taken(std::size_t bytes) {
  taken_ += bytes;
  written_ += bytes;
  while (first_ < output_.size() && written_ >= size_of(output_[first_])) {
    written_ -= size_of(output_[first_]);
    output_[first_] = {};
    ++first_;
  }
  // The places of what is written go as well, for a queue that never becomes empty; each piece is moved once at most.
  if (first_ > usual_queue && first_ > output_.size() / 2) {
    output_.erase(output_.begin(), output_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  if (waits_for_reader()) write_deadline_ = std::min(Clock::now() + limits_.write_timeout, send_deadline_);
}

// Progress alone is not enough: a byte a second would hold the answer for days.
void Connection::begin_to_wait_for_reader() {
  write_deadline_ = Clock::now() + limits_.write_timeout;
  send_deadline_ = write_deadline_;
  for (auto i = first_; i < output_.size(); ++i) send_deadline_ += time_for(size_of(output_[i]));
}

Connection::Clock::duration Connection::time_for(std::size_t bytes) const {
  return std::chrono::milliseconds(bytes * 1000 / limits_.least_bytes_per_second);
}

/// Once. False: it is broken.
bool Connection::read(Bytes buffer) {
  auto const size = ::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size > 0) {
    // Less than asked for: nothing is left, and the next bytes, or the end, make a new event (epoll(7), Q9). Unless the
    // end came together with these bytes: then it has been announced already and waits behind them.
    if (static_cast<std::size_t>(size) < buffer.size() && !is_ending_) is_readable_ = false;
    tell([&](Protocol& protocol) { protocol.on_bytes({buffer.data(), static_cast<std::size_t>(size)}); });
  } else if (size == 0) {
    has_ended_ = true;
    tell([](Protocol& protocol) { protocol.on_end(); });
  } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
    is_readable_ = false;
  } else if (errno != EINTR) {
    return false;
  }
  return true;
}

/// All is sent.
Connection::Turn Connection::end(Bytes buffer) {
  if (has_ended_ || resets_ || !(lingers_ || is_readable_)) return Turn::closes;
  while (is_readable_) {
    auto const size = ::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size > 0) {
      lingers_ = true;  // it was still sending
      dropped_ += static_cast<std::size_t>(size);
      if (dropped_ > linger_bytes) return Turn::closes;
    } else if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      is_readable_ = false;
    } else if (size == 0 || errno != EINTR) {
      return Turn::closes;
    }
  }
  if (!lingers_) return Turn::closes;
  if (deadline_ == Clock::time_point::max()) {
    ::shutdown(descriptor_, SHUT_WR);
    set_deadline(Clock::now() + linger_time);
  }
  return Turn::waits;
}

bool Connection::begins_to_watch_writable() { return has_been_full_ && !std::exchange(watches_writable_, true); }

bool Connection::is_broken() const {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error != 0;
}

bool Connection::close() {
  if (std::exchange(is_closed_, true)) return false;
  std::vector<Outgoing>().swap(output_);
  first_ = 0;
  protocol_->on_closed();
  return true;
}

std::size_t Connection::unread() const {
  std::size_t bytes = output_.capacity() * sizeof(Outgoing);
  for (auto i = first_; i < output_.size(); ++i) bytes += memory_of(output_[i]);
  return bytes;
}

std::size_t Connection::taken_since_last() {
  return static_cast<std::size_t>(taken_ - std::exchange(taken_before_, taken_));
}

}  // namespace restapi::net
