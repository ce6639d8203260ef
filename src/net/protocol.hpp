// SPDX-License-Identifier: MIT
/// What is spoken on a connection: HTTP, or what HTTP has handed it on to.
#pragma once

#include <cstdint>
#include <string_view>

namespace restapi::net {

/// Something that another thread hands to the protocol of a connection. Each protocol knows its own.
class Event {
 public:
  Event() = default;
  virtual ~Event() = default;
  Event(Event const&) = delete;
  Event& operator=(Event const&) = delete;
};

/// What is lost if a connection is closed now.
enum class Standing {
  idle,     ///< nothing
  asking,   ///< a request of which a part has arrived
  unread,   ///< an answer that its reader does not take at once
  waiting,  ///< an answer that comes when something happens, to whoever asks again if it does not
  busy,     ///< more than that
};

/// Belongs to its connection (net/connection.hpp), which outlives it and which it answers through. Everything is called
/// on the I/O thread that owns the connection; nothing may block. An exception costs this connection only.
///
/// Who sends a stream is slowed down by its reader: on_sent() is when the next piece is due, and what comes from
/// elsewhere meanwhile is weighed against Connection::unread().
class Protocol {
 public:
  Protocol() = default;
  virtual ~Protocol() = default;
  Protocol(Protocol const&) = delete;
  Protocol& operator=(Protocol const&) = delete;

  virtual void on_bytes(std::string_view bytes) = 0;
  virtual void on_end() = 0;                ///< the other side sends no more
  virtual void on_event(Event& event) = 0;  ///< what was given to Connection::post()
  virtual void on_sent() = 0;               ///< all output has been handed to the kernel
  virtual void on_deadline() = 0;           ///< the deadline has passed; it is off now
  virtual void on_drain() = 0;              ///< to end soon, without loss: the server stops, or needs the place
  virtual void on_closed() = 0;             ///< the connection is gone: nobody waits for anything
  virtual bool wants_bytes() const = 0;     ///< false: leave them with the kernel, so that the client slows down
  virtual Standing standing() const = 0;

  /// Whether on_drain() may come, before an event, for the sake of a connection that finds no place. Not so where
  /// events are no ends of an exchange: a stream that has begun stays.
  virtual bool gives_way() const = 0;

  /// Another connection needs the place of this one, which is `waiting`: to end at once, with a word.
  virtual void on_displaced() {}

  /// So many have been sent, where what is spoken knows such a thing. For logs.
  virtual std::uint64_t messages() const { return 0; }
};

}  // namespace restapi::net
