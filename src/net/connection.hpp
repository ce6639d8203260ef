// SPDX-License-Identifier: MIT
/// A connected socket: what waits to be sent, its time limits, and the protocol that is spoken on it.
///
/// Whoever works for a connection elsewhere finds it again by a weak pointer, never by descriptor: the kernel hands a
/// closed client's descriptor to the next one, and an answer sent to a number would reach a stranger.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "net/outgoing.hpp"
#include "net/protocol.hpp"

namespace restapi::net {

class Mailbox;

/// Of a reader that does not take what is sent.
struct SendLimits {
  std::chrono::milliseconds write_timeout;  ///< one that takes nothing for so long is closed
  std::size_t least_bytes_per_second;       ///< and one that has not taken all within write_timeout + size / this
};

/// But for post(), everything is called on the I/O thread that owns it.
class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  using Clock = std::chrono::steady_clock;

  /// What is spoken first on a new connection.
  using ProtocolFactory = std::function<std::unique_ptr<Protocol>(Connection&)>;

  /// `peer_address`: numeric ("127.0.0.1"). The descriptor is closed by the thread, not here. The limits must outlive
  /// it.
  Connection(int descriptor, std::string peer_address, std::shared_ptr<Mailbox> mailbox, SendLimits const& limits,
             ProtocolFactory const& protocol);
  ~Connection();
  Connection(Connection const&) = delete;
  Connection& operator=(Connection const&) = delete;

  std::string const& peer_address() const { return peer_address_; }

  /// Hands an event to the protocol, on the thread that owns the connection; dropped if that has gone. Any thread.
  static void post(std::weak_ptr<Connection> const& connection, std::unique_ptr<Event> event);

  /// The same for what comes to very many connections at once: what is posted or received meanwhile does not wait for
  /// all of them. Any thread.
  static void post_patiently(std::weak_ptr<Connection> const& connection, std::unique_ptr<Event> event);

  /// Nobody can answer it any more, for want of memory: it is closed soon. Takes no memory itself. Any thread.
  static void abandon(std::weak_ptr<Connection> const& connection) noexcept;

  // ---- For the protocol ----

  /// Queues bytes behind what is queued already; they are written after the callback returns.
  void send(Outgoing outgoing);

  /// What waits to be sent: bytes that it takes of our memory, and would not take if it were sent.
  std::size_t unread() const;

  /// Bytes that the kernel has taken, since the beginning.
  std::uint64_t taken() const { return taken_; }

  /// Closes once all output is sent. `linger`: the client may still be sending, so only our side is closed at first and
  /// its bytes are dropped for a moment; a reset would destroy what is on its way.
  void finish(bool linger);

  /// From now on the other side sees a reset where the connection is closed, and may lose what it has not received yet:
  /// for protocols in which an end would say that all is there. Or no longer so.
  void reset_on_close(bool resets);

  /// When the callback returns, another protocol takes the connection over, and this one is destroyed. `received`:
  /// bytes of the other side that belong to the new protocol, which gets them first. The deadline stays: it may be the
  /// new one's already.
  void upgrade(std::unique_ptr<Protocol> protocol, std::string received);

  void set_deadline(Clock::time_point deadline) { deadline_ = deadline; }
  void clear_deadline() { deadline_ = Clock::time_point::max(); }

  // ---- For the I/O thread ----

  /// Calls the protocol, and then hands the connection on if it has been upgraded.
  template <class Call>
  void tell(Call call) {
    call(*protocol_);
    if (next_protocol_) begin_next_protocol();
  }

  /// The kernel may have bytes, or room for them. `is_ending`: an end follows the bytes.
  void notice_readiness(bool is_ending = false);

  /// What a turn came to.
  enum class Turn {
    waits,    ///< for the kernel or for the protocol
    resumes,  ///< there is more than one turn allows
    closes,   ///< there is nothing left to do with it, or it is broken
  };

  /// Moves what there is to move, by way of `buffer`.
  Turn take_turn(std::span<char> buffer);

  /// Once, after the socket has been full: from then on the kernel's word that it has room is needed.
  bool begins_to_watch_writable();

  Standing standing() const {
    if (output_.empty() && !is_finished_) return protocol_->standing();
    return waits_for_reader() && protocol_->gives_way() ? Standing::unread : Standing::busy;
  }
  bool is_finished() const { return is_finished_; }
  bool is_broken() const;  ///< the client is gone altogether, not just silent
  bool is_overdue(Clock::time_point now) const { return deadline_ <= now; }
  bool is_too_slow(Clock::time_point now) const { return write_deadline_ <= now; }

  /// It has been closed: forgets what was to be sent, and tells the protocol. False: it had been closed before.
  bool close();
  bool is_closed() const { return is_closed_; }
  bool is_abandoned() const { return is_abandoned_.load(std::memory_order_relaxed); }

  int descriptor() const { return descriptor_; }

  // What waits for a reader that does not take all at once.
  bool waits_for_reader() const { return write_deadline_ != Clock::time_point::max(); }
  std::size_t taken_since_last();  ///< bytes that the reader has taken since this was last called
  Clock::time_point send_deadline() const { return send_deadline_; }

 private:
  enum class Written { all, some, full, failed };
  using Bytes = std::span<char>;

  void begin_next_protocol();
  Written write();
  ssize_t hand_over();
  void taken(std::size_t bytes);
  void begin_to_wait_for_reader();
  Clock::duration time_for(std::size_t bytes) const;
  bool read(Bytes buffer);
  Turn end(Bytes buffer);

  std::string const peer_address_;
  std::shared_ptr<Mailbox> const mailbox_;  // of the thread that owns the connection
  SendLimits const& limits_;
  int const descriptor_;
  std::unique_ptr<Protocol> protocol_;
  std::unique_ptr<Protocol> next_protocol_;
  std::string received_;  // for the next protocol
  std::vector<Outgoing> output_;
  std::size_t first_ = 0;    // of the output that is not written yet
  std::size_t written_ = 0;  // of the first, both pieces together
  std::uint64_t taken_ = 0;  // since the beginning
  std::uint64_t taken_before_ = 0;
  Clock::time_point deadline_ = Clock::time_point::max();
  Clock::time_point write_deadline_ = Clock::time_point::max();  // for some progress; off: the socket takes all
  Clock::time_point send_deadline_ = Clock::time_point::max();   // for all of the output, while the other one is on
  std::size_t dropped_ = 0;                                      // bytes received while lingering
  bool is_readable_ = false;  // the kernel may have bytes (edge-triggered: it says so once)
  bool is_ending_ = false;    // the kernel has said that an end follows the bytes
  bool has_ended_ = false;
  bool has_been_full_ = false;  // the socket
  bool watches_writable_ = false;
  bool is_finished_ = false;
  bool lingers_ = false;
  bool resets_ = false;  // when it is closed
  bool is_closed_ = false;
  std::atomic<bool> is_abandoned_ = false;
};

}  // namespace restapi::net
