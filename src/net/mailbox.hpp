// SPDX-License-Identifier: MIT
/// What other threads hand to an I/O thread: new sockets, events for its connections, the word to drain or to make
/// room.
///
/// Pistache's PollableQueue would do the same but can lose a wakeup: pop() clears its eventfd after it found the queue
/// empty, and with it the signal of an item pushed in between. Here the flag and the letters change under one lock.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/file_descriptor.hpp"
#include "net/protocol.hpp"

namespace restapi::net {

class Connection;

struct NewSocket {
  int descriptor;
  sockaddr_storage peer;
};

struct PostedEvent {
  std::weak_ptr<Connection> connection;
  std::unique_ptr<Event> event;
};

struct Events {
  std::vector<NewSocket> sockets;
  std::vector<PostedEvent> events;
  std::vector<std::weak_ptr<Connection>> resumed;  ///< connections that have more to read than one turn allows
  std::optional<std::chrono::steady_clock::time_point> drain;  ///< from then on idle connections are closed
  bool make_room = false;                                      ///< by closing an idle connection
};

class Mailbox {
 public:
  Mailbox();
  ~Mailbox();  ///< closes sockets that nobody took
  Mailbox(Mailbox const&) = delete;
  Mailbox& operator=(Mailbox const&) = delete;

  /// To be polled edge-triggered; it need not be read.
  int descriptor() const { return descriptor_.number(); }

  void put(NewSocket socket);
  void put(PostedEvent event);
  /// Behind everything else, a few at a time.
  void put_patient(PostedEvent event);
  void put_resumed(std::weak_ptr<Connection> connection);
  void put_drain(std::chrono::steady_clock::time_point idle_until);
  void put_make_room();

  /// Exchanges everything that has arrived for `events`, which must be empty (its capacity is used again). Of the
  /// patient events some may stay: for them the owner is woken once more, after what the kernel has for it in between.
  void take(Events& events);

 private:
  template <class Change>
  void change(Change change);

  std::mutex mutex_;
  Events events_;
  std::deque<PostedEvent> patient_;
  bool signalled_ = false;  // the owner has been woken and has not taken the letters yet
  FileDescriptor descriptor_;
};

}  // namespace restapi::net
