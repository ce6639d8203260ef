// SPDX-License-Identifier: MIT
/// One connection, as the protocol spoken on it sees it.
///
/// Answers travel back by Link, never by descriptor: the kernel hands a closed client's descriptor to the next
/// one, and an answer sent to a number would reach a stranger.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <string_view>

#include "api/outgoing.hpp"
#include "api/reply.hpp"

namespace restapi::api {

class IoThread;
class Mailbox;

/// A protocol derives from it and is called back. Everything but post()
/// happens on the I/O thread that owns the connection; no callback may block.
class Link : public std::enable_shared_from_this<Link> {
 public:
  using Clock = std::chrono::steady_clock;

  Link();
  virtual ~Link();
  Link(Link const&) = delete;
  Link& operator=(Link const&) = delete;

  /// Hands an answer to on_answer() on the I/O thread of the connection; dropped if the connection has gone.
  /// Any thread.
  static void post(std::weak_ptr<Link> const& link, Reply reply);

 protected:
  virtual void on_bytes(std::string_view bytes) = 0;
  virtual void on_end() = 0;                       ///< the other side sends no more
  virtual void on_answer(Reply const& reply) = 0;  ///< what was given to post()
  virtual void on_sent() = 0;                      ///< all output has been handed to the kernel
  virtual void on_deadline() = 0;                  ///< the deadline has passed; it is off now
  virtual void on_drain() = 0;                     ///< the next answer is to be the last: the server needs the place
  virtual void on_closed() = 0;                    ///< the connection is gone: nobody waits for an answer
  virtual bool wants_bytes() const = 0;            ///< false: leave them with the kernel, so that the client slows down
  virtual bool is_idle() const = 0;                ///< may be closed at any time without loss

  /// Queues bytes; they are written after the callback returns.
  void send(Outgoing outgoing);

  /// Closes once all output is sent. `linger`: the client may still be sending, so only our side is closed at
  /// first and its bytes are dropped for a moment; a reset would destroy the answer on its way.
  void finish(bool linger);

  void set_deadline(Clock::time_point deadline) { deadline_ = deadline; }
  void clear_deadline() { deadline_ = Clock::time_point::max(); }

 private:
  friend class IoThread;

  std::shared_ptr<Mailbox> mailbox_;  // of the thread that owns the connection
  Outgoing output_;
  std::size_t written_ = 0;         // of output_, both pieces together
  std::size_t written_before_ = 0;  // at the last look
  Clock::time_point deadline_ = Clock::time_point::max();
  Clock::time_point write_deadline_ = Clock::time_point::max();  // for some progress; off: the socket takes all
  Clock::time_point send_deadline_ = Clock::time_point::max();   // for all of output_, while the other one is on
  std::size_t dropped_ = 0;                                      // bytes received while lingering
  int descriptor_ = -1;
  bool readable_ = false;   // the kernel may have bytes (edge-triggered: it says so once)
  bool is_ending_ = false;  // the kernel has said that an end follows the bytes
  bool ended_ = false;
  bool watches_writable_ = false;
  bool finished_ = false;
  bool lingers_ = false;
  bool closed_ = false;
  bool is_listed_idle_ = false;  // in which list of its thread it has its place
  std::list<Link*>::iterator place_;
  Clock::time_point idle_since_;  // while it is listed there
};

}  // namespace restapi::api
